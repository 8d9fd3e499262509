package io.sardonyx.tensor;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The memory behind a tensor and its views. Closed once, by whoever comes first: {@code close}, a scope, or the garbage collector,
 * which reports it. While an operation or a run uses it ({@link #lease}), closing waits: the memory is freed when the last lease
 * ends, and nothing new may begin.
 */
final class TensorOwner {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Device device;
    private final State state;
    private final Cleaner.Cleanable cleanable;

    private TensorOwner(Device device, State state) {
        this.device = device;
        this.state = state;
        this.cleanable = CLEANER.register(this, state::collected);
    }

    static TensorOwner of(Device device, Memory memory, TensorType type) {
        return new TensorOwner(device, new State(memory, null, LeakReport.allocated(type)));
    }

    /** For strings, which live on the Java heap. */
    static TensorOwner of(Device device, HostTensor strings) {
        return new TensorOwner(device, new State(null, strings, LeakReport.NOT_TRACKED));
    }

    Device device() {
        return device;
    }

    /** The memory, for as long as the lease lasts. */
    Memory lease() {
        state.acquire();
        return state.memory;
    }

    void endLease() {
        state.release();
    }

    /** The strings; {@code null} for other types. */
    HostTensor strings() {
        return state.strings;
    }

    boolean isClosed() {
        return state.count.get() <= 0 || state.closed;
    }

    void close() {
        if (state.close()) {
            cleanable.clean();
        }
    }

    /** Must not refer to the owner, or it would never be collected. */
    private static final class State {
        private final Memory memory;
        private final HostTensor strings;
        private final LeakReport.Allocation allocation;
        /** 1 for being open, and 1 for each lease; at 0 the memory is free. */
        private final AtomicInteger count = new AtomicInteger(1);

        private volatile boolean closed;

        State(Memory memory, HostTensor strings, LeakReport.Allocation allocation) {
            this.memory = memory;
            this.strings = strings;
            this.allocation = allocation;
        }

        void acquire() {
            if (closed) {
                throw new IllegalStateException("the tensor is closed");
            }
            for (int n = count.get(); ; n = count.get()) {
                if (n <= 0) {
                    throw new IllegalStateException("the tensor is closed");
                }
                if (count.compareAndSet(n, n + 1)) {
                    return;
                }
            }
        }

        void release() {
            if (count.decrementAndGet() == 0 && memory != null) {
                memory.close();
            }
        }

        synchronized boolean close() {
            if (closed) {
                return false;
            }
            closed = true;
            release();
            return true;
        }

        void collected() {
            if (close()) {
                allocation.leaked();
            }
        }
    }
}
