package io.sardonyx.device;

/** A run that was cancelled or that went past its deadline. The model stays usable. */
public final class RunStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why a run stopped. */
    public enum Reason {
        CANCELLED,
        TIMEOUT
    }

    private final Reason reason;

    public RunStoppedException(Reason reason) {
        super(reason == Reason.CANCELLED ? "the run was cancelled" : "the run went past its deadline");
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
