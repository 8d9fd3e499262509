package io.sardonyx.bench;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A run of {@code relu(x) -> exp -> neg} on 16 floats: what a run costs besides its kernels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SmallGraphBenchmark {
    private static final int FLOAT = 1;

    private Model model;
    private Tensor x;
    private Map<String, Tensor> inputs;

    @Setup
    public void load() {
        model = Model.builder(bytes()).load();
        x = Tensor.randn(DType.FLOAT32, 1, 16);
        inputs = Map.of("x", x);
    }

    @Benchmark
    public int run() {
        try (Outputs outputs = model.run(inputs)) {
            return outputs.size();
        }
    }

    @TearDown
    public void free() {
        x.close();
        model.close();
    }

    private static byte[] bytes() {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(GraphProto.newBuilder()
                        .setName("chain")
                        .addInput(value("x"))
                        .addNode(node("Relu", "x", "a"))
                        .addNode(node("Exp", "a", "b"))
                        .addNode(node("Neg", "b", "y"))
                        .addOutput(value("y")))
                .build()
                .toByteArray();
    }

    private static NodeProto node(String operator, String input, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addInput(input)
                .addOutput(output)
                .build();
    }

    private static ValueInfoProto value(String name) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(FLOAT)
                                .setShape(TensorShapeProto.newBuilder()
                                        .addDim(TensorShapeProto.Dimension.newBuilder()
                                                .setDimValue(16)))))
                .build();
    }
}
