package io.sardonyx.onnx;

import java.util.List;

/**
 * What a model may cost before it is refused with a {@link ModelLimitException}.
 *
 * @param fileBytes the size of the model file; never above 2 GiB, for larger models keep their weights in other files
 * @param nodes nodes after functions are expanded, those of subgraphs included
 * @param depth how deep subgraphs, function calls and types nest
 * @param memory bytes of all tensors that live at once: weights and one run's values
 * @param foldedBytes the largest tensor that is computed at load time
 * @param iterations the turns of one Loop or Scan
 */
public record Limits(long fileBytes, long nodes, int depth, long memory, long foldedBytes, long iterations) {
    public static final Limits DEFAULT =
            new Limits(Integer.MAX_VALUE - 16, 1_000_000, 64, halfOfThisMachine(), 16 << 20, Long.MAX_VALUE);

    public Limits {
        if (Math.min(Math.min(fileBytes, nodes), Math.min(depth, Math.min(memory, Math.min(foldedBytes, iterations))))
                < 0) {
            throw new IllegalArgumentException(
                    "Limits: negative in " + List.of(fileBytes, nodes, depth, memory, foldedBytes, iterations));
        }
    }

    /** The limits, as errors name them. */
    public enum Kind {
        FILE_BYTES("fileBytes", "bytes"),
        NODES("nodes", "nodes"),
        DEPTH("depth", "levels"),
        MEMORY("memory", "bytes"),
        FOLDED_BYTES("foldedBytes", "bytes"),
        ITERATIONS("iterations", "iterations");

        private final String method;
        private final String unit;

        Kind(String method, String unit) {
            this.method = method;
            this.unit = unit;
        }

        String method() {
            return method;
        }

        String unit() {
            return unit;
        }
    }

    private static long halfOfThisMachine() {
        var system = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean known
                ? known.getTotalMemorySize() / 2
                : Runtime.getRuntime().maxMemory();
    }

    public Limits fileBytes(long value) {
        return new Limits(value, nodes, depth, memory, foldedBytes, iterations);
    }

    public Limits nodes(long value) {
        return new Limits(fileBytes, value, depth, memory, foldedBytes, iterations);
    }

    public Limits depth(int value) {
        return new Limits(fileBytes, nodes, value, memory, foldedBytes, iterations);
    }

    public Limits memory(long value) {
        return new Limits(fileBytes, nodes, depth, value, foldedBytes, iterations);
    }

    public Limits foldedBytes(long value) {
        return new Limits(fileBytes, nodes, depth, memory, value, iterations);
    }

    public Limits iterations(long value) {
        return new Limits(fileBytes, nodes, depth, memory, foldedBytes, value);
    }
}
