package io.sardonyx.onnx.plan;

import io.sardonyx.device.Program.Place;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;

/** What is known of each value of a graph when a stage is planned: its type, where a run will find it, perhaps its value. */
final class Knowledge {
    final TensorType[] types;
    final HostTensor[] known;
    final Location[] locations;
    final boolean[] weights;
    final boolean[] done;
    /** Base addresses that runs have so far; see {@link RunState}. */
    int bases;

    Knowledge(NumberedGraph graph) {
        this(
                new TensorType[graph.values()],
                new HostTensor[graph.values()],
                new Location[graph.values()],
                new boolean[graph.values()],
                new boolean[graph.instructions().size()],
                1 + graph.inputs().length + graph.outputs().length);
        for (int v = 0; v < graph.values(); v++) {
            if (graph.constants()[v] != null) {
                learn(v, graph.constants()[v]);
                weights[v] = true;
            }
        }
    }

    private Knowledge(
            TensorType[] types,
            HostTensor[] known,
            Location[] locations,
            boolean[] weights,
            boolean[] done,
            int bases) {
        this.types = types;
        this.known = known;
        this.locations = locations;
        this.weights = weights;
        this.done = done;
        this.bases = bases;
    }

    Knowledge copy() {
        return new Knowledge(types.clone(), known.clone(), locations.clone(), weights.clone(), done.clone(), bases);
    }

    /** The value itself. */
    void learn(int value, HostTensor tensor) {
        types[value] = tensor.type();
        known[value] = tensor;
        locations[value] = new Location.Known();
    }

    /** A tensor of this type at this place. */
    void learn(int value, TensorType type, Place place) {
        types[value] = type;
        locations[value] = new Location.InMemory(place);
    }

    /** A string tensor, or a tensor that only Java steps use. */
    void learnOnHeap(int value, TensorType type) {
        types[value] = type;
        locations[value] = new Location.OnHeap();
    }

    /** A sequence or an optional. */
    void learnObject(int value) {
        locations[value] = new Location.OnHeap();
    }

    boolean available(int value) {
        return value == NumberedGraph.ABSENT || locations[value] != null;
    }

    boolean isTensor(int value) {
        return types[value] != null;
    }
}
