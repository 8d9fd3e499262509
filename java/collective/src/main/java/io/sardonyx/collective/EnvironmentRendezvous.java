package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * The rendezvous of processes that a launcher has started with variables for each: {@code RANK}, {@code WORLD_SIZE}, {@code
 * MASTER_ADDR} and {@code MASTER_PORT}, as torchrun and Kubernetes' operators set them, or else Slurm's. Rank 0 listens at the port,
 * all others connect to it. Nothing is encrypted, and whoever reaches the port can take part: it is for private networks.
 *
 * <pre>{@code
 * try (Rendezvous rendezvous = EnvironmentRendezvous.open();
 *         Group group = Group.join(rendezvous, Devices.get("cpu"))) { … }
 * }</pre>
 */
public final class EnvironmentRendezvous implements Rendezvous {
    private static final int PORT = 29500; // torchrun's

    private final int rank;
    private final int size;
    private final String host;
    private final int port;
    private RendezvousEnd end;

    private EnvironmentRendezvous(int rank, int size, String host, int port) {
        if (size < 1 || rank < 0 || rank >= size) {
            throw new IllegalArgumentException(
                    "expected a rank below the number of processes, given rank " + rank + " of " + size);
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("expected a port from 1 to 65535, given " + port);
        }
        this.rank = rank;
        this.size = size;
        this.host = host;
        this.port = port;
    }

    /**
     * From this process' environment.
     *
     * @throws IllegalArgumentException if variables are missing or make no sense, with their names
     */
    public static EnvironmentRendezvous open() {
        return of(System.getenv());
    }

    /**
     * From these variables. Slurm's are {@code SLURM_PROCID}, {@code SLURM_NTASKS} and, unless {@code MASTER_ADDR} is set, {@code
     * SLURM_LAUNCH_NODE_IPADDR}, which is rank 0's machine for a job that srun starts there; the port is 29500 unless it is set.
     */
    public static EnvironmentRendezvous of(Map<String, String> variables) {
        boolean slurm = !variables.containsKey("RANK") && variables.containsKey("SLURM_PROCID");
        if (slurm) {
            String host = variables.getOrDefault("MASTER_ADDR", variables.get("SLURM_LAUNCH_NODE_IPADDR"));
            if (host == null) {
                throw new IllegalArgumentException("MASTER_ADDR is not set; SLURM_LAUNCH_NODE_IPADDR would do, too");
            }
            int port = variables.containsKey("MASTER_PORT") ? number(variables, "MASTER_PORT") : PORT;
            return new EnvironmentRendezvous(
                    number(variables, "SLURM_PROCID"), number(variables, "SLURM_NTASKS"), host, port);
        }
        return new EnvironmentRendezvous(
                number(variables, "RANK"),
                number(variables, "WORLD_SIZE"),
                value(variables, "MASTER_ADDR"),
                number(variables, "MASTER_PORT"));
    }

    private static int number(Map<String, String> variables, String name) {
        String value = value(variables, name);
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected a number, given '" + value + "'", e);
        }
    }

    private static String value(Map<String, String> variables, String name) {
        String value = variables.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is not set; a launcher sets RANK, WORLD_SIZE, MASTER_ADDR and "
                    + "MASTER_PORT, as torchrun does, or SLURM_PROCID and SLURM_NTASKS");
        }
        return value;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    /**
     * The address by which this machine reaches rank 0's. If that is a loopback, though the name does not say so, other machines may
     * know the name by another address: then it is not known.
     */
    @Override
    public Optional<InetAddress> localAddress() {
        try (DatagramSocket socket = new DatagramSocket()) {
            InetAddress target = InetAddress.getByName(host);
            socket.connect(new InetSocketAddress(target, port)); // sends nothing
            InetAddress local = socket.getLocalAddress();
            boolean named = host.equals("localhost") || host.equals(target.getHostAddress());
            return local.isLoopbackAddress() && !named ? Optional.empty() : Optional.of(local);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<byte[]> allGather(byte[] mine, Duration deadline) throws TimeoutException, InterruptedException {
        try {
            if (end == null) {
                end = rank == 0 ? new RendezvousServer(size, port) : new RendezvousClient(rank, size, host, port);
            }
            return end.allGather(mine, deadline);
        } catch (IOException e) {
            throw new TransportException(Reason.FAILED, "rendezvous: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (end != null) {
            end.close();
        }
    }
}
