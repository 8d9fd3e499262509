package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A run of a {@link SmallGraph}: what a run costs besides its kernels. */
public class SmallGraphBenchmark extends CallBenchmark {
    @Param
    private SmallGraph graph;

    @Param("1")
    private long rows;

    private Model model;
    private Tensor x;
    private Tensor y;
    private Map<String, Tensor> inputs;
    private RunOptions bound;

    @Setup
    public void load() {
        model = Model.builder(graph.bytes(rows)).load();
        x = Tensor.randn(DType.FLOAT32, 1, rows, SmallGraph.WIDTH);
        y = Tensor.zeros(DType.FLOAT32, rows, SmallGraph.WIDTH);
        inputs = Map.of(SmallGraph.INPUT, x);
        bound = RunOptions.DEFAULT.into(SmallGraph.OUTPUT, y);
    }

    @Benchmark
    public int run() {
        try (Outputs outputs = model.run(inputs)) {
            return outputs.size();
        }
    }

    /** Into a tensor of the caller's. */
    @Benchmark
    public int runBound() {
        try (Outputs outputs = model.run(inputs, bound)) {
            return outputs.size();
        }
    }

    @TearDown
    public void free() {
        x.close();
        y.close();
        model.close();
    }
}
