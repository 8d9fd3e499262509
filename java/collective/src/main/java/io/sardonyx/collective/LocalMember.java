package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.List;

/** A rank of a {@link LocalGroup}: checks what it is given, and brings it there. */
record LocalMember(LocalGroup local, int rank, Device device, Duration deadline) implements Member {
    @Override
    public Group group() {
        return local;
    }

    @Override
    public Member within(Duration other) {
        if (other.isNegative() || other.isZero()) {
            throw new IllegalArgumentException("a deadline of " + other + " has passed already");
        }
        return new LocalMember(local, rank, device, other);
    }

    @Override
    public Work allReduce(Tensor in, Tensor out, Reduction reduction) {
        return local.come(rank, Call.allReduce(device, in, out, reduction), in, out, deadline);
    }

    @Override
    public Work allReduce(List<Tensor> bucket, Reduction reduction) {
        Call call = Call.allReduce(device, bucket, reduction);
        Bucket together = Bucket.of(device, bucket);
        return together.spreadAfter(local.come(rank, call, together.all(), together.all(), deadline));
    }

    @Override
    public Work reduceScatter(Tensor in, Tensor out, Reduction reduction) {
        return local.come(rank, Call.reduceScatter(device, local.size(), in, out, reduction), in, out, deadline);
    }

    @Override
    public Work allGather(Tensor in, Tensor out) {
        return local.come(rank, Call.allGather(device, local.size(), in, out), in, out, deadline);
    }

    @Override
    public Work broadcast(Tensor tensor, int root) {
        return local.come(rank, Call.broadcast(device, local.size(), tensor, root), tensor, tensor, deadline);
    }

    @Override
    public Work barrier() {
        return local.come(rank, Call.barrier(), null, null, deadline);
    }
}
