package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.call;
import static io.sardonyx.onnx.read.Onnx.function;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.reference;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.op.Concat;
import io.sardonyx.tensor.DType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions of a model's own, and what they may multiply to (row 4 of the contract). */
class FunctionTest {
    private static final int INT = 2;
    private static final int GRAPH = 5;

    private static List<String> nodes(Graph graph) {
        return graph.nodes().stream().map(Node::toString).toList();
    }

    private static Graph read(ModelProto.Builder model) {
        return Onnx.read(model).graph();
    }

    @Test
    void expands() {
        Graph graph = read(model(graph(
                        call("twice", "x", "a").setName("one"),
                        call("twice", "a", "y").setName("two")))
                .addFunctions(function("twice", "in", "out", identity("in", "mid"), identity("mid", "out"))));
        assertEquals(
                List.of(
                        "one/Identity(mid): Identity[x] -> [one/mid]",
                        "one/Identity(out): Identity[one/mid] -> [a]",
                        "two/Identity(mid): Identity[a] -> [two/mid]",
                        "two/Identity(out): Identity[two/mid] -> [y]"),
                nodes(graph));
    }

    @Test
    void bodyInAnyOrder() {
        Graph graph = read(model(graph(call("f", "x", "y").setName("f")))
                .addFunctions(function("f", "in", "out", identity("mid", "out"), identity("in", "mid"))));
        assertEquals(
                List.of("f/Identity(mid): Identity[x] -> [f/mid]", "f/Identity(out): Identity[f/mid] -> [y]"),
                nodes(graph));
    }

    @Test
    void namesStayApart() { // the model has a value called like what the function's would become
        Graph graph =
                read(model(graph(identity("x", "f/mid"), call("f", "f/mid", "y").setName("f")))
                        .addFunctions(function("f", "in", "out", identity("in", "mid"), identity("mid", "out"))));
        assertEquals(
                "f/Identity(mid): Identity[f/mid] -> [f/mid_1]", nodes(graph).get(1));
    }

    @Test
    void nestedFunctionsHandAttributesOn() {
        Graph graph = read(model(
                        graph(call("outer", "x", "y", attribute("a", 1)).setName("o")))
                .addFunctions(function(
                        "outer",
                        "in",
                        "out",
                        call("inner", "in", "out", reference("b", "a", INT)).setName("i")))
                .addFunctions(function("inner", "p", "q", node("Concat", "p p", "q", reference("axis", "b", INT)))));
        Node node = graph.nodes().get(0);
        assertEquals("o/i/Concat(q): Concat[x, x] -> [y]", node.toString());
        assertEquals(1L, node.attributes().get("axis"));
        assertTrue(node.operator() instanceof Concat);
    }

    @Test
    void attributeDefaults() {
        FunctionProto.Builder f = function("f", "p", "q", node("Concat", "p p", "q", reference("axis", "b", INT)))
                .addAttributeProto(attribute("b", 7));
        assertEquals(
                7L,
                read(model(graph(call("f", "x", "y"))).addFunctions(f))
                        .nodes()
                        .get(0)
                        .attributes()
                        .get("axis"));
        assertEquals(
                0L,
                read(model(graph(call("f", "x", "y", attribute("b", 0)))).addFunctions(f))
                        .nodes()
                        .get(0)
                        .attributes()
                        .get("axis"));
        f.clearAttributeProto(); // neither given nor with a default: the node has no such attribute
        assertEquals(
                "model in memory: node 'f(y)/Concat(q)': Concat: attribute axis is missing",
                Onnx.refused(
                                InvalidGraphException.class,
                                model(graph(call("f", "x", "y"))).addFunctions(f))
                        .getMessage());
    }

    @Test
    void absentInputsAndOutputs() {
        Graph graph = read(model(graph(call("f", "x", "_ y").setName("f")))
                .addFunctions(function("f", "p q", "a b", node("Slice", "p p p q", "a"), identity("p", "b"))));
        assertEquals(
                List.of("f/Slice(a): Slice[x, x, x, ] -> [f/a]", "f/Identity(b): Identity[x] -> [y]"), nodes(graph));
    }

    @Test
    void outputThatIsAnInputOrTwice() {
        Graph graph = read(model(graph(call("f", "x", "a b y").setName("f")))
                .addFunctions(function("f", "p", "p q q", identity("p", "q"))));
        assertEquals(
                List.of(
                        "f/Identity(q): Identity[x] -> [b]",
                        "f/Identity: Identity[x] -> [a]",
                        "f/Identity_1: Identity[b] -> [y]"),
                nodes(graph));
    }

    @Test
    void functionInASubgraphAndSubgraphInAFunction() {
        var then = body(call("f", "x", "t").setName("f")).addOutput(value("t"));
        var otherwise = body(identity("in", "e")).addOutput(value("e"));
        Graph graph =
                read(model(graph(node("If", "c", "y", attribute("then_branch", then), attribute("else_branch", then)))
                                .addInput(value("c", DType.BOOL.code())))
                        .addFunctions(function(
                                "f",
                                "in",
                                "out",
                                identity("in", "mid"),
                                node(
                                                "If",
                                                "mid",
                                                "out",
                                                attribute("then_branch", otherwise),
                                                attribute("else_branch", otherwise))
                                        .setName("if"))));
        Graph outer = graph.nodes().get(0).bodies().get(0).graph();
        assertEquals(List.of("x"), List.copyOf(outer.captures()));
        assertEquals(List.of("f/Identity(mid): Identity[x] -> [f/mid]", "f/if: If[f/mid] -> [t]"), nodes(outer));
        Graph inner = outer.nodes().get(1).bodies().get(0).graph();
        assertEquals(List.of("f/Identity(e): Identity[x] -> [f/e]"), nodes(inner));
        assertEquals(List.of("f/e"), inner.results());
        assertEquals(List.of("c", "x"), List.copyOf(graph.nodes().get(0).reads()));
    }

    @Test
    void graphHandedToAFunction() { // it sees the caller's values, and each copy has names of its own
        var branch = body(identity("x", "t"), identity("t", "u")).addOutput(value("u"));
        Graph graph = read(model(graph(call("choose", "c", "y", attribute("branch", branch))
                                .setName("call"))
                        .addInput(value("c", DType.BOOL.code())))
                .addFunctions(function(
                        "choose",
                        "p",
                        "q",
                        node(
                                "If",
                                "p",
                                "q",
                                reference("then_branch", "branch", GRAPH),
                                reference("else_branch", "branch", GRAPH)))));
        Node node = graph.nodes().get(0);
        assertEquals(
                List.of("Identity[x] -> [call/t]", "Identity[call/t] -> [call/u]"),
                nodes(node.bodies().get(0).graph()).stream()
                        .map(n -> n.replaceFirst("^[^:]*: ", ""))
                        .toList());
        assertEquals(List.of("call/u_1"), node.bodies().get(1).graph().results());
    }

    @Test
    void functionOpsetCounts() {
        Graph graph = read(model(graph(node("Squeeze", "x", "a"), call("f", "a", "y")))
                .addFunctions(function("f", "p", "q", node("Squeeze", "p", "q"))
                        .clearOpsetImport()
                        .addOpsetImport(Onnx.opset("", 11))));
        assertEquals(17, graph.nodes().get(0).opset());
        assertEquals(11, graph.nodes().get(1).opset());
    }

    private static void refused(ModelProto.Builder model, String message) {
        assertEquals(message, Onnx.refused(InvalidGraphException.class, model).detail());
    }

    @Test
    void mistakes() {
        refused(
                model(graph(call("f", "x x", "y"))).addFunctions(function("f", "p", "q", identity("p", "q"))),
                "function 'local.f' has 1 inputs, given 2");
        refused(
                model(graph(call("f", "x", "y z"))).addFunctions(function("f", "p", "q", identity("p", "q"))),
                "function 'local.f' has 1 outputs, given 2");
        refused(
                model(graph(call("f", "x", "y"))).addFunctions(function("f", "p", "q", identity("x", "q"))),
                "value 'x' is not defined"); // a body does not see the caller's values
        refused(
                model(graph(call("f", "x", "y"))).addFunctions(function("f", "p", "q", identity("p", "r"))),
                "function 'local.f' does not make its output 'q'");
        refused(
                model(graph(call("f", "x", "y")))
                        .addFunctions(
                                function("f", "p", "q", identity("p", "a"), identity("p", "a"), identity("a", "q"))),
                "value 'a' is defined twice");
        refused(
                model(graph(call("f", "x", "y")))
                        .addFunctions(function("f", "p", "q", identity("p", "q")))
                        .addFunctions(function("f", "p", "q", identity("p", "q"))),
                "function 'local.f' is defined twice");
        refused(
                model(graph(call("f", "x", "y", attribute("a", 1))))
                        .addFunctions(function("f", "p", "q", node("Concat", "p p", "q", reference("axis", "a", 1)))),
                "attribute 'axis': declared as float, but 'a', to which it refers, is int");
    }

    @Test
    void recursion() {
        refused(
                model(graph(call("f", "x", "y"))).addFunctions(function("f", "p", "q", call("f", "p", "q"))),
                "functions call each other in a circle: local.f -> local.f");
        refused(
                model(graph(call("f", "x", "y")))
                        .addFunctions(function("f", "p", "q", call("g", "p", "q")))
                        .addFunctions(function("g", "p", "q", call("h", "p", "q")))
                        .addFunctions(function("h", "p", "q", call("g", "p", "q"))),
                "functions call each other in a circle: local.g -> local.h -> local.g");
    }

    @Test
    void deepChains() {
        assertEquals(1, read(Onnx.chain(64, 1)).size());
        for (int depth : new int[] {65, 3000, 100_000}) {
            var e = Onnx.refused(ModelLimitException.class, Onnx.chain(depth, 1));
            assertEquals(
                    "model in memory: functions call each other: " + depth
                            + " levels, allowed 64 (raise it with Limits.depth)",
                    e.getMessage());
        }
    }

    @Test
    void explosions() {
        assertTimeout(Duration.ofSeconds(1), () -> {
            var e = Onnx.refused(ModelLimitException.class, Onnx.chain(24, 2));
            assertEquals(Limits.Kind.NODES, e.limit());
            assertEquals(1 << 24, e.needed());
            e = Onnx.refused(ModelLimitException.class, Onnx.chain(60, 50));
            assertEquals(Long.MAX_VALUE, e.needed());
            assertEquals(
                    "with its functions expanded the model has: beyond counting nodes, allowed 1000000 (raise it with Limits.nodes)",
                    e.detail());
        });
        assertEquals(1 << 10, read(Onnx.chain(10, 2)).size());
    }

    /** Graphs handed on double where no count of nodes in the file sees it. */
    @Test
    void explosionOfHandedGraphs() {
        ModelProto.Builder model = model(graph(call(
                        "f0", "x", "y", attribute("g", body(identity("x", "t")).addOutput(value("t")))))
                .addInput(value("c", DType.BOOL.code())));
        for (int i = 0; i < 30; i++) {
            var twice = body(node(
                            "If",
                            "p",
                            "a" + i,
                            reference("then_branch", "g", GRAPH),
                            reference("else_branch", "g", GRAPH)))
                    .addOutput(value("a" + i));
            model.addFunctions(
                    i < 29
                            ? function("f" + i, "p", "q", call("f" + (i + 1), "p", "q", attribute("g", twice)))
                            : function(
                                    "f" + i,
                                    "p",
                                    "q",
                                    node(
                                            "If",
                                            "p",
                                            "q",
                                            reference("then_branch", "g", GRAPH),
                                            reference("else_branch", "g", GRAPH))));
        }
        var limits = Limits.DEFAULT.nodes(20_000);
        var e = assertThrows(ModelLimitException.class, () -> Onnx.read(model, limits));
        assertEquals("the model has at least: 20001 nodes, allowed 20000 (raise it with Limits.nodes)", e.detail());
    }

    @Test
    void longNamesDoNotMultiply() {
        ModelProto.Builder model = Onnx.chain(40, 1);
        String name = "n".repeat(100_000);
        for (int i = 0; i < model.getFunctionsCount(); i++) {
            FunctionProto f = model.getFunctions(i);
            model.setFunctions(
                    i, f.toBuilder().setNode(0, f.getNode(0).toBuilder().setName(name)));
        }
        Node node = read(model).nodes().get(0);
        assertTrue(node.name().length() <= 300, () -> "" + node.name().length());
    }
}
