package io.sardonyx.bench.measure;

import io.sardonyx.device.Device;
import java.util.Map;
import java.util.TreeMap;

/** What a simulated GPU counts while something runs there, and nothing else does. */
final class KernelCounts {
    private KernelCounts() {}

    /** By name, without what did not happen; nothing on a device that does not count. */
    static Map<String, Double> of(Device device, Runnable work) {
        Map<String, Long> before = device.counters();
        work.run();
        Map<String, Double> counts = new TreeMap<>();
        device.counters().forEach((name, after) -> {
            long more = after - before.get(name);
            if (more > 0) {
                counts.put(name, (double) more);
            }
        });
        return counts;
    }
}
