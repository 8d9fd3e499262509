package io.sardonyx.bench.collective;

/** A result that is not what it has to be; its time would mean nothing. The message has the worst element and the seed. */
public final class VerificationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public VerificationException(String message) {
        super(message);
    }
}
