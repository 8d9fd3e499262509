package io.sardonyx.bench.jmh;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** {@code n} floats between Java's arrays or buffers and a tensor, there or back; what was made is freed. */
public class CopyBenchmark extends CallBenchmark {
    @Param({"1", "4096", "1048576"})
    private int n;

    private float[] array;
    private ByteBuffer buffer;
    private HostTensor host;
    private Tensor tensor;
    private Tensor one;

    @Setup
    public void make() {
        tensor = Tensor.randn(DType.FLOAT32, 1, n);
        one = Tensor.randn(DType.FLOAT32, 2, 1);
        array = tensor.toFloatArray();
        buffer = ByteBuffer.allocateDirect(n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(array);
        host = HostTensor.wrap(new TensorType(DType.FLOAT32, Shape.of(n)), buffer);
    }

    @Benchmark
    public void fromArray(Blackhole hole) {
        try (Tensor made = Tensor.of(array, n)) {
            hole.consume(made);
        }
    }

    @Benchmark
    public void fromBuffer(Blackhole hole) {
        try (Tensor made = Tensor.of(host)) {
            hole.consume(made);
        }
    }

    /** Copies nothing. */
    @Benchmark
    public void wrapBuffer(Blackhole hole) {
        try (Tensor made = Tensor.wrap(buffer, DType.FLOAT32, n)) {
            hole.consume(made);
        }
    }

    @Benchmark
    public float[] toArray() {
        return tensor.toFloatArray();
    }

    @Benchmark
    public HostTensor toHost() {
        return tensor.toHost();
    }

    /** Whatever {@code n} is. */
    @Benchmark
    public double item() {
        return one.item();
    }

    @TearDown
    public void free() {
        tensor.close();
        one.close();
    }
}
