package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * 1 where an element is the first largest of its lane along axis {@code axis}, 0 elsewhere; NaN counts as largest.
 *
 * <p>ONNX Hardmax, opsets 1 to 13. Before 13 the axes from {@code axis} on are one ({@code flatten}).
 */
public record Hardmax(long axis, boolean flatten) implements TensorOperator {
    static Hardmax read(Attributes attributes) {
        boolean flatten = attributes.opset() < 13;
        return new Hardmax(attributes.getInt("axis", flatten ? 1 : -1), flatten);
    }

    private AxisFold fold(Shape shape) {
        return flatten ? AxisFold.flattened(shape, axis) : AxisFold.of(shape, axis);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat()) {
            throw new IllegalArgumentException("Hardmax: expected a float type, given " + in.get(0));
        }
        fold(in.shape(0));
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        AxisFold fold = fold(x.shape());
        for (int lane = 0; lane < fold.lanes(); lane++) {
            int best = fold.start(lane);
            for (int k = 0; k < fold.length(); k++) {
                int i = fold.start(lane) + k * fold.step();
                out.get(0).set(i, 0.0);
                best = Ordering.compare(x, i, best) > 0 ? i : best;
            }
            out.get(0).set(best, 1.0);
        }
    }
}
