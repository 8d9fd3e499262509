package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The input with axes of size 1 added, so that they are the listed ones of the output.
 *
 * <p>ONNX Unsqueeze, all opsets; before 13 the axes are an attribute.
 */
public record Unsqueeze(Optional<List<Long>> axes) implements SameBytes {
    static Unsqueeze read(Attributes attributes) {
        return new Unsqueeze(DataMovement.integers(attributes, "axes"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        long[] added = integers(axes, in, 1);
        long[] sizes = new long[in.shape(0).rank() + added.length];
        for (long listed : added) {
            long axis = listed < 0 ? listed + sizes.length : listed;
            if (axis < 0 || axis >= sizes.length || sizes[(int) axis] == 1) {
                throw refuse("expected different axes of an output of rank " + sizes.length + ", given "
                        + Arrays.toString(added));
            }
            sizes[(int) axis] = 1;
        }
        int from = 0;
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] == 0) {
                sizes[i] = in.shape(0).size(from++);
            }
        }
        return List.of(in.get(0).with(Shape.of(sizes)));
    }
}
