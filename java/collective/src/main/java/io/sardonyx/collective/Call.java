package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What one rank asks for in one step. All ranks have to ask for the same, so two of these are compared. Each is made of tensors that
 * were checked: dense, on the rank's device, of the right types and sizes.
 *
 * @param count elements of the rank's input: all of a bucket's tensors; 0 for a barrier
 * @param reduction {@code SUM} where nothing is computed
 * @param root 0 where there is none
 * @param norm what follows a sum
 */
record Call(Operation operation, DType dtype, long count, Reduction reduction, int root, RmsNorm norm) {
    /** The collectives, as they are called in {@link Member}. */
    enum Operation {
        ALL_REDUCE("allReduce"),
        ALL_REDUCE_RMS_NORM("allReduceRmsNorm"),
        REDUCE_SCATTER("reduceScatter"),
        ALL_GATHER("allGather"),
        BROADCAST("broadcast"),
        BARRIER("barrier");

        private final String method;

        Operation(String method) {
            this.method = method;
        }

        @Override
        public String toString() {
            return method;
        }
    }

    static final Set<DType> REDUCED =
            EnumSet.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64);

    static final Set<DType> NORMED = EnumSet.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32);

    private Call(Operation operation, DType dtype, long count, Reduction reduction, int root) {
        this(operation, dtype, count, reduction, root, RmsNorm.NONE);
    }

    static Call allReduce(Device device, Tensor in, Tensor out, Reduction reduction) {
        Call call = of(Operation.ALL_REDUCE, device, in, reduction);
        call.require(out, device);
        if (!out.shape().equals(in.shape())) {
            throw new IllegalArgumentException("allReduce: in is " + in.shape() + ", out is " + out.shape());
        }
        return call;
    }

    static Call allReduceRmsNorm(Device device, Tensor x, Tensor residual, Tensor weight, Tensor y, float epsilon) {
        Call sum = allReduce(device, x, y, Reduction.SUM);
        Operation operation = Operation.ALL_REDUCE_RMS_NORM;
        Shape shape = x.shape();
        if (!NORMED.contains(sum.dtype)) {
            throw new IllegalArgumentException(operation + ": not for " + sum.dtype);
        }
        for (Tensor tensor : List.of(residual, weight)) {
            sum.require(tensor, device);
        }
        long row = shape.rank() == 0 ? 0 : shape.size(shape.rank() - 1);
        if (row == 0 || !residual.shape().equals(shape) || !weight.shape().equals(Shape.of(row))) {
            throw new IllegalArgumentException(operation + ": x is " + shape + ", residual is " + residual.shape()
                    + ", weight is " + weight.shape() + "; expected rows of at least 1, two of one shape, and a row");
        }
        if (residual == x || residual == y || weight == y || weight == residual) {
            throw new IllegalArgumentException(operation + ": residual and weight are tensors of their own");
        }
        if (!(epsilon >= 0) || Float.isInfinite(epsilon)) {
            throw new IllegalArgumentException(operation + ": epsilon is " + epsilon);
        }
        return new Call(operation, sum.dtype, sum.count, Reduction.SUM, 0, new RmsNorm(row, epsilon));
    }

    /** What comes before the norm. */
    Call sum() {
        return new Call(Operation.ALL_REDUCE, dtype, count, reduction, root);
    }

    static Call allReduce(Device device, List<Tensor> bucket, Reduction reduction) {
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("allReduce: the bucket is empty");
        }
        Call first = of(Operation.ALL_REDUCE, device, bucket.get(0), reduction);
        long count = 0;
        for (Tensor tensor : bucket) {
            first.require(tensor, device);
            count = Math.addExact(count, tensor.shape().elements());
        }
        return new Call(Operation.ALL_REDUCE, first.dtype, count, reduction, 0);
    }

    static Call reduceScatter(Device device, int ranks, Tensor in, Tensor out, Reduction reduction) {
        Call call = of(Operation.REDUCE_SCATTER, device, in, reduction);
        call.require(out, device);
        call.requireRatio(in, out, ranks);
        return call;
    }

    static Call allGather(Device device, int ranks, Tensor in, Tensor out) {
        Call call = of(Operation.ALL_GATHER, device, in, Reduction.SUM);
        call.require(out, device);
        call.requireRatio(out, in, ranks);
        if (in.dtype().bits() < 8 && call.count * in.dtype().bits() % 8 != 0) {
            throw new IllegalArgumentException("allGather: " + call.count + " " + in.dtype() + " end inside a byte");
        }
        return call;
    }

    static Call broadcast(Device device, int ranks, Tensor tensor, int root) {
        if (root < 0 || root >= ranks) {
            throw new IllegalArgumentException("broadcast: root " + root + " is not one of " + ranks + " ranks");
        }
        Call call = of(Operation.BROADCAST, device, tensor, Reduction.SUM);
        return new Call(call.operation, call.dtype, call.count, call.reduction, root);
    }

    static Call barrier() {
        return new Call(Operation.BARRIER, DType.UINT8, 0, Reduction.SUM, 0);
    }

    private static Call of(Operation operation, Device device, Tensor in, Reduction reduction) {
        DType dtype = in.dtype();
        Call call = new Call(operation, dtype, in.shape().elements(), reduction, 0);
        if (call.reduces() ? !REDUCED.contains(dtype) : dtype.bits() == 0) {
            throw new IllegalArgumentException(operation + ": not for " + dtype);
        }
        if (reduction == Reduction.MEAN && !dtype.isFloat()) {
            throw new IllegalArgumentException(operation + ": MEAN is for floating-point types, not for " + dtype);
        }
        call.require(in, device);
        return call;
    }

    private void require(Tensor tensor, Device device) {
        if (tensor.device() != device) {
            throw new IllegalArgumentException(
                    operation + ": the tensor is on " + tensor.device().name() + ", this rank on " + device.name());
        }
        if (tensor.isView()) {
            throw new IllegalArgumentException(operation + ": a view of another tensor; expected a dense one");
        }
        if (tensor.dtype() != dtype) {
            throw new IllegalArgumentException(operation + ": expected " + dtype + ", given " + tensor.dtype());
        }
    }

    private void requireRatio(Tensor all, Tensor part, int ranks) {
        if (all.shape().elements() != Math.multiplyExact(part.shape().elements(), (long) ranks)) {
            throw new IllegalArgumentException(operation + ": " + all.shape().elements() + " elements are not " + ranks
                    + " times " + part.shape().elements());
        }
    }

    /** Whether {@code out} holds a reduction of all ranks' elements, at least on the way. */
    boolean isAllReduce() {
        return operation == Operation.ALL_REDUCE || operation == Operation.ALL_REDUCE_RMS_NORM;
    }

    boolean reduces() {
        return isAllReduce() || operation == Operation.REDUCE_SCATTER;
    }

    /** Of the rank's input. */
    long bytes() {
        return dtype.byteSize(count);
    }

    /** As in {@code allReduce MEAN of 1000 float32}. */
    String describe() {
        if (operation == Operation.BARRIER) {
            return "barrier";
        }
        if (operation == Operation.ALL_REDUCE_RMS_NORM) {
            return operation + " of " + count + " " + dtype + " in rows of " + norm.row() + ", epsilon "
                    + norm.epsilon();
        }
        String how = reduces() ? " " + reduction : operation == Operation.BROADCAST ? " from rank " + root : "";
        return operation + how + " of " + count + " " + dtype;
    }
}
