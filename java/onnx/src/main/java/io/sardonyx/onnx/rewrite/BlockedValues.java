package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.BlockChannels;
import io.sardonyx.op.ChannelBlocks;
import io.sardonyx.op.UnblockChannels;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which values of a graph are at hand with their channels in {@link ChannelBlocks}, and which only so: a plain one is made of it as soon
 * as somebody asks.
 */
final class BlockedValues {
    /** A value in blocks: its name, and the channels and axes that it has outside of blocks. */
    record Blocked(String name, long channels, int rank) {}

    private final Graph graph;
    private final Map<String, Blocked> blocked = new HashMap<>();
    /** Values that nothing makes any more outside of blocks. */
    private final Map<String, Blocked> onlyBlocked = new LinkedHashMap<>();

    BlockedValues(Graph graph) {
        this.graph = graph;
    }

    Optional<Blocked> of(String value) {
        return Optional.ofNullable(blocked.get(value));
    }

    /** The value in blocks; whoever asks knows that it has so many channels and axes. */
    Blocked require(String value, long channels, int rank) {
        return blocked.computeIfAbsent(value, v -> {
            var made = new Blocked(graph.fresh(v + "_blocks"), channels, rank);
            graph.add(Node.of("block " + v, new BlockChannels(), List.of(v), List.of(made.name)));
            return made;
        });
    }

    /** A name for {@code value} in blocks, which a node that is about to be added gives instead of it. */
    String define(String value, long channels, int rank) {
        var made = new Blocked(graph.fresh(value + "_blocks"), channels, rank);
        blocked.put(value, made);
        onlyBlocked.put(value, made);
        return made.name;
    }

    /** Sees to it that there is a plain {@code value}, too. */
    void requirePlain(String value) {
        Blocked made = onlyBlocked.remove(value);
        if (made != null) {
            graph.add(Node.of(
                    "unblock " + value, new UnblockChannels(made.channels), List.of(made.name), List.of(value)));
        }
    }

    /**
     * A constant as an operand beside values in blocks: itself if it has one element, in blocks if it has one for each channel;
     * empty for any other.
     */
    Optional<String> constant(String value, Blocked beside) {
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
                ? Optional.of(graph.addConstant(value + "_blocks", perChannel(constant, beside)))
                : Optional.empty();
    }

    /** A number for each channel, in blocks. */
    private static HostTensor perChannel(HostTensor values, Blocked beside) {
        long[] ones = new long[beside.rank];
        Arrays.fill(ones, 1);
        HostTensor result = HostTensor.allocate(
                values.type().with(ChannelBlocks.blocked(Shape.of(ones).with(1, beside.channels))));
        for (int c = 0; c < values.size(); c++) {
            result.copy(c, values, c);
        }
        for (int c = values.size(); c < result.size(); c++) {
            result.copy(c, values, 0);
        }
        return result;
    }
}
