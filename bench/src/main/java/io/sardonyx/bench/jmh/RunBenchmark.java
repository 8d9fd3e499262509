package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.tensor.Tensor;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.TearDown;

/** Runs of a model on tensors that are there. */
abstract class RunBenchmark extends CallBenchmark {
    private Model model;
    private Map<String, Tensor> inputs;
    private Tensor output;
    private RunOptions bound;

    /** What is run, all of which is closed in the end; the first output goes into a tensor that it fits. */
    void use(Model loaded, Map<String, Tensor> tensors) {
        model = loaded;
        inputs = tensors;
        try (Outputs outputs = model.run(inputs)) {
            String first = outputs.names().get(0);
            output = outputs.take(first);
            bound = RunOptions.DEFAULT.into(first, output);
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
        output.close();
        model.close();
    }
}
