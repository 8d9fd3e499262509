package io.sardonyx.bench.device;

/** A library of NVIDIA that this host has not, or that does not work here; the message says which and why, in one line. */
public final class LibraryMissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LibraryMissingException(String message) {
        super(message.replaceAll("\\s+", " ").strip());
    }
}
