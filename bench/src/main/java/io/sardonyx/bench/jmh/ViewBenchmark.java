package io.sardonyx.bench.jmh;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Index;
import io.sardonyx.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** A view of float32 {@code [n, n]}: alone, where nothing is copied, and made a tensor of its own. */
public class ViewBenchmark extends CallBenchmark {
    @Param({"16", "512"})
    private long n;

    @Param
    private View view;

    private Tensor x;

    /** How the elements are looked at. */
    public enum View {
        ROW(x -> x.get(Index.at(0))),
        PARSED_SLICE(x -> x.get("1:, :-1")),
        TRANSPOSE(Tensor::transpose),
        RESHAPE(x -> x.reshape(-1)),
        UNSQUEEZE(x -> x.unsqueeze(0));

        private final UnaryOperator<Tensor> function;

        View(UnaryOperator<Tensor> function) {
            this.function = function;
        }
    }

    @Setup
    public void make() {
        x = Tensor.randn(DType.FLOAT32, 1, n, n);
    }

    @Benchmark
    public Tensor look() {
        return view.function.apply(x);
    }

    @Benchmark
    public void copy(Blackhole hole) {
        try (Tensor copy = view.function.apply(x).keep()) {
            hole.consume(copy);
        }
    }

    @TearDown
    public void free() {
        x.close();
    }
}
