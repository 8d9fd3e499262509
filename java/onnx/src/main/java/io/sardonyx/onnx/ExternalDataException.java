package io.sardonyx.onnx;

/** Tensor data in another file that are missing, too short, or outside the model's folder. */
public final class ExternalDataException extends ModelException {
    private static final long serialVersionUID = 1;

    public ExternalDataException(Where where, String detail) {
        this(where, detail, null);
    }

    public ExternalDataException(Where where, String detail, Throwable cause) {
        super(Code.EXTERNAL_DATA, where, detail, cause);
    }
}
