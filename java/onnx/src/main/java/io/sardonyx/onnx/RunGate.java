package io.sardonyx.onnx;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the runs inside a model, so that closing it waits for them and lets no new one in. */
final class RunGate {
    private static final long CLOSED = 1L << 62;
    private final AtomicLong state = new AtomicLong();

    void enter() {
        if ((state.incrementAndGet() & CLOSED) != 0) {
            leave();
            throw new IllegalStateException("the model is closed");
        }
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Whether this call was the one that closed it; returns when no run is inside. */
    boolean close() {
        boolean first = (state.getAndUpdate(s -> s | CLOSED) & CLOSED) == 0;
        boolean interrupted = false;
        synchronized (this) {
            while (state.get() != CLOSED) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true; // what is inside still uses the memory
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return first;
    }
}
