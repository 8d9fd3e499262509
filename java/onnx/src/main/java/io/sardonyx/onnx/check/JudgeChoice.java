package io.sardonyx.onnx.check;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.read.ModelReader;
import io.sardonyx.onnx.read.ModelSource;
import io.sardonyx.onnx.read.ReadOptions;
import io.sardonyx.tensor.DType;
import java.nio.file.Path;

/** Finds the judge that fits a model's arithmetic: any two correct runtimes differ in the last bits of what is quantised. */
public final class JudgeChoice {
    private static final Judge QUANTISED = new Judge.Cosine(0.99);
    private static final Judge HALF = new Judge.Cosine(0.999);
    private static final Judge FLOAT = new Judge.Elementwise(1e-3, 1e-4);

    private JudgeChoice() {}

    public static Judge of(Path model) {
        Graph graph =
                ModelReader.read(ModelSource.of(model), ReadOptions.DEFAULT).graph();
        if (quantised(graph)) {
            return QUANTISED;
        }
        return graph.initializers().values().stream().anyMatch(t -> t.dtype() == DType.FLOAT16) ? HALF : FLOAT;
    }

    private static boolean quantised(Graph graph) {
        for (Node node : graph.nodes()) {
            String type = node.opType();
            if (type.contains("QuantizeLinear") || type.startsWith("QLinear") || type.endsWith("Integer")) {
                return true;
            }
            for (GraphBody body : node.bodies()) {
                if (quantised(body.graph())) {
                    return true;
                }
            }
        }
        return false;
    }
}
