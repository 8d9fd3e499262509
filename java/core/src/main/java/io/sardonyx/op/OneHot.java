package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y[a…, d, b…] = values[indices[a…, b…] == d ? 1 : 0]}, d at axis {@code axis} of size depth; an index outside is nowhere
 * on. Inputs: indices, depth, values [off, on].
 *
 * <p>ONNX OneHot, all opsets; since 11 negative indices count from the end ({@code fromEnd}).
 */
public record OneHot(long axis, boolean fromEnd) implements DataMovement {
    static OneHot read(Attributes attributes) {
        return new OneHot(attributes.getInt("axis", -1), attributes.opset() >= 11);
    }

    private int along(Shape indices) {
        int rank = indices.rank() + 1;
        if (axis < -rank || axis >= rank) {
            throw refuse("axis " + axis + " is out of range for an output of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        for (int i = 0; i < 2; i++) {
            if (!in.dtype(i).isFloat() && !in.dtype(i).isInteger()) {
                throw refuse("input " + i + ": expected numbers, given " + in.get(i));
            }
        }
        if (in.shape(1).elements() != 1 || !in.shape(2).equals(Shape.of(2))) {
            throw refuse("expected one depth and values [off, on], given " + in.get(1) + " and " + in.get(2));
        }
        Shape indices = in.shape(0);
        int along = along(indices);
        Shape depth = Shape.of(in.value(1).getLong(0));
        return List.of(new TensorType(
                in.dtype(2), indices.slice(0, along).concat(depth).concat(indices.slice(along, indices.rank()))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor indices = in.get(0);
        HostTensor y = out.get(0);
        int along = along(indices.shape());
        int depth = (int) y.shape().size(along);
        int inner = (int) y.shape().elements(along + 1, y.shape().rank());
        for (int i = 0; i < y.size(); i++) {
            long index = indices.getLong(i / (depth * inner) * inner + i % inner);
            boolean on = (index < 0 && fromEnd ? index + depth : index) == i / inner % depth;
            y.copy(i, in.get(2), on ? 1 : 0);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return in.dtype(0) == DType.INT64 || in.dtype(0) == DType.INT32
                ? DataMovement.byWidth("one_hot", in, out)
                        .map(launch -> launch.input(0).input(2).output(0).params(along(in.shape(0)), fromEnd ? 1 : 0))
                : Optional.empty();
    }
}
