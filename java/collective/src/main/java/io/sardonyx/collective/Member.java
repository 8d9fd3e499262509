package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.List;

/**
 * One rank of a {@link Group}. Every rank makes the same calls in the same order; what they disagree on is found out, and all of them
 * fail. A call begins at once and is over when its {@link Work} says so. Tensors are dense (no views) and on this rank's device;
 * their types are float16, bfloat16, float32, float64, int32 and int64 where something is computed, and any of a fixed size elsewhere.
 *
 * <p>A member is used by one thread at a time; members of the same group by as many threads as there are.
 *
 * <p>Every method throws {@code IllegalArgumentException} for tensors that do not fit, and {@link CollectiveException} if the group is
 * closed or has failed before.
 */
public interface Member {
    /** From 0 to {@code group().size() - 1}. */
    int rank();

    Device device();

    Group group();

    /** This rank, whose calls from here on have {@code deadline}: from when they are begun until their result is there. */
    Member within(Duration deadline);

    /** The elements of every rank's tensor become their reduction, in place. */
    default Work allReduce(Tensor tensor, Reduction reduction) {
        return allReduce(tensor, tensor, reduction);
    }

    /** {@code out} becomes the reduction of every rank's {@code in}; of one shape and type. */
    Work allReduce(Tensor in, Tensor out, Reduction reduction);

    /** Many small tensors of one type as one call, in place: one message instead of many. */
    Work allReduce(List<Tensor> bucket, Reduction reduction);

    /**
     * What stands between two layers of a language model that is split over devices: {@code residual} becomes {@code residual} plus the
     * sum of every rank's {@code x}, and {@code y} that over its root mean square, times {@code weight}, along the last axis. The sum
     * is {@link #allReduce}'s, the norm ONNX's RMSNormalization; everything is computed in float32, and the sum and the residual are
     * rounded to their type. One kernel where GPUs have one for it: up to 256 KiB, in rows of whole 8 bytes; else one step after the
     * other.
     *
     * <p>Each rank has a residual and a weight of its own; where they are the same on all ranks, so are the results. After a failure
     * that is no {@link CollectiveException.Reason#MISMATCH}, {@code residual} and {@code y} hold anything.
     *
     * @param x of float16, bfloat16 or float32; at least one axis, the last of at least 1
     * @param residual of the shape and type of {@code x}, and another tensor; changed in place
     * @param weight of that type, as long as the last axis, and another tensor
     * @param y of the shape and type of {@code x}, which it may be
     * @param epsilon added to the mean square; not negative, and the same on all ranks
     */
    Work allReduceRmsNorm(Tensor x, Tensor residual, Tensor weight, Tensor y, float epsilon);

    /**
     * {@code out} becomes this rank's part of the reduction of every rank's {@code in}: the elements from {@code rank() * n} on, where
     * {@code n} is the size of {@code out}, and {@code n * size()} that of {@code in}.
     */
    Work reduceScatter(Tensor in, Tensor out, Reduction reduction);

    /** {@code out} becomes every rank's {@code in}, one behind the other. */
    Work allGather(Tensor in, Tensor out);

    /** Every rank's tensor becomes that of rank {@code root}. */
    Work broadcast(Tensor tensor, int root);

    /** Over when every rank has come here. */
    Work barrier();
}
