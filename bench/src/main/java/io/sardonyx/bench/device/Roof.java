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
        if (workload.rival().orElse(null) instanceof Rival.Product product
                && workload.kernel().isEmpty()) {
            flopsPerMicrosecond.merge(product.dtype(), workload.flops() / microseconds, Math::max);
        }
    }

    /** The least microseconds; 0 while nothing is known. */
    public double microseconds(Workload workload) {
        double moving = bytesPerMicrosecond == 0 ? 0 : workload.bytes() / bytesPerMicrosecond;
        Double rate = flopsPerMicrosecond.get(workload.inputs().get(0).dtype());
        return Math.max(moving, rate == null ? 0 : workload.flops() / rate);
    }
}
