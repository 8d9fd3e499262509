package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The indices of all elements that are not zero (strings: not empty), as int64 {@code [rank, count]}, in row-major order; ONNX
 * NonZero, opsets 9 and 13. Of a scalar: {@code [0, 0 or 1]}.
 */
public record NonZero() implements DynamicOperator {
    static NonZero read(Attributes attributes) {
        return new NonZero();
    }

    @Override
    public List<HostTensor> evaluate(Values in, Evaluation evaluation) {
        HostTensor x = in.tensor(0);
        int[] found = IntStream.range(0, x.size())
                .filter(i -> x.dtype() == DType.STRING ? !x.getString(i).isEmpty() : x.getBoolean(i))
                .toArray();
        Shape shape = x.shape();
        long[] strides = shape.strides();
        long[] indices = new long[Math.multiplyExact(shape.rank(), found.length)];
        for (int axis = 0; axis < shape.rank(); axis++) {
            for (int k = 0; k < found.length; k++) {
                indices[axis * found.length + k] = found[k] / strides[axis] % shape.size(axis);
            }
        }
        return List.of(HostTensor.of(Shape.of(shape.rank(), found.length), indices));
    }
}
