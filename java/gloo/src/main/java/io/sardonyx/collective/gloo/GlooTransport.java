package io.sardonyx.collective.gloo;

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
import java.util.List;
import java.util.concurrent.TimeoutException;

/** One process' end of Gloo's connections. */
final class GlooTransport implements Transport {
    private final Device device;
    private final long group;
    private boolean closed;

    private GlooTransport(Device device, long group) {
        this.device = device;
        this.group = group;
    }

    static GlooTransport connect(Rendezvous rendezvous, Device device, String host, Duration limit)
            throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        long group = GlooNative.sx_gloo_create(rendezvous.rank(), rendezvous.size(), host, limit.toMillis());
        if (group == 0) {
            throw new TransportException(Reason.FAILED, GlooNative.sx_gloo_last_error(), null);
        }
        GlooTransport transport = new GlooTransport(device, group);
        try {
            ByteBuffer mine = ByteBuffer.allocateDirect((int) GlooNative.sx_gloo_address_bytes(group));
            check(GlooNative.sx_gloo_address(group, mine));
            byte[] address = new byte[mine.remaining()];
            mine.get(address);
            List<byte[]> all = rendezvous.allGather(address, Duration.ofNanos(deadline - System.nanoTime()));
            ByteBuffer joined = ByteBuffer.allocateDirect(
                    all.stream().mapToInt(a -> a.length).sum());
            all.forEach(joined::put);
            check(GlooNative.sx_gloo_connect(group, joined.flip(), joined.limit()));
            return transport;
        } catch (Exception e) {
            transport.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return "gloo";
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public boolean allReduce(
            Agreement agreement,
            Memory in,
            Memory out,
            DType dtype,
            long count,
            Reduction reduction,
            Duration deadline) {
        int code = GlooNative.sx_gloo_all_reduce(
                group,
                agreement.mine().address(),
                agreement.all().address(),
                agreement.bytes(),
                in.address(),
                out.address(),
                count,
                dtype.code(),
                reduction.ordinal(),
                deadline.toMillis());
        if (code == GlooNative.MISMATCH) {
            return false;
        }
        check(code);
        return true;
    }

    @Override
    public void reduceScatter(
            Memory all, Memory part, DType dtype, long count, Reduction reduction, Duration deadline) {
        check(GlooNative.sx_gloo_reduce_scatter(
                group, all.address(), part.address(), count, dtype.code(), reduction.ordinal(), deadline.toMillis()));
    }

    @Override
    public void allGather(Memory part, Memory all, long bytes, Duration deadline) {
        check(GlooNative.sx_gloo_all_gather(group, part.address(), all.address(), bytes, deadline.toMillis()));
    }

    @Override
    public void broadcast(Memory data, long bytes, int root, Duration deadline) {
        check(GlooNative.sx_gloo_broadcast(group, data.address(), bytes, root, deadline.toMillis()));
    }

    @Override
    public void barrier(Duration deadline) {
        check(GlooNative.sx_gloo_barrier(group, deadline.toMillis()));
    }

    @Override
    public synchronized void abort() {
        if (!closed) {
            GlooNative.sx_gloo_abort(group);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            GlooNative.sx_gloo_close(group);
        }
    }

    private static void check(int code) {
        if (code == GlooNative.OK) {
            return;
        }
        Reason reason =
                switch (code) {
                    case GlooNative.TIMEOUT -> Reason.TIMEOUT;
                    case GlooNative.PEER_LOST -> Reason.PEER_LOST;
                    case GlooNative.ABORTED, GlooNative.CLOSED -> Reason.CLOSED;
                    default -> Reason.FAILED;
                };
        throw new TransportException(reason, GlooNative.sx_gloo_last_error(), null);
    }
}
