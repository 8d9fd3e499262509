package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A run of MiniLM, on tensors that are there: nothing is tokenized or copied. */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MiniLmBenchmark extends CallBenchmark {
    @Param("1")
    private int batch;

    @Param({"16", "128"})
    private int tokens;

    private Model model;
    private Map<String, Tensor> inputs;
    private Tensor hidden;
    private RunOptions bound;

    @Setup
    public void load() throws IOException {
        model = MiniLm.builder().load();
        inputs = MiniLm.inputs(batch, tokens);
        try (Outputs outputs = model.run(inputs)) {
            hidden = outputs.take(outputs.names().get(0));
            bound = RunOptions.DEFAULT.into(outputs.names().get(0), hidden);
        }
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
        inputs.values().forEach(Tensor::close);
        hidden.close();
        model.close();
    }
}
