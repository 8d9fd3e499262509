package io.sardonyx.onnx;

/** Bytes that are not an ONNX model: truncated, malformed, empty. */
public final class ModelFormatException extends ModelException {
    private static final long serialVersionUID = 1;
    private final long offset;

    public ModelFormatException(Where where, long offset, String detail, Throwable cause) {
        super(Code.FORMAT, where, "byte " + offset + ": " + detail, cause);
        this.offset = offset;
    }

    /** The byte at which reading stopped. */
    public long offset() {
        return offset;
    }
}
