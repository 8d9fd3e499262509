package io.sardonyx.device;

/** A device had not enough memory; what was allocated before is intact, and the device stays usable. */
public final class OutOfMemoryException extends DeviceException {
    private static final long serialVersionUID = 1;
    private final long requested;

    public OutOfMemoryException(String device, long requested, long live) {
        super("allocate", Code.NO_MEMORY, device + ": no memory for " + requested + " bytes; " + live + " are in use");
        this.requested = requested;
    }

    /** The bytes asked for. */
    public long requested() {
        return requested;
    }
}
