package io.sardonyx.binding;

import io.sardonyx.device.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What a native device says of itself now: {@code sx_device_info}, in its order. Bytes are -1 where they are not known. */
record DeviceInfo(
        boolean onHost, int capability, int processors, int driver, long totalBytes, long freeBytes, long l2Bytes) {
    private static final int BYTES = 40;

    DeviceInfo(long device) {
        this(query(device));
    }

    private DeviceInfo(ByteBuffer info) {
        this(
                info.getInt() != 0,
                info.getInt(),
                info.getInt(),
                info.getInt(),
                info.getLong(),
                info.getLong(),
                info.getLong());
    }

    private static ByteBuffer query(long device) {
        ByteBuffer info = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
        int code = Native.sx_device_query(device, Native.sx_buffer_address(info));
        if (code != Native.OK) {
            throw new DeviceException("query", DeviceException.Code.INTERNAL, Native.sx_last_error());
        }
        return info;
    }
}
