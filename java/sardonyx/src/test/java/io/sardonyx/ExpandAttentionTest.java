package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.TestDevices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** com.microsoft Attention, taken apart by a rewrite, gives what its definition gives, and needs no reference on a device. */
class ExpandAttentionTest {
    private static final int HEADS = 3;
    private static final int SIZE = 4;
    private static final int WIDTH = HEADS * SIZE;

    private record Form(boolean bias, boolean mask, int past, boolean scoreBias, boolean causal, int outputs) {}

    static Stream<Arguments> forms() {
        return TestDevices.all().stream().flatMap(device -> Stream.of(
                        new Form(false, false, 0, false, false, 1),
                        new Form(true, true, 0, false, true, 1),
                        new Form(true, false, 5, false, true, 2),
                        new Form(true, true, 3, true, true, 2),
                        new Form(true, true, 3, true, false, 1),
                        new Form(true, false, 0, true, false, 2))
                .map(form -> Arguments.of(device, form)));
    }

    private static byte[] model(Form form) {
        List<String> inputs = new ArrayList<>(List.of("x", "w"));
        inputs.add(form.bias ? "b" : "");
        inputs.add(form.mask ? "mask" : "");
        inputs.add(form.past > 0 ? "past" : "");
        inputs.add(form.scoreBias ? "scores" : "");
        NodeProto.Builder attention = node("Attention", "", form.outputs > 1 ? "y present" : "y")
                .setDomain("com.microsoft")
                .addAttribute(attribute("num_heads", HEADS))
                .addAttribute(attribute("unidirectional", form.causal ? 1 : 0))
                .clearInput()
                .addAllInput(inputs);
        GraphProto.Builder graph = body(attention)
                .addInitializer(Onnx.tensor("w", DType.FLOAT32, WIDTH, 3 * WIDTH)
                        .setRawData(ByteString.copyFrom(
                                Data.normal(1, WIDTH, 3 * WIDTH).data())))
                .addInput(unshaped("x", DType.FLOAT32))
                .addOutput(unshaped("y", DType.FLOAT32));
        if (form.bias) {
            graph.addInitializer(Onnx.tensor("b", DType.FLOAT32, 3 * WIDTH)
                    .setRawData(ByteString.copyFrom(Data.normal(2, 3 * WIDTH).data())));
        }
        if (form.mask) {
            graph.addInput(Onnx.value("mask", DType.INT32.code(), 2, 6 + form.past));
        }
        if (form.past > 0) {
            graph.addInput(unshaped("past", DType.FLOAT32));
        }
        if (form.scoreBias) {
            graph.addInput(unshaped("scores", DType.FLOAT32));
        }
        if (form.outputs > 1) {
            graph.addOutput(unshaped("present", DType.FLOAT32));
        }
        return Onnx.model(graph)
                .addOpsetImport(Onnx.opset("com.microsoft", 1))
                .build()
                .toByteArray();
    }

    private static Map<String, HostTensor> inputs(Form form) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        int keys = 6 + form.past;
        inputs.put("x", Data.normal(3, 2, 6, WIDTH));
        if (form.mask) {
            HostTensor mask = HostTensor.allocate(TensorType.of(DType.INT32, 2, keys));
            for (int i = 0; i < mask.size(); i++) {
                mask.set(i, i % 5 == 3 ? 0L : 1L);
            }
            inputs.put("mask", mask);
        }
        if (form.past > 0) {
            inputs.put("past", Data.normal(4, 2, 2, HEADS, form.past, SIZE));
        }
        if (form.scoreBias) {
            inputs.put("scores", Data.normal(5, 1, HEADS, 6, keys));
        }
        return inputs;
    }

    private static Map<String, HostTensor> run(Model model, Map<String, HostTensor> inputs) {
        Map<String, HostTensor> results = new LinkedHashMap<>();
        try (Outputs outputs = model.run(inputs)) {
            outputs.names()
                    .forEach(
                            name -> results.put(name, outputs.get(name).toHost().copy()));
        }
        return results;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void givesWhatItsDefinitionGives(Device device, Form form) {
        byte[] model = model(form);
        Map<String, HostTensor> inputs = inputs(form);
        try (Model plain = Model.builder(model)
                        .device(ReferenceDevice.INSTANCE)
                        .optimize(false)
                        .load();
                Model expanded = Model.builder(model).device(device).load()) {
            Map<String, HostTensor> expected = run(plain, inputs);
            Map<String, HostTensor> actual = run(expanded, inputs);
            assertEquals(expected.keySet(), actual.keySet());
            expected.forEach((name, tensor) -> assertEquals(
                    Optional.empty(), new Judge.Elementwise(1e-5, 1e-5).judge(actual.get(name), tensor), name));
            List<Placement> placement = expanded.placement(expanded.inputs().stream()
                    .map(i -> inputs.get(i.name()).type())
                    .toList());
            assertTrue(
                    device == ReferenceDevice.INSTANCE
                            || placement.stream().map(Placement::where).noneMatch("reference"::equals),
                    placement::toString);
        }
    }
}
