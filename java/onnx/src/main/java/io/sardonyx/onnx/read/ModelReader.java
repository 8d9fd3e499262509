package io.sardonyx.onnx.read;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.proto.ModelProto;
import java.io.IOException;

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
        ModelProto proto = parse(source.read(options.limits()), where, options.limits());
        var unsupported = new Unsupported();
        try (var external = new ExternalData(source, options)) {
            var context = ModelContext.of(proto, where, options, external, unsupported);
            Graph graph = GraphReader.read(context, proto.getGraph());
            if (!unsupported.isEmpty()) {
                throw new UnsupportedModelException(where, unsupported.items());
            }
            GraphCheck.check(graph);
            return new ModelDocument(context.info(), graph);
        }
    }

    /** The message in {@code bytes}, which it shares. */
    static ModelProto parse(byte[] bytes, Where where, Limits limits) {
        if (bytes.length == 0) {
            throw new ModelFormatException(where, 0, "the file is empty", null);
        }
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        in.enableAliasing(true);
        in.setRecursionLimit(4 * limits.depth() + 32); // a graph in a graph is three messages, a type in a type two
        ModelProto model;
        try {
            model = ModelProto.parseFrom(in);
        } catch (IOException | RuntimeException e) {
            if (e instanceof InvalidProtocolBufferException && e.getMessage().contains("too many levels of nesting")) {
                throw new ModelLimitException(
                        where,
                        Limits.Kind.DEPTH,
                        limits.depth(),
                        Long.MAX_VALUE,
                        "graphs, types or groups nest too deep");
            }
            throw new ModelFormatException(
                    where, in.getTotalBytesRead(), "truncated or not an ONNX model: " + e.getMessage(), e);
        }
        if (!model.hasGraph()) {
            throw new ModelFormatException(where, bytes.length, "not an ONNX model: it has no graph", null);
        }
        return model;
    }
}
