package io.sardonyx.tensor;

/** Element type and shape of a tensor. */
public record TensorType(DType dtype, Shape shape) implements ValueType {
    public static TensorType of(DType dtype, long... sizes) {
        return new TensorType(dtype, Shape.of(sizes));
    }

    /** Bytes of the dense tensor; 0 for strings, which live on the Java heap. */
    public long byteSize() {
        return dtype.byteSize(shape.elements());
    }

    public TensorType with(DType other) {
        return new TensorType(other, shape);
    }

    public TensorType with(Shape other) {
        return new TensorType(dtype, other);
    }

    /** As in {@code float32[2, 3]}. */
    @Override
    public String toString() {
        return dtype.toString() + shape;
    }
}
