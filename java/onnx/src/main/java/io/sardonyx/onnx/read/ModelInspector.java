package io.sardonyx.onnx.read;

import io.sardonyx.onnx.ModelReport;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.ModelProto;
import java.util.List;

/** Looks into a model without reading its weights, and without refusing what Sardonyx cannot run. */
public final class ModelInspector {
    private ModelInspector() {}

    /** @throws io.sardonyx.onnx.ModelException if it is no model, or beyond the limits */
    public static ModelReport inspect(ModelSource source, ReadOptions options) {
        ModelProto proto = ModelReader.parse(source, options.limits());
        var unsupported = new Unsupported();
        try (var external = new ExternalData(source, options)) {
            var weights = new WeightCount(unsupported);
            var context = ModelContext.of(
                    proto, Where.file(source.name()), options, external, DeferredData.NONE, unsupported, weights);
            Graph graph = GraphReader.read(context, proto.getGraph());
            List<String> functions = proto.getFunctionsList().stream()
                    .map((FunctionProto function) -> FunctionKey.of(function).toString())
                    .toList();
            return new ModelReport(
                    context.info(),
                    List.copyOf(graph.inputs()),
                    List.copyOf(graph.defaults()),
                    List.copyOf(graph.outputs()),
                    context.operators(),
                    functions,
                    unsupported.items(),
                    weights.elements(),
                    weights.bytes());
        }
    }
}
