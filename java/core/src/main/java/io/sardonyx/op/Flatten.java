package io.sardonyx.op;

import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The input as a matrix: the axes before {@code axis} make the rows, those from it on the columns. ONNX Flatten, all opsets.
 */
public record Flatten(long axis) implements SameBytes {
    static Flatten read(Attributes attributes) {
        return new Flatten(attributes.getInt("axis", 1));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape shape = in.shape(0);
        int rank = shape.rank();
        int cut = axis == rank ? rank : shape.axis(axis);
        return List.of(in.get(0).with(Shape.of(shape.elements(0, cut), shape.elements(cut, rank))));
    }
}
