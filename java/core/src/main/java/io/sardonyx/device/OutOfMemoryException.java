package io.sardonyx.device;

/** A device, or Java's heap, had not enough memory; what was allocated before is intact, and all stays usable. */
public final class OutOfMemoryException extends DeviceException {
    private static final long serialVersionUID = 1;
    private final long requested;
    private final long free;
    private final long largestBlock;

    public OutOfMemoryException(String device, long requested, long live) {
        this(device, requested, live, -1, -1);
    }

    /**
     * @param live bytes in use
     * @param free bytes that the device has left, -1 where that is not known
     * @param largestBlock the most bytes that it could give at once, -1 where that is not known
     */
    public OutOfMemoryException(String device, long requested, long live, long free, long largestBlock) {
        super(
                "allocate",
                Code.NO_MEMORY,
                device + ": no memory for " + requested + " bytes; " + live + " are in use"
                        + (free < 0 ? "" : ", " + free + " free")
                        + (largestBlock < 0 ? "" : ", " + largestBlock + " at most in one block"));
        this.requested = requested;
        this.free = free;
        this.largestBlock = largestBlock;
    }

    /** For values that a run keeps on Java's heap. */
    public OutOfMemoryException(OutOfMemoryError cause) {
        super("allocate", Code.NO_MEMORY, "Java's heap: no memory (" + cause.getMessage() + "); -Xmx raises it");
        initCause(cause);
        this.requested = -1;
        this.free = -1;
        this.largestBlock = -1;
    }

    /** The bytes asked for, -1 where that is not known. */
    public long requested() {
        return requested;
    }

    /** The bytes that the device had left, -1 where that is not known. */
    public long free() {
        return free;
    }

    /** The most bytes that the device could have given at once, -1 where that is not known. */
    public long largestBlock() {
        return largestBlock;
    }
}
