package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.ints;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
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
 * Concat whose inputs lie in its output from the start. What may go wrong: a part that is needed further on is overwritten, or one that
 * is in two places. Results are the reference's.
 */
class ConcatInPlaceTest {
    /** A graph from x [1, 4, 8, 16] to y (and z), and how many of its Concats are no step at all. */
    private record Net(String name, int free, GraphProto.Builder graph) {}

    private static Stream<Net> nets() {
        return Stream.of(
                net(
                        "two parts",
                        1,
                        node("Exp", "x", "a"),
                        node("Neg", "x", "b"),
                        concat(1, "a b", "c"),
                        node("Abs", "c", "y")),
                net("straight into the output", 1, node("Exp", "x", "a"), node("Neg", "x", "b"), concat(1, "a b", "y")),
                net(
                        "a part is used further on",
                        1,
                        node("Exp", "x", "a"),
                        node("Neg", "x", "b"),
                        concat(1, "a b", "c"),
                        node("Relu", "c", "d"),
                        node("ReduceMax", "d", "e"),
                        node("Add", "a e", "y")),
                net(
                        "a part that the whole is multiplied by",
                        1,
                        node("Exp", "x", "a"),
                        node("ReduceMean", "x", "m", ints("axes", 1)),
                        concat(1, "m a", "c"),
                        node("Mul", "c m", "d"),
                        node("Neg", "d", "y")),
                net(
                        "parts of parts, as in DenseNet",
                        3,
                        node("Exp", "x", "a"),
                        node("Neg", "a", "b"),
                        concat(1, "a b", "c"),
                        node("Abs", "c", "d"),
                        concat(1, "c d", "e"),
                        node("Relu", "e", "f"),
                        concat(1, "e f", "g"),
                        node("Neg", "g", "y")),
                net("one value in two places", 0, node("Exp", "x", "a"), concat(1, "a a", "c"), node("Neg", "c", "y")),
                net(
                        "one value in two wholes",
                        1,
                        node("Exp", "x", "a"),
                        node("Neg", "x", "b"),
                        node("Abs", "x", "d"),
                        concat(1, "a b", "c"),
                        concat(1, "d a", "e"),
                        node("Add", "c e", "y")),
                net(
                        "an input and a constant beside a part",
                        0,
                        node("Exp", "x", "a"),
                        node("Neg", "x", "b"),
                        concat(1, "a constant b x", "c"),
                        node("Neg", "c", "y")),
                net(
                        "a part that is a result, too",
                        0,
                        node("Exp", "x", "z"),
                        node("Neg", "x", "b"),
                        concat(1, "z b", "c"),
                        node("Neg", "c", "y")),
                net(
                        "another name for a part",
                        1,
                        node("Exp", "x", "a"),
                        node("Reshape", "a rows", "r"),
                        node("Neg", "r", "b"),
                        concat(0, "r b", "c"),
                        node("Relu", "c", "d"),
                        node("ReduceMax", "a", "m"),
                        node("Add", "d m", "y")),
                net(
                        "parts that do not begin with a line",
                        0,
                        node("ReduceMean", "x", "m", ints("axes", 1, 2)),
                        node("ReduceMax", "x", "n"),
                        node("Reshape", "m all", "p"),
                        node("Reshape", "n all", "q"),
                        concat(0, "q p", "c"),
                        node("Neg", "c", "y")),
                net(
                        "not one after the other",
                        0,
                        node("Exp", "x", "a"),
                        node("Neg", "x", "b"),
                        concat(2, "a b", "c"),
                        node("Abs", "c", "y")));
    }

    private static NodeProto.Builder concat(int axis, String inputs, String output) {
        return node("Concat", inputs, output, attribute("axis", axis));
    }

    private static Net net(String name, int free, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = body(nodes)
                .addInput(Onnx.value("x", DType.FLOAT32.code(), 1, 4, 8, 16))
                .addInitializer(tensor("constant", Data.normal(1, 1, 2, 8, 16)))
                .addInitializer(tensor("rows", HostTensor.of(Shape.of(2), 4L, 128L)))
                .addInitializer(tensor("all", HostTensor.of(Shape.of(1), -1L)))
                .addOutput(Onnx.unshaped("y", DType.FLOAT32));
        if (Stream.of(nodes).anyMatch(n -> n.getOutputList().contains("z"))) {
            graph.addOutput(Onnx.unshaped("z", DType.FLOAT32));
        }
        return new Net(name, free, graph);
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
        HostTensor x = Data.normal(99, 1, 4, 8, 16);
        AgainstReference.run(net.graph, 13, device, x, Tolerance.of(1e-5, 1e-5), model -> {
            if (device != ReferenceDevice.INSTANCE) {
                List<Placement> placement = model.placement(List.of(x.type()));
                long free = placement.stream()
                        .filter(p -> p.opType().equals("Concat") && p.where().equals("alias"))
                        .count();
                assertEquals(net.free, free, placement::toString);
            }
        });
    }
}
