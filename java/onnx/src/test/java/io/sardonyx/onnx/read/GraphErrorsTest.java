package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.raw;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.onnx.proto.GraphProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.tensor.DType;
import org.junit.jupiter.api.Test;

/** Names, edges and attributes that make no graph (row 3 of the contract). */
class GraphErrorsTest {
    private static void refused(GraphProto.Builder graph, String message) {
        refused(model(graph), message);
    }

    private static void refused(ModelProto.Builder model, String message) {
        assertEquals(
                "model in memory: " + message,
                Onnx.refused(InvalidGraphException.class, model).getMessage());
    }

    private static AttributeProto.Builder branch(String name, GraphProto.Builder graph) {
        return attribute(name, graph);
    }

    @Test
    void cycle() {
        refused(
                graph(
                        identity("x", "a").setName("first"),
                        node("Concat", "a d", "b", attribute("axis", 0)).setName("second"),
                        identity("b", "c").setName("third"),
                        identity("c", "d").setName("fourth"),
                        identity("d", "y").setName("last")),
                "cycle: second -> third -> fourth -> second");
    }

    @Test
    void cycleOfOne() {
        refused(graph(node("Concat", "x y", "y", attribute("axis", 0)).setName("loop")), "cycle: loop -> loop");
    }

    @Test
    void cycleThroughASubgraph() {
        var branch = body(identity("y", "t")).addOutput(value("t"));
        refused(
                graph(node("If", "c", "y", branch("then_branch", branch), branch("else_branch", branch))
                                .setName("if"))
                        .addInput(value("c", DType.BOOL.code())),
                "cycle: if -> if");
    }

    @Test
    void longCycleIsCutInTheMessage() {
        var graph = graph();
        for (int i = 0; i < 100; i++) {
            graph.addNode(identity("v" + i, "v" + (i + 1) % 100).setName("n" + i));
        }
        refused(graph, "cycle: n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> … -> n96 -> n97 -> n98 -> n99 -> n0");
    }

    @Test
    void nodesInAnyOrder() {
        var document = Onnx.read(model(graph(identity("b", "y"), identity("a", "b"), identity("x", "a"))));
        assertEquals(
                "[Identity(a), Identity(b), Identity(y)]",
                document.graph().nodes().stream().map(Node::name).toList().toString());
    }

    @Test
    void undefined() {
        refused(graph(identity("nothing", "y")), "node 'Identity(y)': input 'nothing' is not defined");
        refused(graph(identity("x", "a")), "output 'y' of graph 'g' is not defined");
        var branch = body(identity("nothing", "t").setName("inner")).addOutput(value("t"));
        refused(
                graph(node("If", "c", "y", branch("then_branch", branch), branch("else_branch", branch)))
                        .addInput(value("c", DType.BOOL.code())),
                "node 'inner': input 'nothing' is not defined");
    }

    @Test
    void duplicate() {
        refused(
                graph(identity("x", "y").setName("a"), identity("x", "y").setName("b")),
                "node 'b': value 'y' is defined twice, first by node 'a'");
        refused(graph(identity("x", "x")), "node 'Identity(x)': value 'x' is defined twice");
        refused(graph(identity("x", "y")).addInput(value("x")), "value 'x' is defined twice");
        refused(
                graph(node("Split", "x", "y y")),
                "node 'Split(y)': value 'y' is defined twice, first by node 'Split(y)'");
        refused(
                graph(identity("w", "y"))
                        .addInitializer(raw("w", DType.INT8, 1, 1))
                        .addInitializer(raw("w", DType.INT8, 1, 1)),
                "initializer 'w' is defined twice");
    }

    @Test
    void empty() {
        refused(graph(identity("x", "y")).addInput(value("")), "graph 'g' has a value with an empty name");
        refused(
                graph(identity("x", "y")).addInitializer(raw("", DType.INT8, 1, 1)),
                "graph 'g' has a value with an empty name");
        refused(graph(identity("x", "y")).addOutput(value("")), "output '' of graph 'g' is not defined");
        refused(graph(node("", "x", "y").setName("n")), "node 'n': a node without an operator");
    }

    @Test
    void shadowing() {
        var branch = body(identity("x", "a")).addOutput(value("a")).setName("branch");
        refused(
                graph(
                                identity("x", "a"),
                                node("If", "c", "y", branch("then_branch", branch), branch("else_branch", branch)))
                        .addInput(value("c", DType.BOOL.code())),
                "value 'a' of graph 'branch' hides one of graph 'g'");
    }

    @Test
    void branchesMayUseTheSameNames() {
        var branch = body(identity("x", "t")).addOutput(value("t"));
        Onnx.read(model(graph(node("If", "c", "y", branch("then_branch", branch), branch("else_branch", branch)))
                .addInput(value("c", DType.BOOL.code()))));
    }

    @Test
    void attributes() {
        var axis = attribute("axis", 0);
        refused(
                graph(node("Concat", "x x", "y", axis, axis).setName("n")),
                "node 'n': attribute 'axis' is given twice");
        refused(graph(node("Concat", "x x", "y").setName("n")), "node 'n': Concat: attribute axis is missing");
        refused(
                graph(node(
                                "Concat",
                                "x x",
                                "y",
                                AttributeProto.newBuilder()
                                        .setName("axis")
                                        .setType(1)
                                        .setF(1))
                        .setName("n")),
                "node 'n': Concat: attribute axis: expected Long, given Float");
        refused(
                graph(node(
                                "Concat",
                                "x x",
                                "y",
                                AttributeProto.newBuilder()
                                        .setName("axis")
                                        .setType(2)
                                        .setF(1))
                        .setName("n")),
                "node 'n': attribute 'axis': declared as int, but it is float");
        refused(
                graph(node(
                                "Concat",
                                "x x",
                                "y",
                                AttributeProto.newBuilder()
                                        .setName("axis")
                                        .setI(1)
                                        .setF(1))
                        .setName("n")),
                "node 'n': attribute 'axis' is both float and int");
        refused(
                graph(node("Concat", "x x", "y", AttributeProto.newBuilder().setName("axis"))
                        .setName("n")),
                "node 'n': attribute 'axis' has neither type nor value");
        refused(
                graph(node(
                                "If",
                                "x",
                                "y",
                                AttributeProto.newBuilder()
                                        .setName("then_branch")
                                        .setType(5))
                        .setName("n")),
                "node 'n': attribute 'then_branch' has no value");
        refused(
                graph(node("Concat", "x x", "y", attribute("", 1)).setName("n")),
                "node 'n': an attribute without a name");
        refused(
                graph(node("Concat", "x x", "y", Onnx.reference("axis", "other", 2))
                        .setName("n")),
                "node 'n': attribute 'axis' refers to another outside a function's body");
    }

    @Test
    void messagesAreOneShortLine() {
        refused(graph(identity("a\nb", "y")), "node 'Identity(y)': input 'a\\u000ab' is not defined");
        var e = Onnx.refused(InvalidGraphException.class, model(graph(identity("n".repeat(1_000_000), "y"))));
        assertEquals(4001, e.getMessage().length());
    }

    @Test
    void noOpset() {
        refused(model(graph(identity("x", "y"))).clearOpsetImport(), "the model imports no operator set");
        refused(
                model(graph(identity("x", "y"))).addOpsetImport(Onnx.opset("ai.onnx.ml", 0)),
                "opset version 0 of domain 'ai.onnx.ml'");
        assertEquals(
                1,
                Onnx.read(model(graph(identity("x", "y"))).clearOpsetImport().setIrVersion(2))
                        .graph()
                        .nodes()
                        .get(0)
                        .opset());
    }
}
