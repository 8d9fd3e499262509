package io.sardonyx.collective;

import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.List;

/** The calls of a member: their arguments are checked here, before anything is begun. */
interface CheckedMember extends Member {
    /** Begins a call that was checked. */
    Work begin(Call call, TensorLease tensors);

    /** This member with another deadline, which lies ahead. */
    Member withDeadline(Duration deadline);

    private Work begin(Call call, Tensor in, Tensor out) {
        return begin(call, TensorLease.of(in, out));
    }

    @Override
    default Member within(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline of " + deadline + " has passed already");
        }
        return withDeadline(deadline);
    }

    @Override
    default Work allReduce(Tensor in, Tensor out, Reduction reduction) {
        return begin(Call.allReduce(device(), in, out, reduction), in, out);
    }

    @Override
    default Work allReduce(List<Tensor> bucket, Reduction reduction) {
        Call call = Call.allReduce(device(), bucket, reduction);
        Bucket together = Bucket.of(device(), bucket);
        return together.spreadAfter(begin(call, together.all(), together.all()));
    }

    @Override
    default Work allReduceRmsNorm(Tensor x, Tensor residual, Tensor weight, Tensor y, float epsilon) {
        Call call = Call.allReduceRmsNorm(device(), x, residual, weight, y, epsilon);
        return begin(call, TensorLease.of(x, y, residual, weight));
    }

    @Override
    default Work reduceScatter(Tensor in, Tensor out, Reduction reduction) {
        return begin(Call.reduceScatter(device(), group().size(), in, out, reduction), in, out);
    }

    @Override
    default Work allGather(Tensor in, Tensor out) {
        return begin(Call.allGather(device(), group().size(), in, out), in, out);
    }

    @Override
    default Work broadcast(Tensor tensor, int root) {
        return begin(Call.broadcast(device(), group().size(), tensor, root), tensor, tensor);
    }

    @Override
    default Work barrier() {
        return begin(Call.barrier(), TensorLease.none());
    }
}
