package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The input without the listed axes, whose size is 1; without a list, without all axes of size 1.
 *
 * <p>ONNX Squeeze, all opsets; before 13 the axes are an attribute.
 */
public record Squeeze(Optional<List<Long>> axes) implements SameBytes {
    static Squeeze read(Attributes attributes) {
        return new Squeeze(DataMovement.integers(attributes, "axes"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape shape = in.shape(0);
        boolean[] drop = new boolean[shape.rank()];
        if (axes.isPresent() || in.has(1)) {
            for (long listed : integers(axes, in, 1)) {
                int axis = shape.axis(listed);
                if (shape.size(axis) != 1) {
                    throw refuse("expected size 1 at axis " + listed + ", given " + shape);
                }
                drop[axis] = true;
            }
        } else {
            for (int i = 0; i < drop.length; i++) {
                drop[i] = shape.size(i) == 1;
            }
        }
        long[] sizes = new long[drop.length];
        int rank = 0;
        for (int i = 0; i < drop.length; i++) {
            if (!drop[i]) {
                sizes[rank++] = shape.size(i);
            }
        }
        return List.of(in.get(0).with(Shape.of(Arrays.copyOf(sizes, rank))));
    }
}
