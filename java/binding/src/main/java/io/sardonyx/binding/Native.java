package io.sardonyx.binding;

import java.nio.Buffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The C interface of the native runtime, {@code sx/runtime.h}: one method per function, addresses and handles as {@code long}.
 * JavaCPP writes the JNI code; {@link NativeLibrary} loads it.
 */
@Platform(include = "sx/runtime.h", link = "sardonyx")
@NoException
final class Native {
    /** SX_ABI of the header that this class was written for. */
    static final int ABI = 3;

    static final int OK = 0;
    static final int NO_MEMORY = 2;
    static final int MAX_RANK = 8;

    private Native() {}

    static native int sx_abi();

    static native String sx_last_error();

    static native int sx_last_code();

    /** One name a line. */
    static native String sx_device_names();

    /** One reason a line. */
    static native String sx_device_problems();

    static native @Cast("sx_device*") long sx_device_open(String name);

    static native void sx_device_close(@Cast("sx_device*") long device);

    static native String sx_device_describe(@Cast("sx_device*") long device);

    static native int sx_device_query(@Cast("sx_device*") long device, @Cast("sx_device_info*") long info);

    static native long sx_alloc(@Cast("sx_device*") long device, long bytes);

    static native void sx_free(@Cast("sx_device*") long device, long address, long bytes);

    static native long sx_largest_block(@Cast("sx_device*") long device);

    static native void sx_trim(@Cast("sx_device*") long device);

    static native long sx_live_bytes(@Cast("sx_device*") long device);

    static native int sx_copy(@Cast("sx_device*") long device, long to, long from, long bytes);

    static native int sx_synchronize(@Cast("sx_device*") long device);

    static native @Cast("sx_pool*") long sx_pool_create(int threads);

    static native void sx_pool_destroy(@Cast("sx_pool*") long pool);

    static native @Cast("const sx_kernel*") long sx_find(@Cast("sx_device*") long device, String key);

    static native int sx_kernel_count(@Cast("sx_device*") long device);

    static native String sx_kernel_key(@Cast("sx_device*") long device, int i);

    static native int sx_launch(
            @Cast("sx_device*") long device,
            @Cast("sx_pool*") long pool,
            @Cast("const sx_kernel*") long kernel,
            @Cast("const sx_tensor*") long tensors,
            int tensorCount,
            @Cast("const int64_t*") long params,
            int paramCount,
            long scratch,
            long scratchBytes);

    static native @Cast("sx_program*") long sx_program_create(
            @Cast("sx_device*") long device, @Cast("const int64_t*") long words, long wordCount);

    static native void sx_program_destroy(@Cast("sx_program*") long program);

    static native int sx_run(
            @Cast("sx_program*") long program,
            @Cast("sx_pool*") long pool,
            @Cast("const uint64_t*") long bases,
            int baseCount,
            int first,
            int last,
            @Cast("sx_control*") long control);

    static native @Cast("sx_event*") long sx_event_create(@Cast("sx_device*") long device);

    static native void sx_event_destroy(@Cast("sx_event*") long event);

    static native int sx_event_record(@Cast("sx_event*") long event);

    static native int sx_event_elapsed(
            @Cast("sx_event*") long event, @Cast("sx_event*") long since, @Cast("double*") long microseconds);

    /** One name a line. */
    static native String sx_counter_names(@Cast("sx_device*") long device);

    static native int sx_counters(@Cast("sx_device*") long device, @Cast("int64_t*") long values, int count);

    static native long sx_buffer_address(@Cast("const void*") Buffer buffer);

    static native void sx_fail_allocation(@Cast("sx_device*") long device, long n);
}
