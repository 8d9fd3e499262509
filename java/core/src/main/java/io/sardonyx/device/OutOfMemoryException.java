package io.sardonyx.device;

/** A device, or Java's heap, had not enough memory; what was allocated before is intact, and all stays usable. */
public final class OutOfMemoryException extends DeviceException {
    private static final long serialVersionUID = 1;
    private final long requested;

    public OutOfMemoryException(String device, long requested, long live) {
        super("allocate", Code.NO_MEMORY, device + ": no memory for " + requested + " bytes; " + live + " are in use");
        this.requested = requested;
    }

    /** For values that a run keeps on Java's heap. */
    public OutOfMemoryException(OutOfMemoryError cause) {
        super("allocate", Code.NO_MEMORY, "Java's heap: no memory (" + cause.getMessage() + "); -Xmx raises it");
        initCause(cause);
        this.requested = -1;
    }

    /** The bytes asked for, -1 where that is not known. */
    public long requested() {
        return requested;
    }
}
