package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.ModelProto;

/**
 * Reads ONNX models. Safe for any input: every mistake is a {@link io.sardonyx.onnx.ModelException}, what a model may cost is
 * bounded by {@link Limits}, and no file outside the model's folder is opened.
 *
 * <p>Weights stay where they are in the file's bytes; only data in typed fields are converted.
 */
public final class ModelReader {
    private ModelReader() {}

    public static ModelDocument read(ModelSource source, ReadOptions options) {
        Where where = Where.file(source.name());
        ModelProto proto = parse(source, options.limits());
        var unsupported = new Unsupported();
        try (var external = new ExternalData(source, options)) {
            var context = ModelContext.of(proto, where, options, external, unsupported, null);
            Graph graph = GraphReader.read(context, proto.getGraph());
            if (!unsupported.isEmpty()) {
                throw new UnsupportedModelException(where, unsupported.items());
            }
            if (StrippedWeights.isStripped(context.info())) {
                StrippedWeights.restore(graph, context.tensors());
            }
            GraphCheck.check(graph);
            return new ModelDocument(context.info(), graph);
        }
    }

    static ModelProto parse(ModelSource source, Limits limits) {
        byte[] bytes = source.read(limits);
        Where where = Where.file(source.name());
        ModelProto model = Protobuf.parse(ModelProto.parser(), bytes, where, limits);
        if (!model.hasGraph()) {
            throw new ModelFormatException(where, bytes.length, "not an ONNX model: it has no graph", null);
        }
        return model;
    }
}
