package io.sardonyx.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Owns the tensors made on this thread while it is open, and closes them with itself: the innermost open scope owns a tensor
 * unless {@link Tensor#keep} takes it out. Scopes nest, and are closed in reverse order by the thread that opened them.
 *
 * <pre>{@code
 * try (var scope = TensorScope.open()) {
 *     return a.matmul(b).add(c).keep();   // the product in between is freed here
 * }
 * }</pre>
 */
public final class TensorScope implements AutoCloseable {
    private static final ThreadLocal<TensorScope> INNERMOST = new ThreadLocal<>();

    private final TensorScope outer;
    private final Thread thread = Thread.currentThread();
    private final List<Tensor> tensors = new ArrayList<>();
    private boolean closed;

    private TensorScope(TensorScope outer) {
        this.outer = outer;
    }

    /** Opens a scope inside the innermost one of this thread. */
    public static TensorScope open() {
        TensorScope scope = new TensorScope(INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    static TensorScope adopt(Tensor tensor) {
        TensorScope scope = INNERMOST.get();
        if (scope != null) {
            scope.tensors.add(tensor);
        }
        return scope;
    }

    void release(Tensor tensor) {
        for (int i = tensors.size() - 1; i >= 0; i--) {
            if (tensors.get(i) == tensor) {
                tensors.remove(i);
                return;
            }
        }
    }

    /**
     * Closes the tensors that this scope owns.
     *
     * @throws IllegalStateException if an inner scope is still open, or on another thread
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Thread.currentThread() != thread || INNERMOST.get() != this) {
            throw new IllegalStateException("a scope is closed by its own thread, after the scopes inside it");
        }
        closed = true;
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        List<Tensor> mine = List.copyOf(tensors);
        tensors.clear();
        mine.forEach(Tensor::close);
    }
}
