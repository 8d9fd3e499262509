package io.sardonyx.bench.contender;

import io.sardonyx.tensor.HostTensor;
import java.util.List;

/**
 * A problem that is ready to be computed again and again, always from the same inputs. All that a user of the library would do once,
 * such as packing weights, is done. Used by one thread.
 */
public interface Call extends AutoCloseable {
    /** Computes once. When it returns, the result is there. */
    void run();

    /** The result of the last {@link #run}, as a copy; of a model, its first output. */
    HostTensor output();

    /** All results of the last {@link #run} that are tensors of numbers. */
    default List<HostTensor> outputs() {
        return List.of(output());
    }

    /**
     * The nanoseconds that so many runs in a row take. A contender in a process of its own measures there, so that the way to it does
     * not count.
     */
    default long time(int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            run();
        }
        return System.nanoTime() - start;
    }

    /** Frees what {@link Library#open} took. */
    @Override
    void close();
}
