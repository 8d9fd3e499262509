package io.sardonyx.binding;

import io.sardonyx.device.Devices;
import io.sardonyx.device.OutOfMemoryException;

/** Makes allocations of the native device fail, for tests of what becomes of it. */
public final class Faults {
    private Faults() {}

    /** Whether there is a device whose allocations can be made to fail. */
    public static boolean possible() {
        return Devices.best() instanceof NativeDevice;
    }

    /** Makes the {@code n}-th allocation from now on fail, and none after it. */
    public static void arm(long n) {
        Native.sx_fail_allocation(((NativeDevice) Devices.best()).handle(), n);
    }

    /** Ends the waiting for it; whether fewer than {@code n} allocations came, so that it was still to come. */
    public static boolean disarm(long n) {
        for (long i = 0; i < n; i++) {
            try {
                Devices.best().allocate(1).close();
            } catch (OutOfMemoryException e) {
                return true;
            }
        }
        return false;
    }
}
