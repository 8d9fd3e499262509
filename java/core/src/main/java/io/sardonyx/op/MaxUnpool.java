package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Undoes {@link MaxPool}: every element of X goes where its index says, all else is zero. The indices count over the shape that
 * the window gives, [N, C, (input - 1) · stride + kernel - pads]; a larger output_shape is filled from its corner.
 *
 * <p>ONNX MaxUnpool, opsets 9, 11, 22. Inputs X, indices (int64), optional output_shape.
 */
public record MaxUnpool(Window window) implements TensorOperator {
    static MaxUnpool read(Attributes attributes) {
        return new MaxUnpool(Window.read(attributes));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (!in.dtype(0).isFloat() || in.dtype(1) != DType.INT64 || !in.shape(1).equals(x) || x.rank() < 3) {
            throw new IllegalArgumentException(
                    "MaxUnpool: expected a float X [N, C, spatial axes] and int64 indices of the"
                            + " same shape, given " + in.get(0) + " and " + in.get(1));
        }
        Shape pooled = pooled(x);
        if (!in.has(2)) {
            return List.of(in.get(0).with(pooled));
        }
        Shape y = Shape.of(in.value(2).toLongs());
        if (y.rank() != x.rank()) {
            throw new IllegalArgumentException("MaxUnpool: output_shape: expected " + x.rank() + " values, given " + y);
        }
        return List.of(in.get(0).with(y));
    }

    /** The shape that was pooled. */
    private Shape pooled(Shape x) {
        int axes = x.rank() - 2;
        Shape kernel = window.requireKernel("MaxUnpool", axes);
        long[] strides = Window.requirePositive("MaxUnpool", "strides", window.strides(), axes);
        long[] sizes = x.toArray();
        try {
            for (int i = 0; i < axes; i++) {
                long covered = Math.addExact(Math.multiplyExact(x.size(i + 2) - 1, strides[i]), kernel.size(i));
                long pads = Math.addExact(window.pad("MaxUnpool", i, axes), window.pad("MaxUnpool", i + axes, axes));
                sizes[i + 2] = Math.subtractExact(covered, pads);
            }
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException("MaxUnpool: sizes overflow 64 bits: " + window + " on " + x, overflow);
        }
        return Shape.of(sizes);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        Shape pooled = pooled(x.shape());
        long[] strides = y.shape().strides();
        for (int i = 0; i < y.size(); i++) {
            y.set(i, 0L);
        }
        for (int i = 0; i < x.size(); i++) {
            long index = in.get(1).getLong(i);
            if (index < 0 || index >= pooled.elements()) {
                throw new IllegalArgumentException(
                        "MaxUnpool: index " + index + " is outside [0, " + pooled.elements() + ")");
            }
            long to = 0;
            for (int axis = pooled.rank() - 1; axis >= 0; axis--) {
                long at = index % pooled.size(axis);
                index /= pooled.size(axis);
                if (at >= y.shape().size(axis)) {
                    throw new IllegalArgumentException("MaxUnpool: index "
                            + in.get(1).getLong(i) + " of " + pooled + " is outside output_shape " + y.shape());
                }
                to += at * strides[axis];
            }
            y.copy((int) to, x, i);
        }
    }
}
