package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.TensorProto;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX models. Safe for any input: every mistake is a {@link io.sardonyx.onnx.ModelException}, what a model may cost is
 * bounded by {@link Limits}, and no file outside the model's folder is opened.
 */
public final class ModelReader {
    private ModelReader() {}

    /** Weights stay where they are in the file's bytes; only data in typed fields are converted. */
    public static ModelDocument read(ModelSource source, ReadOptions options) {
        return read(source, options, parse(source, options.limits()), DeferredData.NONE);
    }

    /** As {@link #read(ModelSource, ReadOptions)}, but that large weights of a file are deferred: read from it when they are needed. */
    public static ModelDocument read(ModelSource source, ReadOptions options, WeightFile file) {
        Optional<ModelSkeleton> skeleton = file.skeleton();
        if (skeleton.isEmpty()) {
            return read(source, options);
        }
        Where where = Where.file(source.name());
        ModelProto proto;
        try {
            proto = Protobuf.parse(ModelProto.parser(), skeleton.get().model(), where, options.limits());
        } catch (ModelFormatException e) { // its offset would be one in the skeleton
            return read(source, options);
        }
        Map<TensorProto, ModelSkeleton.Cut> cuts = new IdentityHashMap<>();
        for (ModelSkeleton.Cut cut : skeleton.get().cuts()) {
            cuts.put(proto.getGraph().getInitializer(cut.initializer()), cut);
        }
        return read(source, options, proto, new DeferredData(cuts, file));
    }

    private static ModelDocument read(
            ModelSource source, ReadOptions options, ModelProto proto, DeferredData deferred) {
        Where where = Where.file(source.name());
        var unsupported = new Unsupported();
        try (var external = new ExternalData(source, options)) {
            var context = ModelContext.of(proto, where, options, external, deferred, unsupported, null);
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
