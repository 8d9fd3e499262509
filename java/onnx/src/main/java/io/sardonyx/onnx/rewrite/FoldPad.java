package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.AveragePool;
import io.sardonyx.op.Conv;
import io.sardonyx.op.LpPool;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Pad;
import io.sardonyx.op.Window;
import io.sardonyx.op.Window.AutoPad;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.LongStream;

/**
 * A Pad with zeros along spatial axes goes into the pads of the Conv, AveragePool or LpPool behind it that alone uses it. An
 * AveragePool must count its padding, as it counts Pad's zeros, or have none yet.
 */
final class FoldPad implements Rewrite {
    private static final int BATCH_AND_CHANNEL = 2;

    @Override
    public void apply(Graph graph) {
        Match match = new Match(graph);
        for (Node node : graph.nodes()) {
            if (node.operator() instanceof Pad pad && addsZeros(match, node, pad)) {
                match.onlyUser(node.output(0)).ifPresent(user -> fold(match, node, pad, user));
            }
        }
    }

    private static boolean addsZeros(Match match, Node node, Pad pad) {
        return pad.mode() == Pad.Mode.CONSTANT
                && (node.hasInput(2) ? match.scalar(node.input(2)).equals(OptionalDouble.of(0)) : pad.value() == 0);
    }

    private static void fold(Match match, Node node, Pad pad, Node user) {
        Optional<Window> window = window(user.operator());
        if (window.isEmpty()
                || !user.input(0).equals(node.output(0))
                || user.inputs().lastIndexOf(node.output(0)) > 0) {
            return;
        }
        Optional<long[]> added = spatialPads(match, node, pad, rank(match, user, window.get()));
        if (added.isEmpty()) {
            return;
        }
        Optional<Window> padded = plus(window.get(), added.get());
        if (padded.isEmpty()) {
            return;
        }
        List<String> inputs = new ArrayList<>(user.inputs());
        inputs.set(0, node.input(0));
        match.graph().remove(node);
        match.graph().replace(user, Node.of(user.name(), with(user.operator(), padded.get()), inputs, user.outputs()));
    }

    /** Where more padding is as good as zeros; with {@code ceil_mode} it is not, as a window may begin in zeros, not in padding. */
    private static Optional<Window> window(Operator operator) {
        if (operator instanceof Conv conv) {
            return Optional.of(conv.window());
        } else if (operator instanceof LpPool pool) {
            return Optional.of(pool.window()).filter(w -> !w.ceil());
        } else if (operator instanceof AveragePool pool) {
            boolean unpadded = pool.window().autoPad() == AutoPad.VALID
                    || pool.window().autoPad() == AutoPad.NOTSET
                            && pool.window().pads().stream().allMatch(p -> p == 0);
            return Optional.of(pool.window()).filter(w -> !w.ceil() && (pool.countIncludePad() || unpadded));
        }
        return Optional.empty();
    }

    private static Operator with(Operator operator, Window window) {
        if (operator instanceof Conv conv) {
            return new Conv(conv.group(), window);
        } else if (operator instanceof LpPool pool) {
            return new LpPool(window, pool.p());
        }
        return new AveragePool(window, true);
    }

    /** Of the input; 0 if nothing tells it. */
    private static int rank(Match match, Node user, Window window) {
        if (!window.kernel().isEmpty()) {
            return window.kernel().size() + BATCH_AND_CHANNEL;
        }
        return match.constant(user.input(1)).map(w -> w.shape().rank()).orElse(0);
    }

    /** Begins and ends of the spatial axes; empty unless they are known, not negative, and no other axis is padded. */
    private static Optional<long[]> spatialPads(Match match, Node node, Pad pad, int rank) {
        Optional<long[]> listed = pad.pads()
                .map(list -> list.stream().mapToLong(p -> p).toArray())
                .or(() -> integers(match, node.input(1)));
        Optional<long[]> axes = node.hasInput(3)
                ? integers(match, node.input(3))
                : Optional.of(LongStream.range(0, rank).toArray());
        if (listed.isEmpty()
                || axes.isEmpty()
                || listed.get().length != 2 * axes.get().length
                || LongStream.of(axes.get())
                                .map(a -> a < 0 ? a + rank : a)
                                .distinct()
                                .count()
                        != axes.get().length) {
            return Optional.empty();
        }
        int spatial = rank - BATCH_AND_CHANNEL;
        long[] pads = new long[Math.max(0, 2 * spatial)];
        for (int i = 0; i < listed.get().length; i++) {
            long axis = axes.get()[i % axes.get().length];
            int at = (int) (axis < 0 ? axis + rank : axis) - BATCH_AND_CHANNEL;
            long p = listed.get()[i];
            if (p < 0 || p > Integer.MAX_VALUE || at >= spatial || at < 0 && p > 0) {
                return Optional.empty();
            }
            if (at >= 0) {
                pads[at + (i < axes.get().length ? 0 : spatial)] = p;
            }
        }
        return Optional.of(pads);
    }

    private static Optional<long[]> integers(Match match, String value) {
        return match.constant(value)
                .filter(t -> t.dtype() == DType.INT64 || t.dtype() == DType.INT32)
                .map(HostTensor::toLongs);
    }

    /** Empty where the window's own pads depend on the input's size, or are wrong. */
    private static Optional<Window> plus(Window window, long[] added) {
        boolean explicit = window.autoPad() == AutoPad.NOTSET && !window.pads().isEmpty();
        boolean wrong = explicit
                && (window.pads().size() != added.length
                        || window.pads().stream().anyMatch(p -> p < 0 || p > Integer.MAX_VALUE));
        if (wrong || window.autoPad() != AutoPad.NOTSET && window.autoPad() != AutoPad.VALID) {
            return Optional.empty();
        }
        long[] pads = added.clone();
        for (int i = 0; explicit && i < pads.length; i++) {
            pads[i] += window.pads().get(i);
        }
        return Optional.of(window.withAutoPad(AutoPad.NOTSET).withPads(pads));
    }
}
