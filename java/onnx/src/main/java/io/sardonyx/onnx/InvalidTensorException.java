package io.sardonyx.onnx;

/** A tensor in the model whose data do not fit its type. */
public final class InvalidTensorException extends ModelException {
    private static final long serialVersionUID = 1;
    private final String expected;
    private final String found;

    public InvalidTensorException(Where where, String tensor, String expected, String found) {
        super(Code.TENSOR, where, "tensor '" + tensor + "': expected " + expected + ", found " + found, null);
        this.expected = expected;
        this.found = found;
    }

    public String expected() {
        return expected;
    }

    public String found() {
        return found;
    }
}
