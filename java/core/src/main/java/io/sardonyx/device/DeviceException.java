package io.sardonyx.device;

/** A failure on the native side: the kernel, the native code and the native message. */
public class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong, as the native runtime numbers it. */
    public enum Code {
        OK,
        INVALID,
        NO_MEMORY,
        CANCELLED,
        TIMEOUT,
        INTERNAL,
        /** The device answers no more; see {@link DeviceLostException}. */
        DEVICE_LOST,
        /** The device cannot do this at all, as a kernel for newer hardware. */
        UNSUPPORTED
    }

    private final String kernel;
    private final Code code;
    private final int step;

    public DeviceException(String kernel, Code code, String message) {
        this(kernel, code, message, -1);
    }

    /** @param step the command of the program that failed, or -1 */
    public DeviceException(String kernel, Code code, String message, int step) {
        super(message);
        this.kernel = kernel;
        this.code = code;
        this.step = step;
    }

    /** The kernel's key, or what was asked of the device. */
    public String kernel() {
        return kernel;
    }

    public Code code() {
        return code;
    }

    /** The command of the program that failed, or -1. */
    public int step() {
        return step;
    }
}
