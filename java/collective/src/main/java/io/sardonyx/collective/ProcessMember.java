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
            throw new IllegalArgumentException("expected a deadline in the future, given " + deadline);
        }
        return new ProcessMember(processes, deadline);
    }

    @Override
    public Work allReduce(Tensor in, Tensor out, Reduction reduction) {
        return begin(Call.allReduce(device(), in, out, reduction), List.of(in), List.of(out));
    }

    @Override
    public Work allReduce(List<Tensor> bucket, Reduction reduction) {
        return begin(Call.allReduce(device(), bucket, reduction), bucket, bucket);
    }

    @Override
    public Work reduceScatter(Tensor in, Tensor out, Reduction reduction) {
        return begin(
                Call.reduceScatter(device(), processes.size(), in, out, reduction), List.of(in), List.of(out));
    }

    @Override
    public Work allGather(Tensor in, Tensor out) {
        return begin(Call.allGather(device(), processes.size(), in, out), List.of(in), List.of(out));
    }

    @Override
    public Work broadcast(Tensor tensor, int root) {
        return begin(
                Call.broadcast(device(), processes.size(), tensor, root), List.of(tensor), List.of(tensor));
    }

    @Override
    public Work barrier() {
        return begin(Call.barrier(), List.of(), List.of());
    }

    private Work begin(Call call, List<Tensor> in, List<Tensor> out) {
        return processes.begin(call, new TensorLease(in, out), limit);
    }
}
