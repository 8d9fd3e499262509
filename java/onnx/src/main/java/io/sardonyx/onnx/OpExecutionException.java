package io.sardonyx.onnx;

/** An operator that refused its inputs while the model ran. The model stays usable. */
public final class OpExecutionException extends ModelException {
    private static final long serialVersionUID = 1;

    public OpExecutionException(Where where, String detail, Throwable cause) {
        super(Code.EXECUTION, where, detail, cause);
    }
}
