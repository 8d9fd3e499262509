package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.sardonyx.device.Device;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.TestDevices;
import io.sardonyx.testkit.Tolerance;
import io.sardonyx.testkit.Verify;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products of what DynamicQuantizeLinear makes, in floats again: fused, they give what the nodes give by themselves, which is what
 * runs where each of their values is a result.
 */
class DynamicQuantizeModelsTest {
    private static final int DEPTH = 37;
    private static final int COLUMNS = 41;

    /**
     * @param weight its type
     * @param columns whether it has a scale and a zero point for each column
     * @param function an operator behind the bias, or empty
     * @param fuses whether the graph is of the kind that is fused
     */
    private record Form(DType weight, boolean columns, boolean bias, String function, boolean addend, boolean fuses) {}

    static Stream<Arguments> forms() {
        return TestDevices.all().stream().flatMap(device -> Stream.of(
                        new Form(DType.INT8, false, false, "", false, true),
                        new Form(DType.INT8, true, true, "", false, true),
                        new Form(DType.UINT8, true, true, "Relu", false, true),
                        new Form(DType.UINT8, false, false, "Tanh", true, true),
                        new Form(DType.INT8, true, true, "", true, true),
                        new Form(DType.INT8, false, true, "", false, false))
                .map(form -> Arguments.of(device, form)));
    }

    private static void constant(GraphProto.Builder graph, String name, HostTensor tensor) {
        graph.addInitializer(Onnx.tensor(name, tensor.dtype(), tensor.shape().toArray())
                .setRawData(ByteString.copyFrom(tensor.data())));
    }

    private static byte[] model(Form form, boolean allValues) {
        GraphProto.Builder graph = body().addInput(unshaped("x", DType.FLOAT32)).addInput(unshaped("z", DType.FLOAT32));
        int low = form.weight == DType.INT8 ? -128 : 0;
        long[] parameters = form.columns ? new long[] {COLUMNS} : new long[0];
        constant(graph, "w", Data.integers(form.weight, 1, low, low + 255, DEPTH, COLUMNS));
        constant(graph, "w_zero", Data.integers(form.weight, 2, low, low + 255, parameters));
        constant(graph, "w_scale", Data.uniform(DType.FLOAT32, 3, .01, .02, parameters));
        constant(graph, "bias", Data.normal(4, COLUMNS));
        constant(graph, "other", HostTensor.of(DType.FLOAT32, Shape.SCALAR, .03));
        graph.addNode(node("DynamicQuantizeLinear", "x", "q scale zero"));
        graph.addNode(node("Mul", (form.fuses ? "scale" : "other") + " w_scale", "scales"));
        graph.addNode(node("MatMulInteger", "q w zero w_zero", "sums"));
        graph.addNode(node("Cast", "sums", "floats").addAttribute(attribute("to", 1)));
        graph.addNode(node("Mul", "floats scales", "product"));
        List<String> values = new ArrayList<>(List.of("sums", "floats", "product"));
        if (form.bias) {
            graph.addNode(node("Add", "bias " + last(values), "biased"));
            values.add("biased");
        }
        if (!form.function.isEmpty()) {
            graph.addNode(node(form.function, last(values), "applied"));
            values.add("applied");
        }
        if (form.addend) {
            graph.addNode(node("Add", last(values) + " z", "added"));
            values.add("added");
        }
        graph.addOutput(unshaped(last(values), DType.FLOAT32));
        for (String value : allValues ? values.subList(0, values.size() - 1) : List.<String>of()) {
            graph.addOutput(unshaped(value, value.equals("sums") ? DType.INT32 : DType.FLOAT32));
        }
        return Onnx.model(graph).setOpsetImport(0, Onnx.opset("", 13)).build().toByteArray();
    }

    private static String last(List<String> values) {
        return values.get(values.size() - 1);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void fusedProductsGiveWhatTheirNodesGive(Device device, Form form) {
        HostTensor x = Data.normal(5, 2, 7, DEPTH);
        HostTensor z = Data.normal(6, 2, 7, COLUMNS);
        Map<String, HostTensor> inputs = Map.of("x", x, "z", z);
        try (Model fused = Model.builder(model(form, false))
                        .device(DevicePolicy.prefer(device))
                        .load();
                Model plain = Model.builder(model(form, true))
                        .device(DevicePolicy.prefer(device))
                        .load();
                Outputs actual = fused.run(inputs);
                Outputs expected = plain.run(inputs)) {
            Verify.that(actual.get(0).toHost())
                    .matches(expected.get(0).toHost())
                    .within(Tolerance.of(1e-5, 1e-4));
            assertEquals(
                    form.fuses ? "MatMulIntegerToFloat" : "MatMulInteger",
                    fused.placement(List.of(x.type(), z.type())).stream()
                            .map(Placement::opType)
                            .filter(type -> type.startsWith("MatMul"))
                            .collect(Collectors.joining(" ")));
        }
    }
}
