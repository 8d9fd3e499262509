package io.sardonyx.binding;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A point in a device's work, and its time. */
final class NativeEvent implements AutoCloseable {
    private final NativeDevice device;
    private final long event;

    NativeEvent(NativeDevice device) {
        this.device = device;
        event = Native.sx_event_create(device.handle());
        if (event == 0) {
            throw NativeLaunch.failure(device, Native.sx_last_code(), "event", -1);
        }
    }

    void record() {
        check(Native.sx_event_record(event));
    }

    /** Waits until the device has come here. */
    double microsecondsSince(NativeEvent earlier) {
        ByteBuffer result = ByteBuffer.allocateDirect(Double.BYTES).order(ByteOrder.nativeOrder());
        check(Native.sx_event_elapsed(event, earlier.event, Native.sx_buffer_address(result)));
        return result.getDouble(0);
    }

    private void check(int code) {
        if (code != Native.OK) {
            throw NativeLaunch.failure(device, code, "event", -1);
        }
    }

    @Override
    public void close() {
        Native.sx_event_destroy(event);
    }
}
