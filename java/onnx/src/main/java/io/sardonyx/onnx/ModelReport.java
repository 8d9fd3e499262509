package io.sardonyx.onnx;

import io.sardonyx.onnx.graph.ValueInfo;
import java.util.List;
import java.util.Map;

/**
 * What a model is and whether it can run, told without reading its weights.
 *
 * @param inputs what a run has to be given
 * @param defaults inputs that have a default, the model's initializer of the same name
 * @param operators how often each operator occurs, after functions are expanded, those of subgraphs included; {@code MatMul},
 *     {@code com.microsoft.Gelu}
 * @param functions the model's own functions
 * @param unsupported everything that Sardonyx lacks for it, with the nodes that need it; empty for a model that can run
 * @param parameters elements of all initializers
 * @param parameterBytes their bytes, wherever they lie
 */
public record ModelReport(
        ModelInfo info,
        List<ValueInfo> inputs,
        List<ValueInfo> defaults,
        List<ValueInfo> outputs,
        Map<String, Long> operators,
        List<String> functions,
        List<String> unsupported,
        long parameters,
        long parameterBytes) {
    /** The number of nodes after functions are expanded, those of subgraphs included. */
    public long nodes() {
        return operators.values().stream().mapToLong(Long::longValue).sum();
    }
}
