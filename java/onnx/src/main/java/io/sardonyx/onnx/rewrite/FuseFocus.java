package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Concat;
import io.sardonyx.op.Conv;
import io.sardonyx.op.Slice;
import io.sardonyx.op.Window;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The "focus" that YOLO's networks begin with: every second row and column of an image, from each of the four corners, side by side as
 * channels, then a convolution. That is a convolution of the image itself with a kernel of twice the size, in twice the steps.
 */
final class FuseFocus implements Rewrite {
    private static final int CORNERS = 4;

    /** A value that is every second row and column of another, from this corner on; -1: all of them. */
    private record Corner(String of, long row, long column) {}

    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        List<AssumedTypes> types = new ArrayList<>();
        for (Node concat : graph.nodes()) {
            if (!(concat.operator() instanceof Concat c)
                    || c.axis() != 1
                    || concat.inputs().size() != CORNERS
                    || match.producer(concat.input(0), "Slice").isEmpty()) {
                continue;
            }
            if (types.isEmpty()) {
                types.addAll(AssumedTypes.of(graph));
            }
            match.onlyUser(concat.output(0))
                    .filter(conv ->
                            conv.operator() instanceof Conv && conv.input(0).equals(concat.output(0)))
                    .ifPresent(conv -> fuse(match, types, concat, conv));
        }
    }

    private static void fuse(Match match, List<AssumedTypes> types, Node concat, Node node) {
        List<Corner> corners = concat.inputs().stream()
                .flatMap(value -> corner(match, types, value).stream())
                .toList();
        Optional<HostTensor> w = match.constant(node.input(1));
        Conv conv = (Conv) node.operator();
        if (corners.size() != CORNERS
                || corners.stream().anyMatch(c -> c.row < 0 || c.column < 0)
                || corners.stream().distinct().count() != CORNERS
                || corners.stream().map(Corner::of).distinct().count() != 1
                || w.isEmpty()
                || w.get().dtype() != DType.FLOAT32
                || !isSimple(conv, w.get().shape())
                || !isEven(types, corners.get(0).of)) {
            return;
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, corners.get(0).of);
        inputs.set(1, match.graph().addConstant(node.input(1) + "_focus", spread(w.get(), corners)));
        match.graph().remove(concat);
        match.graph()
                .replace(
                        node,
                        Node.of(
                                node.name(),
                                new Conv(1, doubled(conv.window(), w.get().shape())),
                                inputs,
                                node.outputs()));
    }

    /** Follows Slices back, whose starts, ends, axes and steps are constant. */
    private static Optional<Corner> corner(Match match, List<AssumedTypes> types, String value) {
        Corner found = new Corner(value, -1, -1);
        for (Optional<Node> slice = match.producer(value, "Slice");
                slice.isPresent() && (found.row < 0 || found.column < 0);
                slice = match.producer(found.of, "Slice")) {
            Optional<Corner> next = step(match, types, slice.get(), found);
            if (next.isEmpty()) {
                break;
            }
            found = next.get();
        }
        return Optional.of(found);
    }

    private static Optional<Corner> step(Match match, List<AssumedTypes> types, Node node, Corner found) {
        if (!(node.operator() instanceof Slice slice) || slice.starts().isPresent()) {
            return Optional.empty();
        }
        List<HostTensor> given = Stream.of(1, 2, 3, 4)
                .flatMap(i -> match.constant(node.input(i)).stream())
                .toList();
        if (given.size() != 4
                || given.stream().anyMatch(g -> g.size() != given.get(0).size())) {
            return Optional.empty();
        }
        Corner corner = new Corner(node.input(0), found.row, found.column);
        for (int i = 0; i < given.get(0).size(); i++) {
            long start = given.get(0).getLong(i);
            long end = given.get(1).getLong(i);
            long axis = given.get(2).getLong(i);
            boolean all = (axis == 2 || axis == 3)
                    && types.stream().allMatch(t -> t.of(node.input(0))
                            .filter(x ->
                                    x.shape().rank() == 4 && end >= x.shape().size((int) axis))
                            .isPresent());
            if ((start != 0 && start != 1) || !all || given.get(3).getLong(i) != 2) {
                return Optional.empty();
            } else if (axis == 2 && corner.row < 0) {
                corner = new Corner(corner.of, start, corner.column);
            } else if (axis == 3 && corner.column < 0) {
                corner = new Corner(corner.of, corner.row, start);
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(corner);
    }

    private static boolean isSimple(Conv conv, Shape w) {
        Window window = conv.window();
        return conv.group() == 1
                && w.rank() == 4
                && w.size(1) % CORNERS == 0
                && window.autoPad() == Window.AutoPad.NOTSET
                && (window.kernel().isEmpty() || window.kernel().equals(List.of(w.size(2), w.size(3))))
                && window.dilations().stream().allMatch(d -> d == 1)
                && Stream.concat(window.strides().stream(), window.pads().stream())
                        .allMatch(v -> v >= 0 && v < Integer.MAX_VALUE);
    }

    private static boolean isEven(List<AssumedTypes> types, String image) {
        return types.stream().allMatch(t -> t.of(image)
                .filter(x -> x.shape().rank() == 4
                        && x.shape().size(2) % 2 == 0
                        && x.shape().size(3) % 2 == 0)
                .isPresent());
    }

    private static Window doubled(Window window, Shape w) {
        long[] strides = window.strides().isEmpty()
                ? new long[] {2, 2}
                : window.strides().stream().mapToLong(s -> 2 * s).toArray();
        return Window.of(2 * w.size(2), 2 * w.size(3))
                .withStrides(strides)
                .withPads(window.pads().stream().mapToLong(p -> 2 * p).toArray());
    }

    /** w [M, corners · C, k, l] as [M, C, 2 k, 2 l]: each tap is four, one for each corner. */
    private static HostTensor spread(HostTensor w, List<Corner> corners) {
        Shape from = w.shape();
        Shape to = Shape.of(from.size(0), from.size(1) / CORNERS, 2 * from.size(2), 2 * from.size(3));
        HostTensor result = HostTensor.allocate(w.type().with(to));
        int channels = (int) to.size(1);
        int rows = (int) from.size(2);
        int columns = (int) from.size(3);
        for (int i = 0; i < w.size(); i++) {
            int column = i % columns;
            int row = i / columns % rows;
            int channel = i / columns / rows % (CORNERS * channels);
            int filter = i / columns / rows / (CORNERS * channels);
            Corner corner = corners.get(channel / channels);
            int plane = filter * channels + channel % channels;
            long at = (plane * 2L * rows + 2L * row + corner.row) * 2 * columns + 2L * column + corner.column;
            result.copy((int) at, w, i);
        }
        return result;
    }
}
