package io.sardonyx.onnx.rewrite;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.graph.Graph;

/** All rewrites, in the order in which they are applied. */
public final class Rewrites {
    private Rewrites() {}

    public static void apply(Graph graph, Device device, Precision precision, Limits limits) {}
}
