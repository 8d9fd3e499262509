package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.ints;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.unshaped;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.TestDevices;
import io.sardonyx.testkit.Tolerance;
import io.sardonyx.testkit.Verify;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes into a convolution, and into a pooling: activations behind it, a Pad before it; and what must not. */
class ConvRewritesTest {
    private static final int DEPTH = 16 * 6;

    /** @param steps that the optimised model is left with on a CPU */
    private record Net(String steps, GraphProto.Builder graph) {
        /** The same on a GPU, where convolutions have their channels last, and elementwise nodes are one; in any order. */
        List<String> stepsOnGpu() {
            String names = steps.replaceAll("(Fused)?Conv", "ChannelsLastConv").replace("Relu Add", "FusedElementwise");
            return Stream.of(names.split(" ")).sorted().toList();
        }
    }

    static Stream<Arguments> models() {
        return TestDevices.all().stream()
                .filter(device -> device != ReferenceDevice.INSTANCE)
                .flatMap(device -> Stream.of(activations(), pads(), padsOfPools(), focus())
                        .flatMap(nets -> nets)
                        .map(net -> Arguments.of(device, net.steps, net)));
    }

    private static Stream<Net> activations() {
        return Stream.of(
                left("FusedConv", conv("c"), node("Relu", "c", "y")),
                left("FusedConv", conv("c"), node("Mish", "c", "y")),
                left(
                        "FusedConv",
                        conv("c"),
                        node("Softplus", "c", "s"),
                        node("Tanh", "s", "t"),
                        node("Mul", "c t", "y")),
                left("FusedConv", conv("c"), node("Sigmoid", "c", "s"), node("Mul", "s c", "y")),
                left("FusedConv", conv("c"), node("HardSwish", "c", "y")),
                left("FusedConv", conv("c"), node("Gelu", "c", "y")),
                left("FusedConv", conv("c"), node("Clip", "c zero six", "y")),
                left("FusedConv", conv("c"), node("Clip", "c zero _", "y")),
                left("FusedConv", constant("k", 0), constant("h", 1), conv("c"), node("Clip", "c k h", "y")),
                left("FusedConv", node("DequantizeLinear", "bytes six", "d"), conv("c"), node("Clip", "c zero d", "y")),
                left(
                        "FusedConv",
                        conv("c"),
                        node("Add", "c three", "a"),
                        node("Clip", "a zero six", "h"),
                        node("Mul", "c h", "m"),
                        node("Div", "m six", "y")),
                left("Conv Clip", conv("c"), node("Clip", "c zero open", "y")), // a bound that a run gives
                left("Conv Relu Add", conv("c"), node("Relu", "c", "r"), node("Add", "r c", "y")));
    }

    private static Stream<Net> pads() {
        NodeProto.Builder conv = node("Conv", "p w b", "y", ints("strides", 2, 1), ints("pads", 0, 1, 2, 0));
        return Stream.of(
                left("Conv", node("Pad", "x pads", "p"), conv),
                left("Conv", node("Pad", "x pads zero", "p"), conv),
                left("Conv", node("Pad", "x four zero axes", "p"), conv),
                left("Conv", node("Pad", "x pads", "p"), node("Conv", "p w b", "y", attribute("auto_pad", "VALID"))),
                left("FusedConv", node("Pad", "x pads", "p"), conv("p", "c"), node("Relu", "c", "y")),
                left("Pad Conv", node("Pad", "x pads six", "p"), conv),
                left("Pad Conv", node("Pad", "x pads", "p", attribute("mode", "reflect")), conv),
                left("Pad Conv", node("Pad", "x less", "p"), conv),
                left("Pad Conv", node("Pad", "x batch", "p"), conv),
                left(
                        "Pad Conv",
                        node("Pad", "x pads", "p"),
                        node("Conv", "p w b", "y", attribute("auto_pad", "SAME_UPPER"))),
                left(
                        "Pad Conv ReduceMax Add",
                        node("Pad", "x pads", "p"),
                        conv("p", "c"),
                        node("ReduceMax", "p", "m"),
                        node("Add", "c m", "y")));
    }

    private static Stream<Net> padsOfPools() {
        return Stream.of(
                left("AveragePool", node("Pad", "x pads", "p"), pool("AveragePool")),
                left(
                        "AveragePool",
                        node("Pad", "x pads", "p"),
                        pool("AveragePool", ints("pads", 1, 0, 0, 1), attribute("count_include_pad", 1))),
                left("LpPool", node("Pad", "x pads", "p"), pool("LpPool", ints("pads", 1, 0, 0, 1))),
                left("Pad AveragePool", node("Pad", "x pads", "p"), pool("AveragePool", ints("pads", 1, 0, 0, 1))),
                left("Pad AveragePool", node("Pad", "x pads", "p"), pool("AveragePool", attribute("ceil_mode", 1))),
                left("Pad MaxPool", node("Pad", "x pads", "p"), pool("MaxPool")));
    }

    /** Each corner's rows and columns in one Slice or in two. */
    private static Stream<Net> focus() {
        NodeProto.Builder even = node("Slice", "x start0 end6 axis2", "e");
        NodeProto.Builder conv = node("Conv", "f wide b", "y", ints("strides", 2, 1), ints("pads", 1, 0, 2, 1));
        return Stream.of(
                left(
                        "Slice Conv",
                        even,
                        node("Slice", "e start0 end6 axis2 step2", "r0"),
                        node("Slice", "e start1 far axis2 step2", "r1"),
                        node("Slice", "r0 start0 far axis3 step2", "c00"),
                        node("Slice", "r0 start1 far axis3 step2", "c01"),
                        node("Slice", "r1 start0 far axis3 step2", "c10"),
                        node("Slice", "r1 start1 far axis3 step2", "c11"),
                        node("Concat", "c00 c10 c01 c11", "f", attribute("axis", 1)),
                        conv),
                left(
                        "Slice Conv",
                        even,
                        node("Slice", "e start00 far2 axes23 step22", "c00"),
                        node("Slice", "e start01 far2 axes23 step22", "c01"),
                        node("Slice", "e start10 far2 axes23 step22", "c10"),
                        node("Slice", "e start11 far2 axes23 step22", "c11"),
                        node("Concat", "c11 c10 c01 c00", "f", attribute("axis", 1)),
                        conv),
                left( // a corner is there twice
                        "Slice Slice Slice Slice Slice Concat Conv",
                        even,
                        node("Slice", "e start00 far2 axes23 step22", "c00"),
                        node("Slice", "e start01 far2 axes23 step22", "c01"),
                        node("Slice", "e start01 far2 axes23 step22", "c10"),
                        node("Slice", "e start11 far2 axes23 step22", "c11"),
                        node("Concat", "c11 c10 c01 c00", "f", attribute("axis", 1)),
                        conv));
    }

    private static Net left(String steps, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = body(nodes)
                .addInput(value("x", DType.FLOAT32.code(), 2, 4, 7, 6))
                .addInput(value("open", DType.FLOAT32.code()))
                .addInitializer(tensor("w", Data.normal(1, 5, 4, 3, 3)))
                .addInitializer(tensor("b", Data.normal(2, 5)))
                .addInitializer(tensor("zero", scalar(0)))
                .addInitializer(tensor("three", scalar(3)))
                .addInitializer(tensor("six", scalar(6)))
                .addInitializer(Onnx.raw("bytes", DType.INT8, 1).setRawData(ByteString.copyFrom(new byte[] {1})))
                .addInitializer(longs("pads", 0, 0, 1, 0, 0, 0, 2, 3))
                .addInitializer(longs("four", 3, 1, 0, 2))
                .addInitializer(longs("axes", -1, 2))
                .addInitializer(longs("less", 0, 0, 1, -1, 0, 0, 0, 0))
                .addInitializer(longs("batch", 1, 0, 1, 0, 0, 0, 0, 0))
                .addInitializer(tensor("wide", Data.normal(4, 5, 16, 2, 3)))
                .addInitializer(longs("start0", 0))
                .addInitializer(longs("start1", 1))
                .addInitializer(longs("start00", 0, 0))
                .addInitializer(longs("start01", 0, 1))
                .addInitializer(longs("start10", 1, 0))
                .addInitializer(longs("start11", 1, 1))
                .addInitializer(longs("end6", 6))
                .addInitializer(longs("far", Long.MAX_VALUE))
                .addInitializer(longs("far2", Integer.MAX_VALUE, Integer.MAX_VALUE))
                .addInitializer(longs("axis2", 2))
                .addInitializer(longs("axis3", 3))
                .addInitializer(longs("axes23", 2, 3))
                .addInitializer(longs("step2", 2))
                .addInitializer(longs("step22", 2, 2))
                .addOutput(unshaped("y", DType.FLOAT32));
        return new Net(steps, graph);
    }

    private static NodeProto.Builder conv(String output) {
        return conv("x", output);
    }

    private static NodeProto.Builder conv(String input, String output) {
        return node("Conv", input + " w b", output);
    }

    private static NodeProto.Builder pool(String operator, AttributeProto.Builder... attributes) {
        return node(operator, "p", "y", attributes)
                .addAttribute(ints("kernel_shape", 3, 2))
                .addAttribute(ints("strides", 2, 2));
    }

    private static NodeProto.Builder constant(String name, float number) {
        return node("Constant", "", name, attribute("value", tensor("", scalar(number))));
    }

    private static HostTensor scalar(float number) {
        return HostTensor.of(Shape.of(), number);
    }

    private static TensorProto.Builder longs(String name, long... values) {
        return tensor(name, HostTensor.of(Shape.of(values.length), values));
    }

    @ParameterizedTest(name = "{0}: {1} {index}")
    @MethodSource("models")
    void resultsStayAndStepsGo(Device device, String steps, Net net) {
        byte[] bytes = Onnx.model(net.graph)
                .setOpsetImport(0, Onnx.opset("", 22))
                .build()
                .toByteArray();
        Map<String, HostTensor> inputs = Map.of("x", Data.normal(3, 2, 4, 7, 6), "open", scalar(1.5f));
        try (Model rewritten = Model.builder(bytes).device(device).load();
                Model plain =
                        Model.builder(bytes).device(device).optimize(false).load();
                Outputs actual = rewritten.run(inputs);
                Outputs expected = plain.run(inputs)) {
            Verify.that(actual.get(0).toHost())
                    .matches(expected.get(0).toHost())
                    .within(Tolerance.dot(DType.FLOAT32, DEPTH));
            Stream<String> left =
                    rewritten
                            .placement(List.of(
                                    inputs.get("x").type(), inputs.get("open").type()))
                            .stream()
                            .map(Placement::opType);
            if (device.onHost()) {
                assertEquals(List.of(steps.split(" ")), left.toList());
            } else {
                assertEquals(
                        net.stepsOnGpu(),
                        left.filter(step -> !step.equals("Transpose")).sorted().toList());
            }
        }
    }
}
