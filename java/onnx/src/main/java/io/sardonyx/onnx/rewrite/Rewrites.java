package io.sardonyx.onnx.rewrite;

import io.sardonyx.device.Device;
import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.Precision;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.GraphBody;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** All rewrites, in the order in which they are applied: to a graph, then to the bodies inside its nodes. */
public final class Rewrites {
    private Rewrites() {}

    /** What an edit of the model's own graph wants done before: constants are initializers, and nothing only passes a value on. */
    public static void prepare(Graph graph, Limits limits) {
        new FoldConstants(limits.foldedBytes(), "DequantizeLinear").apply(graph);
        new RemoveIdentity().apply(graph);
    }

    public static void apply(Graph graph, Device device, Precision precision, Limits limits) {
        if (device.has("qlinear_conv_blocked")) {
            fuseQuantized(graph, limits);
        }
        new FoldConstants(limits.foldedBytes()).apply(graph);
        new RemoveIdentity().apply(graph);
        if (device.onHost()) {
            new WidenHalf().apply(graph);
        }
        List<Rewrite> rewrites = List.of(
                new FixClip(),
                new FoldPad(),
                new FuseFocus(),
                new FoldBatchNormalization(),
                new FoldScale(),
                new FuseLayerNormalization(),
                new FuseGelu(),
                new FuseSwish(),
                new FuseChannelShuffle(),
                new FuseAttention(),
                new ExpandAttention(),
                new RemoveUnused(), // what a pattern left behind would count as a use of its input
                new FuseMatMul(),
                new FuseMatMulInteger(device.onHost()),
                new FuseConv(),
                new RemoveUnused());
        rewrites.forEach(rewrite -> rewrite.apply(graph));
        order(device, precision).ifPresent(rewrite -> {
            rewrite.apply(graph);
            new RemoveUnused().apply(graph);
        });
        if (!device.onHost()) { // CPUs find a chain's tensors in their caches: no model got faster, and all load more
            // slowly
            new FuseElementwise(device).apply(graph);
            new WidenNodes(device).apply(graph);
            new RemoveUnused().apply(graph);
        }
        for (Node node : graph.nodes()) {
            for (GraphBody body : node.bodies()) {
                bringConstants(graph, body.graph());
                apply(body.graph(), device, precision, limits);
            }
        }
    }

    /** The order of channels that the device's convolutions want, if they want one. */
    private static Optional<Rewrite> order(Device device, Precision precision) {
        if (device.has("conv_blocked.f32")) {
            return Optional.of(new ArrangeChannels(new BlockOrder(), graph -> new BlockedConvForm(graph, precision)));
        }
        return device.has("conv_channels_last.f32")
                ? Optional.of(new ArrangeChannels(new LastOrder(), LastConvForm::new))
                : Optional.empty();
    }

    /** Before weights are folded to floats; they alone are spared. */
    private static void fuseQuantized(Graph graph, Limits limits) {
        if (graph.nodes().stream().anyMatch(node -> node.opType().equals("DequantizeLinear"))) {
            new RemoveIdentity().apply(graph);
            new FoldConstants(limits.foldedBytes(), "DequantizeLinear").apply(graph);
            new FuseQuantized().apply(graph);
            new RemoveUnused().apply(graph);
        }
    }

    /** Gives a body its own entry for each constant around it that it uses, so that there, too, it is one for rewrites and plans. */
    private static void bringConstants(Graph around, Graph body) {
        Set<String> open = around.defaults().stream().map(ValueInfo::name).collect(Collectors.toSet());
        for (String value : List.copyOf(body.captures())) {
            HostTensor constant = around.initializers().get(value);
            if (constant != null && !open.contains(value)) {
                body.addInitializer(value, constant);
            }
        }
    }
}
