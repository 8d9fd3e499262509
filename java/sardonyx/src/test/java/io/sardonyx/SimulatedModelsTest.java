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
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Data;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
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
    /** With their stored inputs: a few seconds each. */
    static final Set<String> QUICK = Set.of(
            "attention-past-state",
            "dtln-1",
            "dtln-2",
            "gpt2-past",
            "gpt2-tiny-past",
            "minilm-l6-int8",
            "mnist-8",
            "ppocr-cls",
            "ppocr-v4-det",
            "ppocr-v4-rec",
            "silero-vad-op15",
            "silero-vad-v5",
            "squeezenet-fp16",
            "super-resolution-10",
            "tfbert-qa",
            "tinybert",
            "ultraface-rfb-320");

    static List<Device> gpus() {
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

    /** Whatever takes longer to run: with stored inputs, as far as planning tells. */
    @TestFactory
    Stream<DynamicTest> everyNodeHasAKernelThere() {
        Optional<Path> models = TestMaterial.find("models");
        assumeTrue(models.isPresent(), "skipped: there are no models at -Dsardonyx.testdata");
        return gpus().stream().flatMap(gpu -> CaseFolder.below(models.get()).stream()
                .map(c -> DynamicTest.dynamicTest(gpu.name() + ": " + c.name(), () -> plan(c, gpu))));
    }

    private static void plan(CaseFolder folder, Device gpu) {
        try (Model model = Model.builder(folder.folder().resolve("model.onnx"))
                .require(gpu)
                .load()) {
            Path set = folder.dataSets().get(0);
            List<TensorType> types = new ArrayList<>();
            for (int i = 0; i < model.inputs().size(); i++) {
                types.add(TensorFiles.readTensor(set.resolve("input_" + i + ".pb"))
                        .type());
            }
            assertTrue(
                    model.placement(types).stream().anyMatch(p -> p.where().equals(gpu.name())),
                    () -> model.plan(types));
        }
    }

    /** The others, on inputs that are. */
    @TestFactory
    Stream<DynamicTest> smallInputs() {
        Optional<Path> models = TestMaterial.find("models");
        assumeTrue(models.isPresent(), "skipped: there are no models at -Dsardonyx.testdata");
        return gpus().stream().flatMap(gpu -> small().map(small ->
                DynamicTest.dynamicTest(gpu.name() + ": " + small.model(), () -> small.run(models.get(), gpu))));
    }

    private static Stream<AgainstCpu> small() {
        return Stream.of(
                AgainstCpu.of("mobilenet-v2-qdq", Data.normal(3, 1, 3, 32, 32)),
                AgainstCpu.of("yolox-nano", Data.uniform(DType.FLOAT32, 6, 0, 255, 1, 3, 64, 64)));
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
