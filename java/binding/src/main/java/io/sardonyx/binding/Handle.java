package io.sardonyx.binding;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Something native that is freed once: when it is closed and no call uses it any more. A call takes the handle with
 * {@link #acquire} and gives it back with {@link #release}, so that closing it in another thread never frees under the call.
 */
abstract class Handle {
    private static final int CLOSED = Integer.MIN_VALUE;

    /** The number of calls inside, and the bit {@link #CLOSED}. */
    private final AtomicInteger users = new AtomicInteger();

    final long address;

    Handle(long address) {
        this.address = address;
    }

    abstract void free();

    /** As in {@code memory of 64 bytes}. */
    abstract String what();

    /** @throws IllegalStateException if this is closed */
    final void acquire() {
        int now;
        do {
            now = users.get();
            if (now < 0) {
                throw closedException();
            }
        } while (!users.compareAndSet(now, now + 1));
    }

    final void release() {
        if (users.decrementAndGet() == CLOSED) {
            free();
        }
    }

    final void requireOpen() {
        if (users.get() < 0) {
            throw closedException();
        }
    }

    final void close() {
        int now;
        do {
            now = users.get();
            if (now < 0) {
                return;
            }
        } while (!users.compareAndSet(now, now | CLOSED));
        if (now == 0) {
            free();
        }
    }

    private IllegalStateException closedException() {
        return new IllegalStateException(what() + " is closed");
    }
}
