package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which values of a graph are at hand in another {@link ChannelOrder}, and which only so: a plain one is made of it as soon as somebody asks.
 */
final class ArrangedValues {
    /** A value in the other order: its name, and the channels and axes that the plain one has. */
    record Arranged(String name, long channels, int rank) {}

    private final Graph graph;
    private final ChannelOrder order;
    private final Map<String, Arranged> arranged = new HashMap<>();
    /** Values that nothing makes any more in plain order. */
    private final Map<String, Arranged> onlyArranged = new LinkedHashMap<>();

    ArrangedValues(Graph graph, ChannelOrder order) {
        this.graph = graph;
        this.order = order;
    }

    Optional<Arranged> of(String value) {
        return Optional.ofNullable(arranged.get(value));
    }

    /** The value in the other order; whoever asks knows that it has so many channels and axes. */
    Arranged require(String value, long channels, int rank) {
        Arranged known = arranged.get(value);
        if (known != null && known.channels == channels && known.rank == rank) {
            return known;
        }
        requirePlain(value);
        var made = new Arranged(graph.fresh(value + "_arranged"), channels, rank);
        graph.add(Node.of("arrange " + value, order.there(rank), List.of(value), List.of(made.name)));
        arranged.put(value, made);
        return made;
    }

    /** A name for {@code value} in the other order, which a node that is about to be added gives instead of it. */
    String define(String value, long channels, int rank) {
        var made = new Arranged(graph.fresh(value + "_arranged"), channels, rank);
        arranged.put(value, made);
        onlyArranged.put(value, made);
        return made.name;
    }

    /** Sees to it that there is a plain {@code value}, too. */
    void requirePlain(String value) {
        Arranged made = onlyArranged.remove(value);
        if (made != null) {
            graph.add(Node.of(
                    "put back " + value, order.back(made.channels, made.rank), List.of(made.name), List.of(value)));
        }
    }

    /**
     * A constant as an operand beside values in the other order: itself if it has one element, arranged if it has one for each channel;
     * empty for any other.
     */
    Optional<String> constant(String value, Arranged beside) {
        HostTensor constant = graph.initializers().get(value);
        if (constant == null || constant.shape().rank() > beside.rank) {
            return Optional.empty();
        }
        if (constant.size() == 1) {
            return Optional.of(value);
        }
        long[] shape = new long[beside.rank];
        Arrays.fill(shape, 1);
        int missing = beside.rank - constant.shape().rank();
        for (int i = 0; i < constant.shape().rank(); i++) {
            shape[missing + i] = constant.shape().size(i);
        }
        long[] expected = new long[beside.rank];
        Arrays.fill(expected, 1);
        expected[1] = beside.channels;
        return Arrays.equals(shape, expected)
                ? Optional.of(graph.addConstant(value + "_arranged", perChannel(constant, beside)))
                : Optional.empty();
    }

    /** A number for each channel, and any for places that have none. */
    private HostTensor perChannel(HostTensor values, Arranged beside) {
        HostTensor result =
                HostTensor.allocate(values.type().with(Shape.of(order.channelShape(beside.channels, beside.rank))));
        for (int c = 0; c < values.size(); c++) {
            result.copy(c, values, c);
        }
        for (int c = values.size(); c < result.size(); c++) {
            result.copy(c, values, 0);
        }
        return result;
    }
}
