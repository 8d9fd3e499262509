package io.sardonyx.bench.device;

/** A library of NVIDIA failed at a shape that it had opened; its process is gone, and the next shape gets a new one. */
public final class LibraryFailedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LibraryFailedException(String message) {
        super(message);
    }
}
