package io.sardonyx;

import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.onnx.proto.TensorShapeProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.onnx.proto.ValueInfoProto;
import io.sardonyx.onnx.read.Onnx;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.FarDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which chains of elementwise nodes become one, and that the results are those of the nodes, bit by bit, on every device that is not a CPU. */
class FusedElementwiseModelsTest {
    /** A model, the inputs of a run, and the steps that should be left. */
    private static final class Chain {
        final String name;
        final GraphProto.Builder graph;
        final Map<String, HostTensor> inputs = new LinkedHashMap<>();
        String left;

        Chain(String name, NodeProto.Builder... nodes) {
            this.name = name;
            this.graph = body(nodes);
        }

        /** @param dims sizes, symbols, or ? */
        Chain input(String value, String dims, long... sizes) {
            return input(value, DType.FLOAT32, dims, Data.normal(value.hashCode(), sizes));
        }

        Chain input(String value, DType type, String dims, HostTensor given) {
            var shape = TensorShapeProto.newBuilder();
            for (String dim : dims.isEmpty() ? new String[0] : dims.split(" ")) {
                var one = TensorShapeProto.Dimension.newBuilder();
                shape.addDim(
                        dim.equals("?")
                                ? one
                                : dim.matches("\\d+") ? one.setDimValue(Long.parseLong(dim)) : one.setDimParam(dim));
            }
            graph.addInput(ValueInfoProto.newBuilder()
                    .setName(value)
                    .setType(TypeProto.newBuilder()
                            .setTensorType(TypeProto.Tensor.newBuilder()
                                    .setElemType(type.code())
                                    .setShape(shape))));
            inputs.put(value, given);
            return this;
        }

        Chain constant(String value, HostTensor tensor) {
            graph.addInitializer(
                    Onnx.tensor(value, tensor.dtype(), tensor.shape().toArray())
                            .setRawData(ByteString.copyFrom(tensor.data())));
            return this;
        }

        /** A normal number of this shape. */
        Chain constant(String value, long... sizes) {
            return constant(value, Data.normal(value.hashCode(), sizes));
        }

        Chain gives(String... results) {
            for (String result : results) {
                graph.addOutput(Onnx.unshaped(result, DType.FLOAT32));
            }
            return this;
        }

        Chain leaves(String steps) {
            left = steps;
            return this;
        }

        void check(Device device) {
            byte[] bytes = model(graph).build().toByteArray();
            try (Model fused = Model.builder(bytes).device(device).load();
                    Model plain =
                            Model.builder(bytes).device(device).optimize(false).load()) {
                List<String> steps = fused
                        .placement(
                                inputs.values().stream().map(HostTensor::type).toList())
                        .stream()
                        .map(Placement::opType)
                        .toList();
                assertEquals(left, String.join(" ", steps));
                List<HostTensor> expected = run(plain);
                List<HostTensor> actual = run(fused);
                for (int i = 0; i < expected.size(); i++) {
                    assertEquals(expected.get(i).type(), actual.get(i).type());
                    assertEquals(expected.get(i).data(), actual.get(i).data(), "result " + i);
                }
            }
        }

        private List<HostTensor> run(Model model) {
            List<HostTensor> results = new ArrayList<>();
            try (Outputs outputs = model.run(inputs)) {
                outputs.names()
                        .forEach(name -> results.add(outputs.get(name).toHost().copy()));
            }
            return results;
        }
    }

    private static List<Chain> chains() {
        return List.of(
                new Chain("a chain", node("Mul", "x a", "p"), node("Add", "p b", "q"), node("Sigmoid", "q", "y"))
                        .input("x", "N 37", 3, 37)
                        .constant("a")
                        .constant("b", 37)
                        .gives("y")
                        .leaves("FusedElementwise"),
                new Chain(
                                "a value used twice within",
                                node("Add", "x a", "p"),
                                node("Exp", "p", "q"),
                                node("Div", "q p", "y"))
                        .input("x", "N M", 5, 70)
                        .constant("a")
                        .gives("y")
                        .leaves("FusedElementwise"),
                new Chain("two operands of one symbolic shape", node("Tanh", "x", "p"), node("Sub", "z p", "y"))
                        .input("x", "N M", 5, 7)
                        .input("z", "N M", 5, 7)
                        .gives("y")
                        .leaves("FusedElementwise"),
                new Chain("channels", node("Mul", "x a", "p"), node("Add", "p b", "q"), node("Relu", "q", "y"))
                        .input("x", "N 5 ? ?", 2, 5, 7, 7)
                        .constant("a", 5, 1, 1)
                        .constant("b", 1, 5, 1, 1)
                        .gives("y")
                        .leaves("FusedElementwise"),
                new Chain(
                                "what is smaller is a chain of its own",
                                node("Add", "v e", "p"),
                                node("Sqrt", "p", "q"),
                                node("Div", "x q", "r"),
                                node("Neg", "r", "y"))
                        .input("x", "N 9", 3, 9)
                        .input("v", DType.FLOAT32, "N 1", Data.uniform(DType.FLOAT32, 1, 1, 2, 3, 1))
                        .constant("e")
                        .gives("y")
                        .leaves("FusedElementwise FusedElementwise"),
                new Chain("sizes that might differ", node("Neg", "x", "p"), node("Sub", "z p", "y"))
                        .input("x", "N M", 5, 1)
                        .input("z", "N K", 5, 7)
                        .gives("y")
                        .leaves("Neg Sub"),
                new Chain("a constant that stretches", node("Neg", "x", "p"), node("Sub", "a p", "y"))
                        .input("x", "N 1", 5, 1)
                        .constant("a", 7)
                        .gives("y")
                        .leaves("Neg Sub"),
                new Chain("a constant of one element adds axes", node("Add", "x a", "p"), node("Mul", "b p", "y"))
                        .input("x", "N", 5)
                        .constant("a", 1)
                        .constant("b", 1, 1)
                        .gives("y")
                        .leaves("Add Mul"),
                new Chain("axes as many as before", node("Add", "x a", "p"), node("Mul", "b p", "y"))
                        .input("x", "N M", 5, 6)
                        .constant("a", 1, 1)
                        .constant("b", 1)
                        .gives("y")
                        .leaves("FusedElementwise"),
                new Chain("a result on the way", node("Neg", "x", "p"), node("Exp", "p", "y"))
                        .input("x", "N", 5)
                        .gives("y", "p")
                        .leaves("Neg Exp"),
                new Chain("a use elsewhere", node("Neg", "x", "p"), node("Exp", "p", "y"), node("Softmax", "p", "z"))
                        .input("x", "N", 5)
                        .gives("y", "z")
                        .leaves("Neg Exp Softmax"),
                new Chain("a capture", node("Neg", "x", "p"), node("Exp", "p", "q"), branch("p", "r"))
                        .input("x", "4", 4)
                        .input("c", DType.BOOL, "", HostTensor.of(DType.BOOL, Shape.SCALAR, 1))
                        .gives("q", "r")
                        .leaves("Neg Exp If"),
                new Chain(
                                "bounds",
                                node("Abs", "x", "p"),
                                node("Clip", "p low high", "q"),
                                node("Clip", "q _ high", "y"))
                        .input("x", "N", 50)
                        .constant("low", HostTensor.of(Shape.SCALAR, 0.25f))
                        .constant("high", HostTensor.of(Shape.SCALAR, 0.75f))
                        .gives("y")
                        .leaves("FusedElementwise"),
                new Chain(
                                "bounds that a run gives",
                                node("Abs", "x", "p"),
                                node("Clip", "p low", "q"),
                                node("Neg", "q", "y"))
                        .input("x", "N", 50)
                        .input("low", "")
                        .gives("y")
                        .leaves("Abs Clip Neg"),
                new Chain(
                                "integers",
                                node("Neg", "x", "p"),
                                node("Abs", "p", "q"),
                                node("Cast", "q", "y").addAttribute(Onnx.attribute("to", 1)))
                        .input("x", DType.INT64, "N", Data.integers(DType.INT64, 1, -5, 5, 6))
                        .gives("y")
                        .leaves("Neg Abs Cast"),
                new Chain(
                                "an axis that is gone in this run only",
                                node("Squeeze", "x", "p"),
                                node("Neg", "p", "q"),
                                node("Mul", "q a", "y"))
                        .input("x", "N M", 1, 6)
                        .constant("a", 1, 1)
                        .gives("y")
                        .leaves("Squeeze FusedElementwise"),
                new Chain(
                                "a table of few positions",
                                node("Shape", "x", "s"),
                                node("Slice", "s one two", "n"),
                                node("Slice", "table zero n one", "t"),
                                node("Add", "x t", "p"),
                                node("Exp", "p", "y"))
                        .input("x", "N S 4", 2, 7, 4)
                        .constant("table", 1, 8, 4)
                        .constant("zero", HostTensor.of(Shape.of(1), 0L))
                        .constant("one", HostTensor.of(Shape.of(1), 1L))
                        .constant("two", HostTensor.of(Shape.of(1), 2L))
                        .gives("y")
                        .leaves("Shape Slice Slice FusedElementwise"),
                alternating("nine steps", 9).leaves("Neg FusedElementwise"),
                new Chain(
                                "five operands",
                                node("Add", "a b", "p"),
                                node("Mul", "p c", "q"),
                                node("Sub", "q d", "r"),
                                node("Max", "r e", "y"))
                        .input("a", "N M", 3, 5)
                        .input("b", "N M", 3, 5)
                        .input("c", "M", 5)
                        .input("d", "N 1", 3, 1)
                        .input("e", "")
                        .gives("y")
                        .leaves("Add FusedElementwise"));
    }

    private static Chain alternating(String name, int steps) {
        NodeProto.Builder[] nodes = new NodeProto.Builder[steps];
        for (int i = 0; i < steps; i++) {
            nodes[i] = node(i % 2 == 0 ? "Neg" : "Exp", "v" + i, "v" + (i + 1));
        }
        return new Chain(name, nodes).input("v0", "N", 30).gives("v" + steps);
    }

    /** If over {@code c} whose branches give {@code value} itself. */
    private static NodeProto.Builder branch(String value, String result) {
        GraphProto.Builder same = body(node("Identity", value, "b")).addOutput(Onnx.value("b", 1, 4));
        return node("If", "c", result)
                .addAttribute(Onnx.attribute("then_branch", same))
                .addAttribute(Onnx.attribute("else_branch", same));
    }

    @TestFactory
    Stream<DynamicTest> chainsAreFusedAndGiveTheSameBits() {
        List<Device> devices = new ArrayList<>(Devices.all());
        devices.removeIf(Device::onHost);
        devices.add(new FarDevice("far:0", Devices.best())); // a CPU's kernels, as a GPU's
        return devices.stream().flatMap(device -> chains().stream()
                .map(chain -> DynamicTest.dynamicTest(device.name() + ": " + chain.name, () -> chain.check(device))));
    }
}
