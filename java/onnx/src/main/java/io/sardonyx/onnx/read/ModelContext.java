package io.sardonyx.onnx.read;

import io.sardonyx.onnx.InvalidGraphException;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelInfo;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.OperatorSetIdProto;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.op.Operators;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What all parts of one reading share. */
final class ModelContext {
    /** The newest IR version whose files are known. */
    static final long NEWEST_IR = 13;

    private static final int NEWEST_ML_OPSET = 5;

    private final Where where;
    private final ReadOptions options;
    private final Unsupported unsupported;
    private final TensorReader tensors;
    private final Initializers initializers;
    private final ModelInfo info;
    private final Map<FunctionKey, FunctionProto> functions;
    private final Map<FunctionKey, Long> operators = new HashMap<>();
    private long nodes;

    private ModelContext(
            Where where,
            ReadOptions options,
            Unsupported unsupported,
            TensorReader tensors,
            Initializers initializers,
            ModelInfo info,
            Map<FunctionKey, FunctionProto> functions) {
        this.where = where;
        this.options = options;
        this.unsupported = unsupported;
        this.tensors = tensors;
        this.initializers = initializers;
        this.info = info;
        this.functions = functions;
    }

    /** @param weights what to do with initializers instead of reading them, or {@code null} */
    static ModelContext of(
            ModelProto model,
            Where where,
            ReadOptions options,
            ExternalData external,
            DeferredData deferred,
            Unsupported unsupported,
            Initializers weights) {
        if (model.getIrVersion() > NEWEST_IR) {
            unsupported.add("IR version " + model.getIrVersion() + " (newest known: " + NEWEST_IR + ")", "");
        }
        var metadata = new LinkedHashMap<String, String>();
        for (StringStringEntryProto entry : model.getMetadataPropsList()) {
            metadata.put(entry.getKey(), entry.getValue());
        }
        var info = new ModelInfo(
                where.file(),
                model.getIrVersion(),
                modelOpsets(model, where, unsupported),
                model.getProducerName(),
                model.getProducerVersion(),
                model.getDomain(),
                model.getModelVersion(),
                model.getDocString(),
                metadata);
        var functions = new HashMap<FunctionKey, FunctionProto>();
        for (FunctionProto function : model.getFunctionsList()) {
            FunctionKey key = FunctionKey.of(function);
            if (functions.put(key, function) != null) {
                throw new InvalidGraphException(where, "function '" + key + "' is defined twice");
            }
        }
        var tensors = new TensorReader(options.limits(), external, deferred, unsupported);
        return new ModelContext(
                where, options, unsupported, tensors, weights == null ? tensors : weights, info, functions);
    }

    private static Map<String, Integer> modelOpsets(ModelProto model, Where where, Unsupported unsupported) {
        Map<String, Integer> opsets = opsets(model.getOpsetImportList(), where, unsupported);
        if (!opsets.containsKey(Operators.ONNX)) {
            if (model.getIrVersion() >= 3 && model.getOpsetImportCount() == 0) {
                throw new InvalidGraphException(where, "the model imports no operator set");
            }
            opsets.put(Operators.ONNX, 1);
        }
        return opsets;
    }

    static Map<String, Integer> opsets(List<OperatorSetIdProto> imports, Where where, Unsupported unsupported) {
        var opsets = new LinkedHashMap<String, Integer>();
        for (OperatorSetIdProto entry : imports) {
            String domain = Operators.canonical(entry.getDomain());
            long version = entry.getVersion();
            if (version < 1) {
                throw new InvalidGraphException(where, "opset version " + version + " of domain '" + domain + "'");
            }
            long newest = newestOpset(domain);
            if (version > newest) {
                unsupported.add(
                        "opset " + version + " of " + (domain.isEmpty() ? "ai.onnx" : domain) + " (newest known: "
                                + newest + ")",
                        "");
            }
            opsets.merge(domain, (int) Math.min(version, Integer.MAX_VALUE), Math::max);
        }
        return opsets;
    }

    private static long newestOpset(String domain) {
        return switch (domain) {
            case Operators.ONNX -> Operators.NEWEST_OPSET;
            case Operators.ML -> NEWEST_ML_OPSET;
            default -> Long.MAX_VALUE;
        };
    }

    Where where() {
        return where;
    }

    Limits limits() {
        return options.limits();
    }

    Unsupported unsupported() {
        return unsupported;
    }

    TensorReader tensors() {
        return tensors;
    }

    Initializers initializers() {
        return initializers;
    }

    ModelInfo info() {
        return info;
    }

    Map<FunctionKey, FunctionProto> functions() {
        return functions;
    }

    /** To be called for every node made, so that no way of multiplying them is overlooked. */
    void countNode(FunctionKey operator) {
        operators.merge(operator, 1L, Long::sum);
        count();
    }

    /** To be called for every subgraph made; it counts like a node. */
    void countBody() {
        count();
    }

    private void count() {
        if (++nodes > limits().nodes()) {
            throw new ModelLimitException(where, Limits.Kind.NODES, limits().nodes(), nodes, "the model has at least");
        }
    }

    /** How often each operator was counted, by name. */
    SortedMap<String, Long> operators() {
        var result = new TreeMap<String, Long>();
        operators.forEach((key, count) -> result.merge(key.toString(), count, Long::sum));
        return result;
    }

    void checkDepth(int depth, String what) {
        if (depth > limits().depth()) {
            throw new ModelLimitException(where, Limits.Kind.DEPTH, limits().depth(), depth, what);
        }
    }
}
