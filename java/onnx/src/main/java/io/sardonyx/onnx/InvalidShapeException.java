package io.sardonyx.onnx;

/** Sizes that are negative, or whose product overflows. */
public final class InvalidShapeException extends ModelException {
    private static final long serialVersionUID = 1;

    public InvalidShapeException(Where where, String detail) {
        super(Code.SHAPE, where, detail, null);
    }
}
