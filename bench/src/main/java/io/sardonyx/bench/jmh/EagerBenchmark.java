package io.sardonyx.bench.jmh;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.function.BinaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** One eager operation on float32 {@code [n]}, its result freed: what a call costs on few elements, what an element costs on many. */
public class EagerBenchmark extends CallBenchmark {
    @Param({"16", "4096", "1048576"})
    private long n;

    @Param
    private Operation operation;

    private Tensor a;
    private Tensor b;

    /** From one that only moves memory to one that only computes. */
    public enum Operation {
        ADD(Tensor::add),
        MULTIPLY_SCALAR((a, b) -> a.mul(2)),
        RELU((a, b) -> a.relu()),
        EXP((a, b) -> a.exp()),
        GELU((a, b) -> a.gelu()),
        TO_BFLOAT16((a, b) -> a.cast(DType.BFLOAT16)),
        SUM((a, b) -> a.sum());

        private final BinaryOperator<Tensor> function;

        Operation(BinaryOperator<Tensor> function) {
            this.function = function;
        }
    }

    @Setup
    public void make() {
        a = Tensor.randn(DType.FLOAT32, 1, n);
        b = Tensor.randn(DType.FLOAT32, 2, n);
    }

    @Benchmark
    public void call(Blackhole hole) {
        try (Tensor result = operation.function.apply(a, b)) {
            hole.consume(result);
        }
    }

    @TearDown
    public void free() {
        a.close();
        b.close();
    }
}
