package io.sardonyx.onnx.rewrite;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.graph.Node;
import java.util.List;

/** All rewrites, in the order in which they are applied: to a graph, then to the bodies inside its nodes. */
public final class Rewrites {
    private Rewrites() {}

    public static void apply(Graph graph, Device device, Precision precision, Limits limits) {
        List<Rewrite> rewrites = List.of(
                new FoldConstants(limits.foldedBytes()),
                new RemoveIdentity(),
                new WidenHalf(),
                new FoldBatchNormalization(),
                new FoldScale(),
                new FuseLayerNormalization(),
                new FuseGelu(),
                new FuseSwish(),
                new FuseAttention(),
                new RemoveUnused(), // what a pattern left behind would count as a use of its input
                new FuseMatMul(),
                new FuseConv(),
                new RemoveUnused());
        rewrites.forEach(rewrite -> rewrite.apply(graph));
        for (Node node : graph.nodes()) {
            for (GraphBody body : node.bodies()) {
                apply(body.graph(), device, precision, limits);
            }
        }
    }
}
