package io.sardonyx.bench.jmh;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** One eager operation along the rows of float32 {@code [rows, n]}, its result freed. */
public class RowsBenchmark extends CallBenchmark {
    @Param({"1", "1024"})
    private long rows;

    @Param("384")
    private long n;

    @Param
    private Operation operation;

    private Tensor x;

    /** Of the last axis. */
    public enum Operation {
        SOFTMAX(x -> x.softmax(-1)),
        LOG_SOFTMAX(x -> x.logSoftmax(-1)),
        SUM(x -> x.sum(-1)),
        MEAN(x -> x.mean(-1)),
        MAX(x -> x.max(-1)),
        ARGMAX(x -> x.argmax(-1)),
        CUMSUM(x -> x.cumsum(-1));

        private final UnaryOperator<Tensor> function;

        Operation(UnaryOperator<Tensor> function) {
            this.function = function;
        }
    }

    @Setup
    public void make() {
        x = Tensor.randn(DType.FLOAT32, 1, rows, n);
    }

    @Benchmark
    public void call(Blackhole hole) {
        try (Tensor result = operation.function.apply(x)) {
            hole.consume(result);
        }
    }

    @TearDown
    public void free() {
        x.close();
    }
}
