package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.ints;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.plan.Placement;
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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Graphs that are moved into another order of channels: channels in blocks on a CPU, channels last on a GPU. Results are those of the plain
 * graph on the reference, and tensors are moved only where a node cannot do without.
 */
class ChannelOrderTest {
    private static final List<String> MOVES = List.of("BlockChannels", "UnblockChannels", "Transpose");

    /** A graph from x [2, 20, 9, 11] to y, and how many tensors are to be moved on a CPU and on a GPU. */
    private record Net(String name, int moves, int movesOnGpu, GraphProto.Builder graph) {}

    private static Stream<Net> nets() {
        return Stream.of(
                net("one convolution", 0, 2, conv("x", "w3", "y")),
                net(
                        "a chain",
                        0,
                        2,
                        conv("x", "w3", "a"),
                        node("Relu", "a", "b"),
                        conv("b", "w1", "c"),
                        conv("c", "w1", "y")),
                net(
                        "a residual",
                        0,
                        2,
                        conv("x", "w3", "a"),
                        conv("a", "w1", "b"),
                        node("Add", "b a", "c"),
                        node("Relu", "c", "d"),
                        conv("d", "w1", "y")),
                net(
                        "a residual from a plain tensor, further on",
                        1,
                        2,
                        conv("x", "same", "a"),
                        conv("a", "same", "b"),
                        node("Add", "b x", "c"),
                        conv("c", "same", "d"),
                        node("Add", "d c", "e"),
                        conv("e", "w3", "y")),
                net("a residual that is plain", 0, 2, conv("x", "same", "a"), node("Add", "a x", "y")),
                net(
                        "a sum that broadcasts",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("GlobalAveragePool", "a", "b"),
                        conv("a", "w1", "c"),
                        node("Add", "c b", "d"),
                        node("Relu", "d", "y")),
                net(
                        "many elementwise nodes",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("Abs", "a", "b"),
                        node("Sqrt", "b", "c"),
                        node("Mul", "c perChannel", "d"),
                        node("Sub", "d three", "e"),
                        node("PRelu", "e slope", "f"),
                        node("Clip", "f zero six", "g"),
                        node("Max", "g a", "y")),
                net("what broadcasts otherwise is plain", 0, 2, conv("x", "w3", "a"), node("Mul", "a perColumn", "y")),
                net(
                        "squeeze and excite",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("GlobalAveragePool", "a", "b"),
                        conv("b", "w1", "c"),
                        node("HardSigmoid", "c", "d"),
                        node("Mul", "a d", "y")),
                net(
                        "reductions along the image",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("ReduceMean", "a", "b", ints("axes", -1, 2)),
                        node("GlobalMaxPool", "a", "c"),
                        node("Add", "b c", "y")),
                net(
                        "a reduction along channels is plain",
                        0,
                        2,
                        conv("x", "w3", "a"),
                        node("ReduceMean", "a", "y", ints("axes", 1))),
                net("poolings", 1, 2, conv("x", "w3", "a"), pool("MaxPool", "a", "b"), pool("AveragePool", "b", "y")),
                net(
                        "a pooling with indices is plain",
                        0,
                        2,
                        conv("x", "w3", "a"),
                        node("MaxPool", "a", "y i", ints("kernel_shape", 2, 2))),
                net(
                        "whole blocks side by side",
                        1,
                        2,
                        conv("x", "w32", "a"),
                        conv("x", "w3", "b"),
                        node("Concat", "a b", "y", attribute("axis", 1))),
                net(
                        "ragged blocks side by side",
                        2,
                        2,
                        conv("x", "w3", "a"),
                        node("Abs", "a", "c"),
                        node("Abs", "c", "d"),
                        node("Concat", "c d", "y", attribute("axis", 1))),
                net(
                        "side by side along rows",
                        2,
                        3,
                        conv("x", "w3", "a"),
                        node("Abs", "a", "c"),
                        node("Exp", "a", "d"),
                        node("Concat", "c d", "y", attribute("axis", 2))),
                net(
                        "a normalisation",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("Relu", "a", "r"),
                        node("BatchNormalization", "r perChannel1 shift mean variance", "y")),
                net(
                        "a normalisation and what scales it further",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("Relu", "a", "r"),
                        node("BatchNormalization", "r perChannel1 shift mean variance", "n"),
                        node("Mul", "n perChannel", "m"),
                        node("Add", "slope m", "s"),
                        node("Relu", "s", "u"),
                        node("Abs", "u", "y")),
                net("a larger image", 1, 2, conv("x", "w3", "a"), node("Resize", "a _ scales", "y")),
                net(
                        "an image of a size",
                        1,
                        2,
                        conv("x", "w3", "a"),
                        node("Resize", "a _ _ sizes", "y", attribute("mode", "linear"))),
                net(
                        "mirrored borders",
                        0,
                        2,
                        conv("x", "w3", "a"),
                        node("Pad", "a pads", "b", attribute("mode", "reflect")),
                        conv("b", "w1", "y")),
                net(
                        "depthwise",
                        0,
                        2,
                        conv("x", "w3", "a"),
                        node("Conv", "a depthwise", "b", attribute("group", 24), ints("pads", 1, 1, 1, 1)),
                        node("Relu", "b", "y")),
                net(
                        "depthwise alone",
                        0,
                        2,
                        node("Conv", "x first", "a", attribute("group", 20)),
                        node("Relu", "a", "y")),
                net(
                        "groups",
                        0,
                        2,
                        node("Conv", "x groups", "a", attribute("group", 2)),
                        node("Conv", "a groups24", "y", attribute("group", 2))),
                net(
                        "shuffled groups",
                        0,
                        2,
                        node("Conv", "x groups", "a", attribute("group", 2)),
                        node("Reshape", "a apart", "b"),
                        node("Transpose", "b", "c", ints("perm", 0, 2, 1, 3, 4)),
                        node("Reshape", "c together", "d"),
                        node("Conv", "d groups24", "y", attribute("group", 2))),
                net(
                        "what only looks like a shuffle",
                        1,
                        3,
                        node("Conv", "x groups", "a", attribute("group", 2)),
                        node("Reshape", "a otherwise", "b"),
                        node("Transpose", "b", "c", ints("perm", 0, 2, 1, 3, 4)),
                        node("Reshape", "c together", "y")),
                net("few filters", 0, 2, conv("x", "w3", "a"), node("Relu", "a", "b"), conv("b", "few", "y")),
                net("back to rows", 0, 2, conv("x", "w3", "a"), node("Flatten", "a", "y")),
                net(
                        "used in both forms",
                        1,
                        4,
                        conv("x", "w3", "a"),
                        conv("a", "w1", "b"),
                        node("Softmax", "a", "c", attribute("axis", 1)),
                        node("Add", "b c", "y")),
                net(
                        "winograd",
                        0,
                        2,
                        conv("x", "w32", "a"),
                        node("Conv", "a wide", "b", ints("pads", 1, 1, 1, 1)),
                        conv("b", "w32back", "y")));
    }

    private static Net net(String name, int moves, int movesOnGpu, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = body(nodes)
                .addInput(Onnx.value("x", DType.FLOAT32.code(), 2, 20, 9, 11))
                .addInitializer(tensor("w3", Data.normal(1, 24, 20, 3, 3)))
                .addInitializer(tensor("w1", Data.normal(2, 24, 24, 1, 1)))
                .addInitializer(tensor("w32", Data.normal(3, 32, 20, 3, 3)))
                .addInitializer(tensor("w32back", Data.normal(4, 24, 32, 1, 1)))
                .addInitializer(tensor("wide", Data.normal(5, 32, 32, 3, 3)))
                .addInitializer(tensor("same", Data.normal(6, 20, 20, 1, 1)))
                .addInitializer(tensor("few", Data.normal(7, 3, 24, 3, 3)))
                .addInitializer(tensor("depthwise", Data.normal(8, 24, 1, 3, 3)))
                .addInitializer(tensor("first", Data.normal(9, 20, 1, 3, 3)))
                .addInitializer(tensor("groups", Data.normal(10, 24, 10, 3, 3)))
                .addInitializer(tensor("groups24", Data.normal(11, 24, 12, 2, 2)))
                .addInitializer(tensor("perChannel", Data.normal(12, 24, 1, 1)))
                .addInitializer(tensor("perChannel1", Data.normal(12, 24)))
                .addInitializer(tensor("shift", Data.normal(13, 24)))
                .addInitializer(tensor("mean", Data.normal(14, 24)))
                .addInitializer(tensor("variance", Data.uniform(DType.FLOAT32, 15, 0.5, 2, 24)))
                .addInitializer(tensor("slope", Data.normal(16, 1, 24, 1, 1)))
                .addInitializer(tensor("perColumn", Data.normal(17, 9)))
                .addInitializer(tensor("zero", HostTensor.of(Shape.of(), 0f)))
                .addInitializer(tensor("three", HostTensor.of(Shape.of(1, 1), 3f)))
                .addInitializer(tensor("six", HostTensor.of(Shape.of(), 6f)))
                .addInitializer(tensor("scales", HostTensor.of(Shape.of(4), 1f, 1f, 2f, 1.5f)))
                .addInitializer(longs("apart", -1, 2, 12, 7, 9))
                .addInitializer(longs("otherwise", 2, 2, 12, 9, 7))
                .addInitializer(longs("together", 2, 24, 7, 9))
                .addInitializer(longs("sizes", 2, 24, 10, 5))
                .addInitializer(longs("pads", 0, 0, 1, 2, 0, 0, 2, 0))
                .addOutput(Onnx.unshaped("y", DType.FLOAT32));
        return new Net(name, moves, movesOnGpu, graph);
    }

    private static NodeProto.Builder conv(String input, String weights, String output) {
        return node("Conv", input + " " + weights, output);
    }

    private static NodeProto.Builder pool(String operator, String input, String output) {
        return node(
                operator, input, output, ints("kernel_shape", 3, 2), ints("strides", 2, 1), ints("pads", 1, 0, 1, 1));
    }

    private static TensorProto.Builder longs(String name, long... values) {
        return tensor(name, HostTensor.of(Shape.of(values.length), values));
    }

    @TestFactory
    Stream<DynamicTest> everyNetOnEveryDevice() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Device device : TestDevices.all()) {
            nets().forEach(net ->
                    tests.add(DynamicTest.dynamicTest(net.name + " on " + device, () -> run(net, device))));
        }
        return tests.stream();
    }

    private static void run(Net net, Device device) {
        HostTensor x = Data.normal(99, 2, 20, 9, 11);
        AgainstReference.run(net.graph, 16, device, x, Tolerance.of(1e-4, 3e-3), model -> {
            boolean blocked = device.has("conv_blocked.f32");
            if (blocked || device.has("conv_channels_last.f32")) {
                List<Placement> placement = model.placement(List.of(x.type()));
                long moves = placement.stream()
                        .map(Placement::opType)
                        .filter(MOVES::contains)
                        .count();
                assertEquals(blocked ? net.moves : net.movesOnGpu, moves, placement::toString);
                assertEquals(
                        List.of(),
                        placement.stream()
                                .filter(p -> p.kernel().contains("conv_direct"))
                                .toList());
            }
        });
    }
}
