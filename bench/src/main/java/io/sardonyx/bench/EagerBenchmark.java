package io.sardonyx.bench;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One eager operation, its result freed: what a call costs besides the work. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class EagerBenchmark {
    @Param({"16", "4096"})
    private long elements;

    private Tensor a;
    private Tensor b;

    @Setup
    public void make() {
        a = Tensor.randn(DType.FLOAT32, 1, elements);
        b = Tensor.randn(DType.FLOAT32, 2, elements);
    }

    @Benchmark
    public boolean add() {
        try (Tensor sum = a.add(b)) {
            return sum.isView();
        }
    }

    @TearDown
    public void free() {
        a.close();
        b.close();
    }
}
