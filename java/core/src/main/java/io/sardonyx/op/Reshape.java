package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The same elements under the shape that input 1 lists, in which one −1 stands for whatever remains and 0 for the input's own
 * size at that axis, unless {@code allowZero}.
 *
 * <p>ONNX Reshape, all opsets; before 5 the shape is an attribute.
 */
public record Reshape(Optional<List<Long>> shape, boolean allowZero) implements SameBytes {
    static Reshape read(Attributes attributes) {
        return new Reshape(
                attributes.opset() < 5 ? DataMovement.integers(attributes, "shape") : Optional.empty(),
                attributes.getFlag("allowzero", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape from = in.shape(0);
        long[] wanted = integers(shape, in, 1);
        long[] sizes = wanted.clone();
        int open = -1;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == -1 && open < 0) {
                open = i;
                sizes[i] = 1;
            } else if (sizes[i] < 0) {
                throw refuse("expected sizes of at least 0 and at most one -1, given " + Arrays.toString(wanted));
            } else if (sizes[i] == 0 && !allowZero) {
                if (i >= from.rank()) {
                    throw refuse("size 0 at axis " + i + " copies an axis that " + from + " does not have");
                }
                sizes[i] = from.size(i);
            }
        }
        Shape to = Shape.of(sizes);
        if (open >= 0 && to.elements() > 0 && from.elements() % to.elements() == 0) {
            to = to.with(open, from.elements() / to.elements());
        } else if (open >= 0 || to.elements() != from.elements()) {
            throw refuse("cannot see " + from + " as " + Arrays.toString(wanted));
        }
        return List.of(in.get(0).with(to));
    }
}
