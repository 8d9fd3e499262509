package io.sardonyx.bench;

/** A contender's process failed at what it was asked, or ended. The message has its name and why. */
public final class ChildFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ChildFailedException(String message) {
        super(message);
    }
}
