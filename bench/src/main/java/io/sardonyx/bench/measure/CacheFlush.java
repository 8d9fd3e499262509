package io.sardonyx.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Reads more than twice the last cache on each of the processors at once, so that nothing else is left in any cache. */
final class CacheFlush implements Runnable, AutoCloseable {
    private static final int LINE = 64 / Long.BYTES;

    private final long[] data;
    private final int processors = Runtime.getRuntime().availableProcessors();
    private final ExecutorService readers = Executors.newFixedThreadPool(processors, work -> {
        Thread thread = new Thread(work, "cache-flush");
        thread.setDaemon(true);
        return thread;
    });
    private long sum;

    CacheFlush(CpuCaches caches) {
        data = new long[Math.toIntExact((2 * caches.last() + (8 << 20)) / Long.BYTES)];
    }

    @Override
    public void run() {
        List<Future<Long>> parts = new ArrayList<>();
        for (int i = 0; i < processors; i++) {
            parts.add(readers.submit(this::read));
        }
        for (Future<Long> part : parts) {
            try {
                sum += part.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private long read() {
        long all = 0;
        for (int i = 0; i < data.length; i += LINE) {
            all += data[i];
        }
        return all;
    }

    /** So that what was read is needed. */
    long sum() {
        return sum;
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
