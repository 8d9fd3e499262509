package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.check.CaseResult;
import io.sardonyx.onnx.check.CaseResult.Status;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whole on GPUs: on a real one where there is one, and on the simulated one as far as that is quick. */
class SimulatedModelsTest {
    /** Convolutions, transformers, a cache of keys and values, If around LSTMs. */
    private static final Set<String> QUICK = Set.of(
            "mnist-8",
            "tinybert",
            "gpt2-past",
            "super-resolution-10",
            "silero-vad-v5",
            "silero-vad-op15",
            "dtln-1",
            "dtln-2");

    private static List<Device> gpus() {
        List<Device> gpus = Devices.all().stream()
                .filter(d -> d.name().startsWith("sim:") || d.name().startsWith("cuda:"))
                .toList();
        assumeTrue(!gpus.isEmpty(), () -> "skipped: there is no GPU, not even a simulated one " + Devices.problems());
        return gpus;
    }

    @TestFactory
    Stream<DynamicTest> everyNodeRunsThere() {
        Optional<Path> models = TestMaterial.find("models");
        assumeTrue(models.isPresent(), "skipped: there are no models at -Dsardonyx.testdata");
        return gpus().stream().flatMap(gpu -> CaseFolder.below(models.get()).stream()
                .filter(c -> QUICK.contains(c.name()))
                .map(c -> DynamicTest.dynamicTest(gpu.name() + ": " + c.name(), () -> {
                    for (CaseResult result : c.run(builder -> builder.require(gpu), Optional.empty())) {
                        assertEquals(Status.PASS, result.status(), result.toString());
                    }
                })));
    }

    /** Embedding, attention, feed-forward and both normalisations of a real encoder, against the CPU's kernels. */
    @Test
    void aLayerOfMiniLm() throws IOException {
        byte[] layer = layer();
        Map<String, HostTensor> inputs = Map.of(
                "input_ids", HostTensor.of(Shape.of(1, 9), 101, 2023, 2003, 1037, 7099, 6251, 2005, 2009, 102),
                "attention_mask", HostTensor.of(Shape.of(1, 9), 1, 1, 1, 1, 1, 1, 1, 1, 1),
                "token_type_ids", HostTensor.of(Shape.of(1, 9), 0, 0, 0, 0, 0, 0, 0, 0, 0L));
        HostTensor expected = run(layer, Devices.best(), inputs);
        for (Device gpu : gpus()) {
            assertEquals(
                    Optional.empty(),
                    new Judge.Elementwise(1e-4, 1e-5).judge(run(layer, gpu, inputs), expected),
                    gpu.name());
        }
    }

    /** 1 + 2^-12 squared is told from 1 in float32, and not where operands keep 10 bits behind the point. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void onlyFastRoundsOperands(Precision precision) {
        int n = 64;
        float[] x = new float[n * n];
        Arrays.fill(x, 1 + 0x1p-12f);
        byte[] model = Onnx.model(Onnx.body(Onnx.node("MatMul", "x x", "y"))
                        .addInput(Onnx.unshaped("x", DType.FLOAT32))
                        .addOutput(Onnx.unshaped("y", DType.FLOAT32)))
                .build()
                .toByteArray();
        float rounded = n;
        float exact = n * (1 + 0x1p-11f);
        for (Device gpu : gpus()) {
            try (Model loaded = Model.builder(model)
                            .require(gpu)
                            .precision(precision)
                            .load();
                    Outputs outputs = loaded.run(Map.of("x", HostTensor.of(Shape.of(n, n), x)))) {
                assertEquals(
                        precision == Precision.FAST ? rounded : exact,
                        outputs.get(0).toFloatArray()[0],
                        n * 0x1p-16f,
                        gpu.name());
            }
        }
    }

    private static HostTensor run(byte[] model, Device device, Map<String, HostTensor> inputs) {
        try (Model loaded = Model.builder(model).require(device).load();
                Outputs outputs = loaded.run(inputs)) {
            List<Placement> placement = loaded.placement(loaded.inputs().stream()
                    .map(i -> inputs.get(i.name()).type())
                    .toList());
            assertTrue(placement.stream().map(Placement::where).noneMatch("reference"::equals), placement::toString);
            return outputs.get(0).toHost();
        }
    }

    /** MiniLM up to the end of its first layer. */
    private static byte[] layer() throws IOException {
        try (InputStream in = SimulatedModelsTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            ModelProto.Builder model = ModelProto.parseFrom(in).toBuilder();
            ValueInfoProto end = Onnx.unshaped("/encoder/layer.0/output/LayerNorm/Add_1_output_0", DType.FLOAT32);
            model.getGraphBuilder().clearOutput().addOutput(end);
            return model.build().toByteArray();
        }
    }
}
