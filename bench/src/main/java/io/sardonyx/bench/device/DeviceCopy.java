package io.sardonyx.bench.device;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Copies inside a GPU's memory by our own kernel. Their speed bounds what ranks that share the memory can do; while they run, the host
 * can queue what is to be timed behind them, so that its own gaps do not count; and they leave nothing else in the caches.
 */
public final class DeviceCopy implements AutoCloseable {
    private static final String KERNEL = "copy";
    /** Written and read; more than twice the L2 of any GPU. A simulated one has none, and is slow. */
    private static final long GPU_BYTES = 256L << 20;

    private static final long SIMULATED_BYTES = 1L << 18;
    private static final int SAMPLES = 9;
    private static final int COPIES = 8;

    private final Device device;
    private final TensorType type;
    private final Memory from;
    private final Memory to;
    private final double microseconds;

    /** @param device one that {@link #isOn} */
    public DeviceCopy(Device device) {
        this.device = device;
        type = TensorType.of(DType.UINT8, device.name().startsWith("sim") ? SIMULATED_BYTES : GPU_BYTES);
        from = device.allocate(type.byteSize());
        to = device.allocate(type.byteSize());
        for (long done = 0; done < type.byteSize(); done += Device.LARGEST_BLOCK) {
            int length = (int) Math.min(Device.LARGEST_BLOCK, type.byteSize() - done);
            from.write(done, ByteBuffer.allocate(length));
        }
        double[] samples = new double[SAMPLES];
        run(COPIES);
        for (int i = 0; i < SAMPLES; i++) {
            samples[i] = device.time(() -> run(COPIES)) / COPIES;
        }
        microseconds = Samples.of(samples).median();
    }

    /** Whether it has memory of its own, and the kernel. */
    public static boolean isOn(Device device) {
        return !device.onHost() && device.has(KERNEL);
    }

    private void run(int copies) {
        Launch launch = Launch.ofKey(KERNEL).input(0).output(0).params(type.byteSize());
        for (int i = 0; i < copies; i++) {
            device.launch(launch, List.of(type), new Memory[] {from}, List.of(type), new Memory[] {to});
        }
    }

    /** Read and written. */
    public double bytesPerMicrosecond() {
        return 2.0 * type.byteSize() / microseconds;
    }

    /** Keeps the device's queue busy for so long at least. */
    public void hold(double microsecondsLong) {
        run((int) Math.ceil(microsecondsLong / microseconds));
    }

    @Override
    public void close() {
        from.close();
        to.close();
    }
}
