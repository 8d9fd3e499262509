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

import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.proto.AttributeProto;
import io.sardonyx.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Everything that is lacking is said at once (row 9 of the contract). */
class UnsupportedTest {
    @Test
    void allAtOnce() {
        var branch = body(node("Inner", "x", "t").setName("deep")).addOutput(value("t"));
        var model = model(graph(
                                node("Foo", "x", "a").setName("first").setDomain("com.acme"),
                                node("Foo", "a", "b").setName("second").setDomain("com.acme"),
                                node("Bar", "b", "c").setName("third"),
                                node(
                                        "If",
                                        "c",
                                        "d",
                                        attribute("then_branch", branch),
                                        attribute("else_branch", branch)),
                                node("Foo", "d", "e").setName("fourth").setDomain("com.acme"),
                                node("Foo", "e", "f").setName("fifth").setDomain("com.acme"),
                                node(
                                                "Identity",
                                                "f",
                                                "y",
                                                AttributeProto.newBuilder()
                                                        .setName("a")
                                                        .setType(99))
                                        .setName("odd"))
                        .addInput(value("q", 77, 2))
                        .addInitializer(raw("w", DType.INT8, 4, 4).setDataType(55)))
                .setIrVersion(9999)
                .clearOpsetImport()
                .addOpsetImport(Onnx.opset("", 9999))
                .addOpsetImport(Onnx.opset("com.acme", 3));
        var e = Onnx.refused(UnsupportedModelException.class, model);
        assertEquals(
                List.of(
                        "IR version 9999 (newest known: 13)",
                        "opset 9999 of ai.onnx (newest known: 28)",
                        "element type 55 at tensor 'w'",
                        "element type 77 at value 'q'",
                        "operator com.acme.Foo (opset 3) at first, second, fourth and 1 more",
                        "operator Bar (opset 9999) at third",
                        "operator Inner (opset 9999) at deep and 1 more".replace(" and 1 more", ", deep"),
                        "attribute type 99 at odd"),
                e.items());
        assertEquals("model in memory: not supported: " + String.join("; ", e.items()), e.getMessage());
    }

    @Test
    void messageOfManyIsShort() {
        var graph = graph(identity("x", "y"));
        for (int i = 0; i < 1000; i++) {
            graph.addNode(node("Op" + i, "x", "v" + i));
        }
        var e = Onnx.refused(UnsupportedModelException.class, model(graph));
        assertEquals(1000, e.items().size());
        assertEquals(true, e.getMessage().endsWith("; and 980 more"));
    }
}
