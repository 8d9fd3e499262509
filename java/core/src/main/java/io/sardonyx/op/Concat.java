package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The inputs side by side along {@code axis}; all other sizes are equal. As in ONNX Runtime, an empty vector joins tensors of
 * any rank (where loops grow a tensor from nothing). ONNX Concat, all opsets.
 */
public record Concat(long axis) implements DataMovement {
    static Concat read(Attributes attributes) {
        return new Concat(attributes.opset() < 4 ? attributes.getInt("axis", 1) : attributes.getInt("axis"));
    }

    /** The input that gives all sizes but one: the first that is not an empty vector. */
    private static int leader(InputTypes in) {
        for (int i = 0; i < in.size(); i++) {
            if (!isEmptyVector(in.shape(i))) {
                return i;
            }
        }
        return 0;
    }

    private static boolean isEmptyVector(Shape shape) {
        return shape.rank() == 1 && shape.size(0) == 0;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape lead = in.shape(leader(in));
        int along = lead.axis(axis);
        long total = 0;
        for (int i = 0; i < in.size(); i++) {
            requireSameType(in, i);
            Shape shape = in.shape(i);
            if (isEmptyVector(shape)) {
                continue;
            }
            if (shape.rank() != lead.rank() || !shape.with(along, 0).equals(lead.with(along, 0))) {
                throw refuse("sizes differ off axis " + axis + ": " + lead + " and " + shape);
            }
            total = sum(total, shape.size(along));
        }
        return List.of(in.get(0).with(lead.with(along, total)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        int rows = (int) y.shape().elements(0, y.shape().axis(axis));
        int to = 0;
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < in.size(); i++) {
                int block = in.get(i).size() / rows;
                y.copy(to, in.get(i), row * block, block);
                to += block;
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape shape = out.get(0).shape();
        return DataMovement.byWidth("concat", in, out).map(launch -> {
            for (int i = 0; i < in.size(); i++) {
                launch.input(i);
            }
            return launch.output(0).param(shape.elements(0, shape.axis(axis))).scratch(8L * in.size());
        });
    }
}
