package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.ChannelShuffle;
import io.sardonyx.op.Transpose;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Reshape [N, C, …] to [N, groups, C / groups, …], Transpose of the groups, Reshape back becomes ChannelShuffle. */
final class FuseChannelShuffle implements Rewrite {
    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        List<AssumedTypes> types = new ArrayList<>();
        for (Node transpose : graph.nodes()) {
            if (!graph.contains(transpose) || !(transpose.operator() instanceof Transpose t) || !swapsGroups(t)) {
                continue;
            }
            Optional<Node> apart = match.producer(transpose.input(0), "Reshape")
                    .filter(node -> match.onlyFor(node.output(0), transpose));
            Optional<Node> together = match.onlyUser(transpose.output(0), "Reshape");
            if (apart.isEmpty() || together.isEmpty()) {
                continue;
            }
            if (types.isEmpty()) {
                types.addAll(AssumedTypes.of(graph));
            }
            fuse(match, types, apart.get(), transpose, together.get());
        }
    }

    private static boolean swapsGroups(Transpose transpose) {
        List<Long> axes = transpose.permutation().orElse(List.of());
        return axes.size() >= 3
                && axes.get(1) == 2
                && axes.get(2) == 1
                && LongStream.range(0, axes.size()).filter(i -> i < 1 || i > 2).allMatch(i -> axes.get((int) i) == i);
    }

    private static void fuse(Match match, List<AssumedTypes> types, Node apart, Node transpose, Node together) {
        String x = apart.input(0);
        Optional<HostTensor> split = match.constant(apart.input(1));
        boolean shuffles = split.isPresent()
                && types.stream().allMatch(t -> shuffles(t.of(x), split.get(), t.of(together.output(0))));
        if (!shuffles) {
            return;
        }
        match.graph().remove(apart);
        match.graph().remove(transpose);
        match.graph()
                .replace(
                        together,
                        Node.of(
                                together.name(),
                                new ChannelShuffle(split.get().getLong(1), 1),
                                List.of(x),
                                together.outputs()));
    }

    /** Whether the first Reshape cuts nothing but x's channels, and the last one brings x's shape back, whatever sizes are open. */
    private static boolean shuffles(Optional<TensorType> x, HostTensor split, Optional<TensorType> y) {
        if (x.isEmpty()
                || !x.equals(y)
                || x.get().shape().rank() < 2
                || split.size() != x.get().shape().rank() + 1) {
            return false;
        }
        Shape shape = x.get().shape();
        long[] cut = LongStream.range(0, split.size())
                .map(i -> split.getLong((int) i))
                .toArray();
        boolean batch = cut[0] == 0 || cut[0] == -1 || cut[0] == shape.size(0);
        return batch
                && cut[1] > 0
                && cut[1] * cut[2] == shape.size(1)
                && Arrays.equals(
                        Arrays.copyOfRange(cut, 3, cut.length),
                        shape.slice(2, shape.rank()).toArray());
    }
}
