package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;

/** One transformation. It keeps what every output is, up to rounding. */
interface Rewrite {
    /** Applies itself wherever it can. */
    void apply(Graph graph);
}
