package io.sardonyx.bench.jmh;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** What it costs to leave Java: a call that only reads a counter, a block of memory, a kernel that does next to nothing. */
public class NativeCallBenchmark extends CallBenchmark {
    private static final Memory[] NONE = {};

    private final Launch launch = Launch.ofKey("peak.fma.f32").output(0).params(1, 1); // one turn on one thread
    private final List<TensorType> types = List.of(TensorType.of(DType.FLOAT32, 1));

    private Device device;
    private Memory[] results;

    @Setup
    public void open() {
        device = Devices.get("cpu");
        results = new Memory[] {device.allocate(types.get(0).byteSize())};
    }

    @Benchmark
    public long call() {
        return device.liveBytes();
    }

    @Benchmark
    public void allocate(Blackhole hole) {
        try (Memory memory = device.allocate(64)) {
            hole.consume(memory);
        }
    }

    @Benchmark
    public Memory launch() {
        device.launch(launch, List.of(), NONE, types, results);
        return results[0];
    }

    @TearDown
    public void free() {
        results[0].close();
    }
}
