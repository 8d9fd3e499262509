package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.device.Device;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Finds the engine that serves a device and connects it, on the thread that the group keeps: who waits for that can be interrupted. */
final class Joining {
    private final Rendezvous rendezvous;
    private final Device device;
    private final Duration limit;
    private final TransportProvider provider;
    private final CompletableFuture<Transport> connected = new CompletableFuture<>();

    private Joining(Rendezvous rendezvous, Device device, Duration limit) {
        this.rendezvous = rendezvous;
        this.device = device;
        this.limit = limit;
        this.provider = serving(device);
    }

    static Group join(Rendezvous rendezvous, Device device, Duration limit) {
        return new Joining(rendezvous, device, limit).join();
    }

    private Group join() {
        ExecutorService thread = Executors.newSingleThreadExecutor(body -> {
            Thread made = new Thread(body, provider.name() + " rank " + rendezvous.rank());
            made.setDaemon(true);
            return made;
        });
        boolean joined = false;
        try {
            thread.execute(this::connect);
            Group group = new ProcessGroup(rendezvous, connected.get(), thread);
            joined = true;
            return group;
        } catch (ExecutionException e) {
            throw failed(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        } finally {
            if (!joined) {
                connected.thenAccept(Transport::close);
                connected.cancel(false);
                thread.shutdownNow();
            }
        }
    }

    private void connect() {
        try {
            Transport transport = provider.connect(rendezvous, device, limit);
            if (!connected.complete(transport)) {
                transport.close(); // nobody waits any more
            }
        } catch (Exception | LinkageError e) {
            connected.completeExceptionally(e);
        }
    }

    private CollectiveException failed(Throwable cause) {
        Reason reason = Reason.FAILED;
        if (cause instanceof InterruptedException) {
            reason = Reason.INTERRUPTED;
        } else if (cause instanceof TimeoutException) {
            reason = Reason.TIMEOUT;
        } else if (cause instanceof TransportException e) {
            reason = e.reason();
        }
        String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new CollectiveException(reason, rendezvous.rank(), 0, 0, "join: " + said, cause);
    }

    private static TransportProvider serving(Device device) {
        List<TransportProvider> providers =
                ServiceLoader.load(TransportProvider.class, Joining.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();
        return providers.stream()
                .filter(provider -> provider.serves(device))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "join: no engine for the device " + device.name() + "; on the class path: "
                                + (providers.isEmpty() ? "none" : names(providers))
                                + " (io.sardonyx:sardonyx-gloo serves the cpu, sardonyx-nccl GPUs)"));
    }

    private static String names(List<TransportProvider> providers) {
        return providers.stream().map(TransportProvider::name).collect(Collectors.joining(", "));
    }
}
