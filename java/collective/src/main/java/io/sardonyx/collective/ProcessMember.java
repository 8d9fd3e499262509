package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.List;

/** This process' rank of a {@link ProcessGroup}: arguments are checked here, before anything is begun. */
record ProcessMember(ProcessGroup processes, Duration limit) implements Member {
    @Override
    public int rank() {
        return processes.rank();
    }

    @Override
    public Device device() {
        return processes.device();
    }

    @Override
    public Group group() {
        return processes;
    }

    @Override
    public Member within(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline of " + deadline + " has passed already");
        }
        return new ProcessMember(processes, deadline);
    }

    @Override
    public Work allReduce(Tensor in, Tensor out, Reduction reduction) {
        return begin(Call.allReduce(device(), in, out, reduction), in, out);
    }

    @Override
    public Work allReduce(List<Tensor> bucket, Reduction reduction) {
        Call call = Call.allReduce(device(), bucket, reduction);
        Bucket together = Bucket.of(device(), bucket);
        return together.spreadAfter(begin(call, together.all(), together.all()));
    }

    @Override
    public Work reduceScatter(Tensor in, Tensor out, Reduction reduction) {
        return begin(Call.reduceScatter(device(), processes.size(), in, out, reduction), in, out);
    }

    @Override
    public Work allGather(Tensor in, Tensor out) {
        return begin(Call.allGather(device(), processes.size(), in, out), in, out);
    }

    @Override
    public Work broadcast(Tensor tensor, int root) {
        return begin(Call.broadcast(device(), processes.size(), tensor, root), tensor, tensor);
    }

    @Override
    public Work barrier() {
        return processes.begin(Call.barrier(), TensorLease.none(), limit);
    }

    private Work begin(Call call, Tensor in, Tensor out) {
        return processes.begin(call, TensorLease.of(in, out), limit);
    }
}
