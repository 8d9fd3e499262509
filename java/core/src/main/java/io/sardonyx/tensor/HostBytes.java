package io.sardonyx.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Bytes in host memory, or where to fetch them from when they are asked for. Tensors that share elements share this. */
final class HostBytes {
    private volatile ByteBuffer here;
    private HostTensor.Source source;

    private HostBytes(ByteBuffer here, HostTensor.Source source) {
        this.here = here;
        this.source = source;
    }

    static HostBytes of(ByteBuffer bytes) {
        return new HostBytes(bytes.order(ByteOrder.LITTLE_ENDIAN), null);
    }

    static HostBytes from(HostTensor.Source source) {
        return new HostBytes(null, Objects.requireNonNull(source));
    }

    /** All of them, of which there are {@code count}. */
    ByteBuffer get(long count) {
        ByteBuffer bytes = here;
        return bytes != null ? bytes : fetch((int) count);
    }

    private synchronized ByteBuffer fetch(int count) {
        if (here == null) {
            ByteBuffer bytes = ByteBuffer.allocate(count);
            source.read(bytes);
            here = bytes.clear().order(ByteOrder.LITTLE_ENDIAN);
            source = null;
        }
        return here;
    }

    boolean isDeferred() {
        return here == null;
    }

    /** Fills {@code to}, without keeping the bytes if they are not here. */
    synchronized void read(ByteBuffer to) {
        if (here == null) {
            source.read(to);
        } else {
            to.put(here.duplicate().limit(to.remaining()));
        }
    }

    synchronized void defer(HostTensor.Source from) {
        source = Objects.requireNonNull(from);
        here = null;
    }
}
