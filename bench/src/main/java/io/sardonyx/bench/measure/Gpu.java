package io.sardonyx.bench.measure;

import io.sardonyx.bench.device.CudaContext;
import io.sardonyx.bench.device.GpuSensor;
import io.sardonyx.bench.device.LibraryMissingException;
import io.sardonyx.bench.device.Nvml;
import io.sardonyx.device.Device;
import java.util.Optional;

/**
 * A device with memory of its own, and what NVIDIA's libraries know of it: its L2, of which nothing may persist, and its clocks. What
 * they do not say is told to the findings in one line.
 */
final class Gpu implements AutoCloseable {
    private static final String KIND = "cuda:";

    private final Device device;
    private final Findings findings;
    private final Optional<GpuSensor> sensor;
    private final SmClock smClock;
    private final long l2Bytes;
    private final String description;

    private Gpu(Device device, Findings findings, long l2Bytes, Optional<GpuSensor> sensor, String missing) {
        this.device = device;
        this.findings = findings;
        this.l2Bytes = l2Bytes;
        this.sensor = sensor;
        smClock = new SmClock(sensor, missing);
        description = device.describe() + sensor.map(s -> "; " + s.describe()).orElse("");
    }

    /** Of a simulated one there is nothing to know. */
    static Gpu of(Device device, Findings findings) {
        if (!device.name().startsWith(KIND)) {
            return new Gpu(device, findings, 0, Optional.empty(), "");
        }
        try {
            CudaContext context =
                    CudaContext.find(Integer.parseInt(device.name().substring(KIND.length())));
            try {
                GpuSensor sensor = Nvml.open(context.busId());
                return new Gpu(device, findings, context.l2Bytes(), Optional.of(sensor), "");
            } catch (LibraryMissingException e) {
                return new Gpu(device, findings, context.l2Bytes(), Optional.empty(), e.getMessage());
            }
        } catch (LibraryMissingException e) {
            findings.absent(
                    "L2 of " + device.name(),
                    "its size is not known and its persisting part not set to 0; cold is 256 MiB in turn: "
                            + e.getMessage());
            return new Gpu(device, findings, 0, Optional.empty(), e.getMessage());
        }
    }

    Device device() {
        return device;
    }

    /** 0 where it is not known. */
    long l2Bytes() {
        return l2Bytes;
    }

    SmClock smClock() {
        return smClock;
    }

    /** Tells the findings what was seen of the clocks so far. */
    void tell() {
        findings.device(device.name(), description + smClock.describe());
        if (!smClock.missing().isEmpty()) {
            findings.absent(device.name(), "clocks not sampled: " + smClock.missing());
        }
    }

    @Override
    public void close() {
        tell();
        sensor.ifPresent(GpuSensor::close);
    }
}
