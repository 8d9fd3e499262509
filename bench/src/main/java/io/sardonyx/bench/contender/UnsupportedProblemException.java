package io.sardonyx.bench.contender;

/** A contender cannot compute this problem at all. The message says why, and becomes a line of what is missing. */
public final class UnsupportedProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnsupportedProblemException(String message) {
        super(message);
    }

    public UnsupportedProblemException(String message, Throwable cause) {
        super(message, cause);
    }
}
