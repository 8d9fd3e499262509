package io.sardonyx.collective.gloo;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.NoException;
import org.bytedeco.javacpp.annotation.Platform;

/** The C interface of {@code sx/gloo.h}: one method per function. JavaCPP writes the JNI code; {@link GlooLibrary} loads it. */
@Platform(include = "sx/gloo.h", link = "sardonyx_gloo")
@NoException
final class GlooNative {
    /** SX_GLOO_ABI of the header that this class was written for. */
    static final int ABI = 2;

    static final int OK = 0;
    static final int TIMEOUT = 2;
    static final int PEER_LOST = 3;
    static final int ABORTED = 4;
    static final int CLOSED = 5;
    static final int MISMATCH = 7;

    private GlooNative() {}

    static native int sx_gloo_abi();

    static native String sx_gloo_last_error();

    static native @Cast("sx_gloo*") long sx_gloo_create(int rank, int size, String host, long timeoutMillis);

    static native void sx_gloo_close(@Cast("sx_gloo*") long group);

    static native long sx_gloo_address_bytes(@Cast("sx_gloo*") long group);

    static native int sx_gloo_address(@Cast("sx_gloo*") long group, @Cast("void*") ByteBuffer to);

    static native int sx_gloo_connect(@Cast("sx_gloo*") long group, @Cast("const void*") ByteBuffer all, long bytes);

    static native int sx_gloo_all_reduce(
            @Cast("sx_gloo*") long group,
            long header,
            long headers,
            long headerBytes,
            long in,
            long out,
            long count,
            int dtype,
            int reduction,
            long timeoutMillis);

    static native int sx_gloo_reduce_scatter(
            @Cast("sx_gloo*") long group,
            long all,
            long part,
            long count,
            int dtype,
            int reduction,
            long timeoutMillis);

    static native int sx_gloo_all_gather(
            @Cast("sx_gloo*") long group, long part, long all, long bytes, long timeoutMillis);

    static native int sx_gloo_broadcast(
            @Cast("sx_gloo*") long group, long data, long bytes, int root, long timeoutMillis);

    static native int sx_gloo_barrier(@Cast("sx_gloo*") long group, long timeoutMillis);

    static native void sx_gloo_abort(@Cast("sx_gloo*") long group);
}
