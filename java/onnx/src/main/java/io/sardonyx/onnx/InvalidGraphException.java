package io.sardonyx.onnx;

/** A graph that is not one: a cycle, an undefined, duplicate, empty or shadowed name, attributes that an operator refuses. */
public final class InvalidGraphException extends ModelException {
    private static final long serialVersionUID = 1;

    public InvalidGraphException(Where where, String detail) {
        this(where, detail, null);
    }

    public InvalidGraphException(Where where, String detail, Throwable cause) {
        super(Code.GRAPH, where, detail, cause);
    }
}
