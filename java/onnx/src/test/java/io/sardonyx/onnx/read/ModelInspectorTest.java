package io.sardonyx.onnx.read;

import static io.sardonyx.onnx.read.Onnx.attribute;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.call;
import static io.sardonyx.onnx.read.Onnx.function;
import static io.sardonyx.onnx.read.Onnx.graph;
import static io.sardonyx.onnx.read.Onnx.identity;
import static io.sardonyx.onnx.read.Onnx.model;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.raw;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.value;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.onnx.ModelReport;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.tensor.DType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelInspectorTest {
    private static ModelReport inspect(ModelProto.Builder model) {
        return ModelInspector.inspect(ModelSource.of(model.build().toByteArray()), ReadOptions.DEFAULT);
    }

    @Test
    void tellsWhatAModelIs() {
        var branch = body(call("f", "x", "t")).addOutput(value("t"));
        var report = inspect(model(graph(
                                node(
                                        "If",
                                        "c",
                                        "a",
                                        attribute("then_branch", branch),
                                        attribute("else_branch", branch)),
                                node("Foo", "a w", "y").setDomain("com.acme").setName("foo"))
                        .addInput(value("c", DType.BOOL.code()))
                        .addInput(value("w"))
                        .addInitializer(raw("w", DType.FLOAT32, 8, 2))
                        .addInitializer(tensor("far", DType.INT4, 3, 5).setDataLocation(1)))
                .setProducerName("a tool")
                .setProducerVersion("3")
                .setModelVersion(7)
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("k").setValue("v"))
                .addFunctions(function("f", "p", "q", identity("p", "m"), identity("m", "q"))));
        assertEquals("[x: float32[2], c: bool[]]", report.inputs().toString());
        assertEquals("[w: float32[2]]", report.defaults().toString());
        assertEquals("[y: float32[2]]", report.outputs().toString());
        assertEquals(Map.of("Identity", 4L, "If", 1L, "com.acme.Foo", 1L), report.operators());
        assertEquals(6, report.nodes());
        assertEquals(List.of("local.f"), report.functions());
        assertEquals(List.of("operator com.acme.Foo (opset 1) at foo"), report.unsupported());
        assertEquals(2 + 15, report.parameters());
        assertEquals(8 + 8, report.parameterBytes());
        assertEquals(Map.of("", 17, "local", 1), report.info().opsets());
        assertEquals(Map.of("k", "v"), report.info().metadata());
        assertEquals(
                "a tool 3 7",
                report.info().producer() + " " + report.info().producerVersion() + " "
                        + report.info().version());
    }

    /** Before IR version 4 every initializer is listed among the inputs; they are constants all the same. */
    @Test
    void initializersOfOldModelsAreNoInputs() {
        var report = inspect(
                model(graph(identity("x", "y")).addInput(value("w")).addInitializer(raw("w", DType.FLOAT32, 8, 2)))
                        .setIrVersion(3));
        assertEquals("[x: float32[2]]", report.inputs().toString());
        assertEquals(List.of(), report.defaults());
    }
}
