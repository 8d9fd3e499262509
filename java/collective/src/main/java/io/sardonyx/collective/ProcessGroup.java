package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.device.Device;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One rank in each of several processes. Calls run one behind the other on a thread of the group, which alone uses the transport; who
 * waits for one may give up at any time, which aborts the transport.
 */
final class ProcessGroup implements Group {
    private final int rank;
    private final int size;
    private final Device device;
    private final Transport transport;
    private final ExecutorService thread;
    private final CallRunner runner;

    private long steps;
    private int pending;
    /** The first; every later call throws it, too. */
    private CollectiveException failure;

    /** @param thread runs nothing but this group's calls, and ends with it */
    ProcessGroup(Rendezvous rendezvous, Transport transport, ExecutorService thread) {
        this.rank = rendezvous.rank();
        this.size = rendezvous.size();
        this.device = transport.device();
        this.transport = transport;
        this.thread = thread;
        this.runner = new CallRunner(size, transport);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<Member> members() {
        return List.of(new ProcessMember(this, DEADLINE));
    }

    int rank() {
        return rank;
    }

    Device device() {
        return device;
    }

    /** Takes over {@code tensors}. */
    synchronized Work begin(Call call, TensorLease tensors, Duration limit) {
        ProcessWork work = new ProcessWork(this, call, steps, limit);
        if (failure != null) {
            tensors.close();
            throw causedByFirst(work);
        }
        steps++;
        pending++;
        thread.execute(() -> run(work, tensors));
        return work;
    }

    private void run(ProcessWork work, TensorLease tensors) {
        CollectiveException result = null;
        try (tensors) {
            if (hasFailed()) {
                result = causedByFirst(work);
            } else {
                runner.run(work, tensors);
            }
        } catch (TransportException e) {
            result = fail(work, e.reason(), e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            result = fail(work, Reason.FAILED, e.toString(), e);
        }
        synchronized (this) {
            pending--;
        }
        work.complete(result);
    }

    private synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Ends the group, unless it has failed before: then this comes of that. */
    synchronized CollectiveException fail(ProcessWork work, Reason reason, String message, Throwable cause) {
        if (failure != null) {
            return causedByFirst(work);
        }
        failure = work.exception(reason, message, cause);
        if (reason != Reason.MISMATCH) { // of which every rank hears by itself, if it is let
            transport.abort();
        }
        return failure;
    }

    private synchronized CollectiveException causedByFirst(ProcessWork work) {
        if (failure.step() == work.step() && failure.reason() != Reason.CLOSED) {
            return failure;
        }
        String message = failure.reason() == Reason.CLOSED
                ? "the group is closed"
                : "the group has failed before: " + failure.getMessage();
        return work.exception(failure.reason(), message, failure);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (thread.isShutdown()) {
                return;
            }
            if (failure == null) {
                failure = new CollectiveException(Reason.CLOSED, rank, steps, 0, "the group is closed", null);
                if (pending > 0) {
                    transport.abort();
                }
            }
            thread.execute(this::release);
            thread.shutdown();
        }
        boolean interrupted = false;
        try {
            thread.awaitTermination(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true; // the thread ends without us
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        runner.close();
        transport.close();
    }
}
