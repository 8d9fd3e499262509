package io.sardonyx.bench.device;

import io.sardonyx.tensor.DType;
import java.util.EnumMap;
import java.util.Map;

/**
 * The least time that this device could take, from what was measured on it: bytes at the speed of its copy, products at the best rate
 * that anybody has reached here in this type. What is measured first therefore is the copy, and the largest products.
 */
public final class Roof {
    private final Map<DType, Double> flopsPerMicrosecond = new EnumMap<>(DType.class);
    private double bytesPerMicrosecond;

    /** Learns from a time. */
    public void add(Workload workload, double microseconds) {
        if (workload.name().startsWith("Identity")) {
            bytesPerMicrosecond = Math.max(bytesPerMicrosecond, workload.bytes() / microseconds);
        }
        workload.product()
                .ifPresent(p -> flopsPerMicrosecond.merge(p.dtype(), workload.flops() / microseconds, Math::max));
    }

    /** The least microseconds; 0 while nothing is known. */
    public double microseconds(Workload workload) {
        double moving = bytesPerMicrosecond == 0 ? 0 : workload.bytes() / bytesPerMicrosecond;
        double computing = workload.product()
                .filter(p -> flopsPerMicrosecond.containsKey(p.dtype()))
                .map(p -> workload.flops() / flopsPerMicrosecond.get(p.dtype()))
                .orElse(0.0);
        return Math.max(moving, computing);
    }
}
