package io.sardonyx.device;

/**
 * A device failed in a way that it does not come back from in this process: every later use of it fails like this. Memory and tensors
 * on it are lost; other devices are as they were.
 */
public final class DeviceLostException extends DeviceException {
    private static final long serialVersionUID = 1;
    private final String device;

    /**
     * @param device the device's name
     * @param kernel what was asked of the device now
     * @param cause what failed first and took the device with it
     */
    public DeviceLostException(String device, String kernel, DeviceException cause) {
        super(
                kernel,
                Code.DEVICE_LOST,
                device + " is lost since " + cause.kernel() + " failed: " + cause.getMessage(),
                -1);
        initCause(cause);
        this.device = device;
    }

    /** The device's name. */
    public String device() {
        return device;
    }
}
