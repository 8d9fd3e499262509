package io.sardonyx.collective.nccl;

import static org.bytedeco.cuda.global.nccl.NCCL_UNIQUE_ID_BYTES;
import static org.bytedeco.cuda.global.nccl.ncclInProgress;
import static org.bytedeco.cuda.global.nccl.ncclRemoteError;
import static org.bytedeco.cuda.global.nccl.ncclSuccess;
import static org.bytedeco.cuda.global.nccl.ncclUint8;

import io.sardonyx.collective.Agreement;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.collective.Transport;
import io.sardonyx.collective.TransportException;
import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * One process' end of NCCL's connections. Nothing here waits inside NCCL, which never returns from a peer that is gone: each call is
 * begun, then looked after until it is done, fails, is aborted, or its deadline has passed; then the connections are aborted, by this
 * thread, since NCCL's calls about one communicator must not overlap.
 */
final class NcclTransport implements Transport {
    private static final Duration FAREWELL = Duration.ofSeconds(5);
    /** A call is looked after without a pause for so long, since most are over then. */
    private static final long EAGER_NANOS = 100_000;

    private static final long PAUSE_NANOS = 20_000;

    private final Device device;
    private final Nccl.Communicator communicator;
    private final Memory token;
    private volatile boolean aborted;
    private boolean gone;

    private NcclTransport(Device device, Nccl.Communicator communicator, Memory token) {
        this.device = device;
        this.communicator = communicator;
        this.token = token;
    }

    /** Rank 0's id goes to all others, which bring nothing. */
    static NcclTransport connect(Nccl nccl, Rendezvous rendezvous, Device device, int gpu, Duration limit)
            throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        byte[] mine = rendezvous.rank() == 0 ? nccl.newId() : new byte[0];
        byte[] id = rendezvous
                .allGather(mine, Duration.ofNanos(deadline - System.nanoTime()))
                .get(0);
        if (id.length != NCCL_UNIQUE_ID_BYTES) {
            throw new TransportException(
                    Reason.FAILED,
                    "nccl: rank 0 brought " + id.length + " bytes to the rendezvous, not an id of "
                            + NCCL_UNIQUE_ID_BYTES,
                    null);
        }
        Memory token = device.allocate(1);
        token.write(0, ByteBuffer.allocate(1));
        Nccl.Communicator opened;
        try {
            opened = nccl.open(gpu, rendezvous.size(), rendezvous.rank(), id);
        } catch (RuntimeException e) {
            token.close();
            throw e;
        }
        NcclTransport transport = new NcclTransport(device, opened, token);
        try {
            transport.await(deadline, "connecting to " + (rendezvous.size() - 1) + " other ranks", () -> true);
            return transport;
        } catch (TransportException e) {
            token.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "nccl";
    }

    @Override
    public Device device() {
        return device;
    }

    /** First the headers, then the elements: what NCCL has begun cannot be taken back. */
    @Override
    public boolean allReduce(
            Agreement agreement, Memory in, Memory out, DType dtype, long count, Reduction reduction, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        int type = NcclCodes.of(dtype);
        int operation = NcclCodes.of(reduction);
        allGather(agreement.mine(), agreement.all(), agreement.bytes(), limit);
        if (!agreement.isReached()) {
            return false;
        }
        if (in != out) {
            device.copy(out, 0, in, 0, dtype.byteSize(count));
        }
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        run("allReduce", out, left, () -> communicator.allReduce(out.address(), count, type, operation));
        return true;
    }

    @Override
    public void reduceScatter(
            Memory all, Memory part, DType dtype, long count, Reduction reduction, Duration deadline) {
        int type = NcclCodes.of(dtype);
        int operation = NcclCodes.of(reduction);
        run(
                "reduceScatter",
                all,
                deadline,
                () -> communicator.reduceScatter(all.address(), part.address(), count, type, operation));
    }

    @Override
    public void allGather(Memory part, Memory all, long bytes, Duration deadline) {
        run("allGather", part, deadline, () -> communicator.allGather(part.address(), all.address(), bytes));
    }

    @Override
    public void broadcast(Memory data, long bytes, int root, Duration deadline) {
        run("broadcast", data, deadline, () -> communicator.broadcast(data.address(), bytes, root));
    }

    /** NCCL has none; what comes nearest is an all-reduce of a byte. */
    @Override
    public void barrier(Duration deadline) {
        int operation = NcclCodes.of(Reduction.MAX);
        run("barrier", token, deadline, () -> communicator.allReduce(token.address(), 1, ncclUint8, operation));
    }

    /** @param data that the device has queued work on */
    private void run(String what, Memory data, Duration limit, IntSupplier call) {
        long deadline = System.nanoTime() + limit.toNanos();
        if (gone) {
            throw new TransportException(Reason.CLOSED, "nccl: " + what + ": the connections were ended before", null);
        }
        // NCCL's stream knows nothing of the device's queue; a read returns when all that was queued there before is
        // done.
        data.read(0, ByteBuffer.allocate(1));
        int begun = call.getAsInt();
        if (begun != ncclSuccess && begun != ncclInProgress) {
            throw fail(reason(begun), what + ": " + communicator.describe(begun));
        }
        await(deadline, what, communicator::isIdle);
    }

    /** Until what was begun is over, on all ranks as far as NCCL tells, and {@code done} says so too. */
    private void await(long deadline, String what, BooleanSupplier done) {
        long eager = System.nanoTime() + EAGER_NANOS;
        while (true) {
            int status = communicator.status();
            if (status != ncclSuccess && status != ncclInProgress) {
                throw fail(reason(status), what + ": " + communicator.describe(status));
            }
            if (status == ncclSuccess && isOver(done)) {
                return;
            }
            if (aborted) {
                throw fail(Reason.CLOSED, what + ": aborted");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw fail(Reason.INTERRUPTED, what + ": interrupted while waiting");
            }
            long now = System.nanoTime();
            if (now - deadline >= 0) {
                throw fail(Reason.TIMEOUT, what + ": not over at the deadline");
            }
            if (now - eager < 0) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** What CUDA says of the stream may be a failure, too. */
    private boolean isOver(BooleanSupplier done) {
        try {
            return done.getAsBoolean();
        } catch (TransportException e) {
            end();
            throw e;
        }
    }

    /** Nothing more goes here, nor on the ranks that wait for this one. */
    private TransportException fail(Reason reason, String message) {
        end();
        return new TransportException(reason, "nccl: " + message, null);
    }

    private void end() {
        if (!gone) {
            gone = true;
            communicator.abort();
        }
    }

    private static Reason reason(int status) {
        return status == ncclRemoteError ? Reason.PEER_LOST : Reason.FAILED;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    /** In agreement with the others, unless they do not come, or something has failed before. */
    @Override
    public void close() {
        try {
            if (!gone) {
                int status = communicator.finish();
                if (status != ncclSuccess && status != ncclInProgress) {
                    end();
                    return;
                }
                await(System.nanoTime() + FAREWELL.toNanos(), "close", () -> true);
                gone = true;
                communicator.destroy();
            }
        } catch (TransportException e) {
            end(); // frees as much, without the others
        } finally {
            token.close();
        }
    }
}
