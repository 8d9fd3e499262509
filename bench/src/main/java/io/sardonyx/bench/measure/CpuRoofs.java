package io.sardonyx.bench.measure;

import io.sardonyx.bench.FmaPeak;
import io.sardonyx.bench.record.Roof;
import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What the CPU does at most, on all threads of its device: multiply-adds by type, and bytes by level of its memory. */
final class CpuRoofs {
    /** The best of so many is what the machine can do; less is what it was let. */
    private static final int TRIES = 40;

    private static final int TRIES_OF_MEMORY = 7; // which take longer
    private static final long MOVED = 16 << 20; // by a thread in a try, at least
    private static final long LEAST_MEMORY = 128 << 20;

    /** So many times a cache is next to not in it. */
    private static final int BEYOND = 4;

    private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.FLOAT64, DType.INT8);

    private final Device device;
    private final CpuCaches caches;
    private final List<Roof> roofs = new ArrayList<>();

    private CpuRoofs(Device device, CpuCaches caches) {
        this.device = device;
        this.caches = caches;
    }

    static List<Roof> measure(Device device, CpuCaches caches) {
        CpuRoofs all = new CpuRoofs(device, caches);
        for (DType dtype : TYPES) {
            if (FmaPeak.knows(device, dtype)) {
                all.add("fma." + dtype, 1e9 * best(TRIES, () -> FmaPeak.measure(device, dtype)), "FLOP/s");
            }
        }
        if (device.has("peak.read") && device.has("peak.copy")) {
            all.levels().forEach(all::bandwidth);
        }
        return all.roofs;
    }

    /**
     * The bytes that all threads together go over to measure a level: half of it; of a cache that others share, too, only four times
     * what is closer, since they may have the rest; and for memory four times the last cache.
     */
    private Map<String, Long> levels() {
        Map<String, Long> levels = new LinkedHashMap<>();
        long closer = Long.MAX_VALUE / BEYOND; // nothing is
        for (Map.Entry<Integer, Long> cache : caches.sizes().entrySet()) {
            int level = cache.getKey();
            boolean shared = level == caches.sizes().lastKey() && level > 2;
            long own = shared ? cache.getValue() : cache.getValue() * device.threads();
            levels.put("L" + level, shared ? Math.min(own / 2, BEYOND * closer) : own / 2);
            closer = own;
        }
        levels.put("memory", Math.max(LEAST_MEMORY, BEYOND * caches.last()));
        return levels;
    }

    private void bandwidth(String level, long bytes) {
        int tries = level.equals("memory") ? TRIES_OF_MEMORY : TRIES;
        add("read." + level, best(tries, () -> rate("peak.read", bytes)), "B/s");
        add("copy." + level, best(tries, () -> 2 * rate("peak.copy", bytes / 2)), "B/s");
    }

    /** Bytes per second of what the kernel reads. */
    private double rate(String kernel, long bytes) {
        long passes = Math.max(1, MOVED * device.threads() / bytes);
        TensorType type = TensorType.of(DType.UINT8, bytes);
        try (Memory x = device.allocate(bytes);
                Memory y = device.allocate(bytes)) {
            run("peak.copy", 1, type, x, y); // what was never written is one page of zeros, which any cache holds
            run("peak.copy", 1, type, y, x);
            run(kernel, 1, type, x, y);
            long start = System.nanoTime();
            run(kernel, passes, type, x, y);
            return (double) passes * bytes / (System.nanoTime() - start) * 1e9;
        }
    }

    private void run(String kernel, long passes, TensorType type, Memory x, Memory y) {
        Launch launch = Launch.ofKey(kernel).input(0).output(0).params(passes, device.threads());
        device.launch(launch, List.of(type), new Memory[] {x}, List.of(type), new Memory[] {y});
    }

    private static double best(int tries, DoubleSupplier rate) {
        double best = 0;
        for (int i = 0; i < tries; i++) {
            best = Math.max(best, rate.getAsDouble());
        }
        return best;
    }

    private void add(String name, double value, String unit) {
        String isa = Arrays.stream(device.describe().split("[ ,()]+"))
                .filter(word -> word.startsWith("avx") || word.equals("baseline"))
                .findFirst()
                .orElse("");
        roofs.add(new Roof(device.name(), device.threads(), name, value, unit, isa));
    }
}
