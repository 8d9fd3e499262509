package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Graph;
import io.sardonyx.onnx.graph.Node;
import io.sardonyx.onnx.rewrite.ArrangedValues.Arranged;
import io.sardonyx.op.AveragePool;
import io.sardonyx.op.BatchNormalization;
import io.sardonyx.op.ChannelBlocks;
import io.sardonyx.op.ChannelShuffle;
import io.sardonyx.op.Concat;
import io.sardonyx.op.GlobalAveragePool;
import io.sardonyx.op.GlobalMaxPool;
import io.sardonyx.op.MaxPool;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Pad;
import io.sardonyx.op.ReduceMax;
import io.sardonyx.op.ReduceMean;
import io.sardonyx.op.Resize;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.op.Upsample;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How nodes that are no convolutions go on with values in another order. */
final class ArrangedForms {
    private final Graph graph;
    private final ChannelOrder order;
    private final ArrangedValues values;

    ArrangedForms(Graph graph, ChannelOrder order, ArrangedValues values) {
        this.graph = graph;
        this.order = order;
        this.values = values;
    }

    /** Lets {@code node} work in the other order, if its inputs are at hand in it and it can. */
    boolean arrange(Node node) {
        if (!(node.operator() instanceof TensorOperator operator)
                || node.inputs().stream().noneMatch(v -> values.of(v).isPresent())) {
            return false;
        }
        if (operator.elementwise()) {
            return elementwise(node);
        }
        Optional<Arranged> x = values.of(node.input(0));
        if (operator instanceof Concat concat) {
            return concat(node, concat);
        } else if (x.isEmpty() || hasSecondOutput(node)) {
            return false;
        } else if (operator instanceof MaxPool pool) {
            return put(node, x.get(), order.pool(true, pool.window(), false));
        } else if (operator instanceof AveragePool pool) {
            return put(node, x.get(), order.pool(false, pool.window(), pool.countIncludePad()));
        } else if (operator instanceof GlobalAveragePool) {
            return put(node, x.get(), new ReduceMean(order.spatial(x.get().rank()), true, false));
        } else if (operator instanceof GlobalMaxPool) {
            return put(node, x.get(), new ReduceMax(order.spatial(x.get().rank()), true, false));
        } else if (operator instanceof ReduceMean mean && mean.keepDims() && isSpatial(node, mean.axes(), x.get())) {
            return put(node, x.get(), new ReduceMean(order.spatial(x.get().rank()), true, false));
        } else if (operator instanceof BatchNormalization norm && !norm.training()) {
            return Scaling.of(graph, node, norm, x.get())
                    .map(scaling -> scaling.put(order, values, x.get()))
                    .orElse(false);
        } else if (operator instanceof ChannelShuffle shuffle && shuffle.axis() == 1) {
            return put(node, x.get(), order.shuffle(shuffle.group(), x.get().channels()));
        } else if (operator instanceof Resize resize && resize.axes().isEmpty()) {
            return resize(node, resize, x.get());
        } else if (operator instanceof Upsample upsample) {
            return resize(node, upsample.resize(), x.get());
        } else if (operator instanceof Pad pad && !node.hasInput(3)) {
            return pad(node, pad, x.get());
        }
        return false;
    }

    private static boolean hasSecondOutput(Node node) {
        return node.outputs().stream().skip(1).anyMatch(v -> !v.isEmpty());
    }

    /** Puts an operator, with x and perhaps constants as inputs, in the place of {@code node}. */
    private boolean put(Node node, Arranged x, Operator operator, String... constants) {
        List<String> inputs = new ArrayList<>(List.of(x.name()));
        inputs.addAll(List.of(constants));
        return put(node, inputs, operator, x.channels(), x.rank());
    }

    private boolean put(Node node, List<String> inputs, Operator operator, long channels, int rank) {
        graph.remove(node);
        graph.add(Node.of(node.name(), operator, inputs, List.of(values.define(node.output(0), channels, rank))));
        return true;
    }

    private boolean elementwise(Node node) {
        Arranged x = node.inputs().stream()
                .flatMap(v -> values.of(v).stream())
                .max((a, b) -> Integer.compare(a.rank(), b.rank()))
                .orElseThrow();
        List<String> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
            Optional<String> operand = input.isEmpty()
                    ? Optional.of(input)
                    : values.of(input)
                            .filter(b -> b.channels() == x.channels() && b.rank() == x.rank())
                            .map(Arranged::name)
                            .or(() -> values.constant(input, x));
            if (operand.isEmpty()) {
                return false;
            }
            inputs.add(operand.get());
        }
        return put(node, inputs, node.operator(), x.channels(), x.rank());
    }

    /** Along channels, where what is behind an input begins at a place of its own. */
    private boolean concat(Node node, Concat concat) {
        List<String> inputs = new ArrayList<>();
        long channels = 0;
        int rank = 0;
        for (String input : node.inputs()) {
            Optional<Arranged> x = values.of(input);
            if (x.isEmpty()
                    || !order.joins(channels)
                    || (rank > 0 && rank != x.get().rank())) {
                return false;
            }
            inputs.add(x.get().name());
            channels += x.get().channels();
            rank = x.get().rank();
        }
        return (concat.axis() == 1 || concat.axis() == 1 - rank)
                && put(node, inputs, new Concat(order.channelAxis(rank)), channels, rank);
    }

    /** Whether a reduction, by its attribute or its constant second input, is along all spatial axes and no other. */
    private boolean isSpatial(Node node, List<Long> attribute, Arranged x) {
        HostTensor input = graph.initializers().get(node.input(1));
        if (node.hasInput(1) && input == null) {
            return false;
        }
        LongStream axes = node.hasInput(1)
                ? LongStream.range(0, input.size()).map(i -> input.getLong((int) i))
                : attribute.stream().mapToLong(a -> a);
        return axes.map(a -> a < 0 ? a + x.rank() : a)
                .sorted()
                .boxed()
                .toList()
                .equals(LongStream.range(2, x.rank()).boxed().toList());
    }

    /** By constant scales or sizes, which leave the channels alone. */
    private boolean resize(Node node, Resize resize, Arranged x) {
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, x.name());
        for (int i = 1; i < inputs.size(); i++) {
            if (!node.hasInput(i)) {
                continue;
            }
            HostTensor given = graph.initializers().get(node.input(i));
            if (given != null && given.size() == 0) {
                continue;
            }
            boolean scales = i == resize.scalesInput();
            if (given == null
                    || given.size() != x.rank()
                    || (!scales && i != 3)
                    || given.getDouble(1) != (scales ? 1 : x.channels())) {
                return false;
            }
            List<Double> plain =
                    IntStream.range(0, x.rank()).mapToObj(given::getDouble).toList();
            inputs.set(
                    i,
                    constant(
                            node.input(i),
                            given.dtype(),
                            scales
                                    ? order.perAxis(plain, 1.0, 1.0)
                                    : order.perAxis(plain, (double) ChannelBlocks.count(x.channels()), (double)
                                            ChannelBlocks.SIZE)));
        }
        return resize.fixedScales().isEmpty() && put(node, inputs, resize, x.channels(), x.rank());
    }

    /** By constant pads, none of them along the channels. */
    private boolean pad(Node node, Pad pad, Arranged x) {
        HostTensor input = graph.initializers().get(node.input(1));
        if (node.hasInput(1) == pad.pads().isPresent() || node.hasInput(1) && input == null) {
            return false;
        }
        List<Long> pads = pad.pads().orElseGet(() -> LongStream.range(0, input.size())
                .map(i -> input.getLong((int) i))
                .boxed()
                .toList());
        if (pads.size() != 2 * x.rank()
                || pads.get(1) != 0
                || pads.get(1 + x.rank()) != 0
                || (node.hasInput(2) && !graph.initializers().containsKey(node.input(2)))) {
            return false;
        }
        List<Long> arranged = new ArrayList<>(order.perAxis(pads.subList(0, x.rank()), 0L, 0L));
        arranged.addAll(order.perAxis(pads.subList(x.rank(), 2 * x.rank()), 0L, 0L));
        if (pad.pads().isPresent()) {
            return put(node, x, new Pad(pad.mode(), Optional.of(arranged), pad.value()));
        }
        String constant = constant(
                node.input(1),
                input.dtype(),
                arranged.stream().map(Long::doubleValue).toList());
        List<String> inputs = new ArrayList<>(List.of(x.name(), constant));
        if (node.hasInput(2)) {
            inputs.add(node.input(2));
        }
        return put(node, inputs, pad, x.channels(), x.rank());
    }

    private String constant(String base, DType dtype, List<Double> values) {
        double[] numbers = values.stream().mapToDouble(v -> v).toArray();
        return graph.addConstant(base, HostTensor.of(dtype, Shape.of(numbers.length), numbers));
    }
}
