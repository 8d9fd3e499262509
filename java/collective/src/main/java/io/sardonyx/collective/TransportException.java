package io.sardonyx.collective;

/** A call of a {@link Transport} failed; its message is the engine's. */
public final class TransportException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final CollectiveException.Reason reason;

    public TransportException(CollectiveException.Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public CollectiveException.Reason reason() {
        return reason;
    }
}
