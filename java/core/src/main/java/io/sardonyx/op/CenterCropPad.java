package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Cuts out the centre of axes that are longer than asked for, and pads shorter ones with zeros on both sides; an odd element
 * too much is cut, or put, at the end.
 *
 * <p>ONNX CenterCropPad, opset 18. Inputs X and the sizes of {@code axes} (all if empty). All types.
 */
public record CenterCropPad(List<Long> axes) implements TensorOperator {
    static CenterCropPad read(Attributes attributes) {
        return new CenterCropPad(Window.list(attributes.getInts("axes")));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if ((in.dtype(1) != DType.INT32 && in.dtype(1) != DType.INT64)
                || in.shape(1).rank() != 1) {
            throw new IllegalArgumentException(
                    "CenterCropPad: expected an int32 or int64 list of sizes, given " + in.get(1));
        }
        long[] sizes = in.value(1).toLongs();
        if (sizes.length != (axes.isEmpty() ? x.rank() : axes.size())) {
            throw new IllegalArgumentException("CenterCropPad: expected a size for each of axes " + axes + " of " + x
                    + ", given " + Window.list(sizes));
        }
        Shape y = x;
        for (int i = 0; i < sizes.length; i++) {
            y = y.with(x.axis(axes.isEmpty() ? i : axes.get(i)), sizes[i]);
        }
        return List.of(in.get(0).with(y));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        long[] strides = x.shape().strides();
        HostTensor zero = HostTensor.allocate(new TensorType(x.dtype(), Shape.SCALAR));
        for (int i = 0; i < y.size(); i++) {
            long from = 0;
            boolean inside = true;
            for (int axis = strides.length - 1, rest = i; axis >= 0; axis--) {
                int size = (int) y.shape().size(axis);
                int given = (int) x.shape().size(axis);
                long at = rest % size + (given > size ? (given - size) / 2 : -((size - given) / 2));
                inside &= at >= 0 && at < given;
                from += at * strides[axis];
                rest /= size;
            }
            y.copy(i, inside ? x : zero, inside ? (int) from : 0);
        }
    }
}
