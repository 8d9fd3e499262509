package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch.Pack;
import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings the weights that are still in the model's file to the device, in the form in which the graph's kernels want them, so that
 * there is one copy of each and none on the Java heap. Who asks for one on the host after all gets it from the device.
 */
public final class WeightLoading {
    private final Device device;
    private final Weights weights;
    private final boolean hasKernels;
    private final Map<HostTensor, Set<Optional<Pack>>> wanted = new IdentityHashMap<>();

    private WeightLoading(Device device, Weights weights) {
        this.device = device;
        this.weights = weights;
        this.hasKernels = !device.kernels().isEmpty();
    }

    /** After this no weight of {@code graph} and its bodies is read from the file, but for uses that kernels have not. */
    public static void load(Graph graph, Device device, Weights weights) {
        var loading = new WeightLoading(device, weights);
        loading.collect(graph);
        try {
            loading.loadAll();
        } finally {
            weights.endStaging();
        }
    }

    /** The largest first, so that what they pass through is gone when the others are there. */
    private void loadAll() {
        List<HostTensor> largestFirst = new ArrayList<>(wanted.keySet());
        largestFirst.sort(
                Comparator.comparingLong((HostTensor w) -> w.type().byteSize()).reversed());
        for (HostTensor weight : largestFirst) {
            Set<Optional<Pack>> forms = wanted.get(weight);
            if (forms.stream().anyMatch(Optional::isPresent)) {
                weights.stage(weight.type().byteSize());
            }
            load(weight, forms);
        }
    }

    private void collect(Graph graph) {
        graph.initializers().forEach((value, tensor) -> {
            if (tensor.isDeferred()) {
                collect(graph, value, tensor);
            }
        });
        for (Node node : graph.nodes()) {
            node.bodies().forEach(body -> collect(body.graph()));
        }
    }

    private void collect(Graph graph, String value, HostTensor tensor) {
        Set<Optional<Pack>> forms = wanted.computeIfAbsent(tensor, t -> new LinkedHashSet<>());
        if (graph.isResult(value)) {
            forms.add(Optional.empty());
        }
        for (Node node : graph.uses(value)) {
            boolean captured = true;
            for (int i = 0; i < node.inputs().size(); i++) {
                if (node.inputs().get(i).equals(value)) {
                    captured = false;
                    forms.add(pack(node, i, tensor));
                }
            }
            if (captured) { // by a body, whose nodes may do anything with it
                forms.add(Optional.empty());
            }
        }
    }

    /**
     * How input {@code i} is packed on this device; empty if it is not, or if it can neither be unpacked nor, on the host, be read from the
     * file again.
     */
    private Optional<Pack> pack(Node node, int i, HostTensor tensor) {
        if (!(node.operator() instanceof TensorOperator operator)) {
            return Optional.empty();
        }
        return operator.pack(i, tensor.type())
                .filter(p -> device.has(p.kernel()) && (device.onHost() || device.has(p.inverse())));
    }

    private void load(HostTensor tensor, Set<Optional<Pack>> forms) {
        Optional<Pack> only = forms.size() == 1 ? forms.iterator().next() : Optional.empty();
        if (only.isPresent() && device.has(only.get().inverse())) {
            weights.keepPacked(tensor, only.get());
        } else if (only.isPresent()) {
            weights.packed(tensor, only.get());
        } else if (!hasKernels) {
            tensor.data();
        } else {
            weights.keep(tensor);
        }
    }
}
