package io.sardonyx.bench.jmh;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** {@code [m, k] x [k, n]} in float32, its result freed: from a product that costs as much as its call to one that fills the caches. */
public class MatMulBenchmark extends CallBenchmark {
    /** {@code m x k x n}. */
    @Param({"4x4x4", "64x64x64", "1x384x1536", "128x384x1536", "512x512x512"})
    private String shape;

    private Tensor a;
    private Tensor b;

    @Setup
    public void make() {
        long[] sizes =
                Arrays.stream(shape.split("x")).mapToLong(Long::parseLong).toArray();
        if (sizes.length != 3) {
            throw new IllegalArgumentException("shape " + shape + ": expected m x k x n, as in 128x384x1536");
        }
        a = Tensor.randn(DType.FLOAT32, 1, sizes[0], sizes[1]);
        b = Tensor.randn(DType.FLOAT32, 2, sizes[1], sizes[2]);
    }

    @Benchmark
    public void matmul(Blackhole hole) {
        try (Tensor result = a.matmul(b)) {
            hole.consume(result);
        }
    }

    @TearDown
    public void free() {
        a.close();
        b.close();
    }
}
