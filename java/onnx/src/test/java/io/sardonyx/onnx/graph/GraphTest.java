package io.sardonyx.onnx.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Where;
import io.sardonyx.op.Attributes;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Operators;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What rewrites do to a graph. */
class GraphTest {
    private static final Operator IDENTITY =
            Operators.read("", "Identity", Attributes.of(17, Map.of())).orElseThrow();

    private static Node node(String name, String input, String output) {
        return Node.of(name, IDENTITY, List.of(input), List.of(output));
    }

    private static ValueInfo value(String name) {
        return new ValueInfo(name, DeclaredType.UNKNOWN);
    }

    /** x → a → b → y */
    private static Graph chain() {
        Graph graph = Graph.create(Where.file("m"), "g");
        graph.addInput(value("x"));
        graph.add(node("1", "x", "a"));
        graph.add(node("2", "a", "b"));
        graph.add(node("3", "b", "y"));
        graph.addOutput(value("y"));
        return graph;
    }

    private static String order(Graph graph) {
        return String.join(" ", graph.nodes().stream().map(Node::name).toList());
    }

    /** A node with a body that passes the outer value {@code captured} on. */
    private static Node withBody(Graph graph, String name, String captured, String output) {
        Graph body = graph.nested("body");
        body.add(node(name + ".inner", captured, name + ".t"));
        body.addOutput(value(name + ".t"));
        return Node.of(
                name, "", "If", 17, List.of(), List.of(output), Map.of("then_branch", new GraphBody(body)), IDENTITY);
    }

    @Test
    void replacedNodeKeepsItsPlace() {
        Graph graph = chain();
        Node second = graph.producer("b").orElseThrow();
        graph.replace(second, node("2b", "m", "b"), node("2a", "a", "m"));
        assertEquals("1 2a 2b 3", order(graph));
        assertFalse(graph.contains(second));
        assertEquals("2a", graph.producer("m").orElseThrow().name());
        assertEquals(List.of("2b"), graph.uses("m").stream().map(Node::name).toList());
    }

    @Test
    void nodesAreACopy() {
        Graph graph = chain();
        List<Node> before = graph.nodes();
        graph.remove(before.get(2));
        assertEquals(3, before.size());
        assertEquals(2, graph.nodes().size());
        assertThrows(IllegalArgumentException.class, () -> graph.remove(before.get(2)));
    }

    @Test
    void bypass() {
        Graph graph = chain();
        graph.replaceUses("b", "a");
        graph.remove(graph.producer("b").orElseThrow());
        assertEquals("1 3", order(graph));
        assertEquals(List.of("a"), graph.producer("y").orElseThrow().inputs());
        assertEquals(Optional.empty(), graph.producer("b"));
        assertEquals(List.of(), graph.uses("b"));
    }

    @Test
    void editsKeepTheOrder() { // of nodes that do not depend on each other
        Graph graph = chain();
        graph.add(node("4", "x", "c"));
        graph.add(node("5", "x", "d"));
        graph.replaceUses("x", "x2");
        assertEquals("1 2 3 4 5", order(graph));
        graph.replace(graph.producer("c").orElseThrow(), node("4a", "x2", "m"), node("4b", "m", "c"));
        assertEquals("1 2 3 4a 4b 5", order(graph));
    }

    /** Thousands of edits of one graph take no longer than they should. */
    @Test
    void manyEdits() {
        Graph graph = Graph.create(Where.file("m"), "g");
        graph.addInput(value("v0"));
        int n = 50_000;
        for (int i = 0; i < n; i++) {
            graph.add(node("n" + i, "v" + i, "v" + (i + 1)));
            graph.addOutput(value("v" + (i + 1)));
        }
        assertTimeout(Duration.ofSeconds(20), () -> {
            for (Node node : graph.nodes()) {
                Node same = graph.producer(node.output(0)).orElseThrow();
                graph.remove(same);
                graph.replaceUses(same.output(0), "v0");
            }
        });
        assertEquals(0, graph.size());
        assertEquals("v0", graph.results().get(n - 1));
    }

    @Test
    void redirectedOutputKeepsItsName() {
        Graph graph = chain();
        graph.replaceUses("y", "b");
        graph.remove(graph.producer("y").orElseThrow());
        assertEquals("y", graph.outputs().get(0).name());
        assertEquals(List.of("b"), graph.results());
        assertTrue(graph.isResult("b"));
        assertFalse(graph.isResult("y"));
    }

    @Test
    void bodiesCount() {
        Graph graph = chain();
        Node user = withBody(graph, "if", "b", "z");
        graph.add(user);
        assertEquals(List.of("b"), List.copyOf(user.reads()));
        assertEquals(
                List.of("3", "if"), graph.uses("b").stream().map(Node::name).toList());
        graph.replaceUses("b", "a");
        Node renamed = graph.producer("z").orElseThrow();
        assertEquals(List.of("a"), List.copyOf(renamed.reads()));
        assertEquals(List.of("if", "3", "2").size(), graph.uses("a").size());
    }

    @Test
    void editOfABodyIsSeenOutside() {
        Graph graph = chain();
        Node user = withBody(graph, "if", "b", "z");
        graph.add(user);
        assertEquals("1 2 3 if", order(graph));
        Graph body = user.bodies().get(0).graph();
        assertEquals(2, graph.uses("b").size());
        body.replaceUses("b", "x");
        assertEquals(1, graph.uses("b").size());
        assertEquals(List.of("x"), List.copyOf(user.reads()));
        body.remove(body.nodes().get(0));
        body.setResult(0, "y");
        assertEquals(List.of("if"), graph.uses("y").stream().map(Node::name).toList());
    }

    @Test
    void bodyAfterWhatItCaptures() {
        Graph graph = Graph.create(Where.file("m"), "g");
        graph.addInput(value("x"));
        graph.add(withBody(graph, "if", "late", "z"));
        graph.add(node("late", "x", "late"));
        assertEquals("late if", order(graph));
    }

    @Test
    void freshNamesAreFreshEverywhere() {
        Graph graph = chain();
        Graph body = graph.nested("body");
        assertEquals("b_1", graph.fresh("b"));
        assertEquals("b_2", body.fresh("b"));
        assertEquals("new", body.fresh("new"));
        assertEquals("new_1", graph.fresh("new"));
        assertEquals("_1", graph.fresh(""));
        HostTensor constant = HostTensor.of(Shape.of(1), 1f);
        assertEquals("x_1", graph.addConstant("x", constant));
        assertTrue(graph.defines("x_1"));
        graph.removeInitializer("x_1");
        assertFalse(graph.defines("x_1"));
    }

    @Test
    void oneDefinition() {
        Graph graph = chain();
        assertThrows(InvalidGraphException.class, () -> graph.add(node("4", "x", "a")));
        assertThrows(InvalidGraphException.class, () -> graph.addInput(value("a")));
        assertThrows(InvalidGraphException.class, () -> graph.addInitializer("x", HostTensor.of(Shape.of(1), 1f)));
    }
}
