package io.sardonyx.parallel;

import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.BitCast;
import io.sardonyx.op.Concat;
import io.sardonyx.op.Gather;
import io.sardonyx.op.Gemm;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.MatMul;
import io.sardonyx.op.MicrosoftAttention;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Reshape;
import io.sardonyx.op.Slice;
import io.sardonyx.op.Softmax;
import io.sardonyx.op.Split;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.op.Transpose;
import io.sardonyx.op.Where;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** The ways in which each operator can be split, for operands of given types. What is not here is not split. */
final class SplitRules {
    private final Node node;
    private final InputTypes in;
    private final List<TensorType> out;
    private final List<Factor> factors = new ArrayList<>();

    private SplitRules(Node node, InputTypes in, List<TensorType> out) {
        this.node = node;
        this.in = in;
        this.out = out;
    }

    static List<Factor> of(Node node, InputTypes in, List<TensorType> out, int ranks) {
        var rules = new SplitRules(node, in, out);
        Operator operator = node.operator();
        if (operator instanceof MatMul) {
            rules.matMul();
        } else if (operator instanceof Gemm gemm) {
            rules.gemm(gemm);
        } else if (operator instanceof MicrosoftAttention attention) {
            rules.attention(attention, ranks);
        } else if (operator instanceof Transpose transpose) {
            rules.transpose(transpose);
        } else if (operator instanceof Split split) {
            rules.split(split);
        } else if (operator instanceof Concat concat) {
            rules.concat(concat);
        } else if (operator instanceof Softmax softmax) {
            rules.softmax(softmax);
        } else if (operator instanceof Gather gather) {
            rules.gather(gather);
        } else if (operator instanceof Slice slice) {
            rules.slice(slice);
        } else if (operator instanceof io.sardonyx.op.Shape) {
            rules.shape();
        } else if (operator instanceof Reshape reshape && reshape.shape().isPresent()) {
            return List.of(); // before opset 5
        } else if (operator instanceof TensorOperator t && t.aliases() && !(t instanceof BitCast)) {
            rules.sameElements();
        } else if (operator instanceof Where || operator instanceof TensorOperator t && t.elementwise()) {
            rules.elementwise();
        }
        return rules.factors;
    }

    private void add(Map<Integer, Layout> inputs, Map<Integer, Layout> outputs) {
        factors.add(Factor.of(node, inputs, outputs));
    }

    /** Input 0 and output 0 are cut along these axes, whatever the parts. */
    private void add(int from, int to) {
        add(Map.of(0, Layout.along(from)), Map.of(0, Layout.along(to)));
    }

    private void matMul() {
        int a = in.shape(0).rank();
        int b = in.shape(1).rank();
        int y = out.get(0).shape().rank();
        if (a < 2 || b < 2) {
            return;
        }
        add(Map.of(1, Layout.along(b - 1)), Map.of(0, Layout.along(y - 1)));
        add(a - 2, y - 2);
        factors.add(Factor.of(node, Map.of(0, Layout.along(a - 1), 1, Layout.along(b - 2)), Map.of())
                .sum());
        for (int axis = 0; axis < y - 2; axis++) {
            broadcast(2, axis);
        }
    }

    /** C is added to the whole sum. */
    private void gemm(Gemm gemm) {
        Map<Integer, Layout> columns = new HashMap<>(Map.of(1, Layout.along(gemm.transB() ? 0 : 1)));
        if (in.has(2) && in.shape(2).rank() > 0) {
            int last = in.shape(2).rank() - 1;
            if (in.shape(2).size(last) > 1) {
                columns.put(2, Layout.along(last));
            }
        }
        add(columns, Map.of(0, Layout.along(1)));
        factors.add(Factor.of(
                        node,
                        Map.of(0, Layout.along(gemm.transA() ? 0 : 1), 1, Layout.along(gemm.transB() ? 1 : 0)),
                        Map.of())
                .sum());
    }

    /** By heads. */
    private void attention(MicrosoftAttention attention, int ranks) {
        long heads = attention.heads();
        if (heads % ranks != 0 || in.has(5) && in.shape(5).rank() > 2) {
            return;
        }
        long third = in.shape(1).size(1) / 3;
        List<Long> columns = attention.sizes().isEmpty() ? List.of(third, third, third) : attention.sizes();
        Map<Integer, Layout> inputs = new HashMap<>(Map.of(1, new Layout(1, columns)));
        if (in.has(2)) {
            inputs.put(2, new Layout(0, columns));
        }
        if (in.has(4)) {
            inputs.put(4, new Layout(2, List.of(heads)));
        }
        add(inputs, Map.of(0, new Layout(2, List.of(columns.get(2))), 1, new Layout(2, List.of(heads))));
    }

    private void transpose(Transpose transpose) {
        int rank = in.shape(0).rank();
        for (int axis = 0; axis < rank; axis++) {
            int to = axis;
            add(transpose.permutation().map(p -> p.get(to).intValue()).orElse(rank - 1 - axis), axis);
        }
    }

    private void split(Split split) {
        int along = in.shape(0).axis(split.axis());
        for (int axis = 0; axis < in.shape(0).rank(); axis++) {
            Map<Integer, Layout> outputs = new HashMap<>();
            List<Long> parts = new ArrayList<>();
            for (int i = 0; i < out.size(); i++) {
                long size = out.get(i).shape().size(along);
                parts.add(size);
                outputs.put(i, axis == along ? new Layout(axis, List.of(size)) : Layout.along(axis));
            }
            add(Map.of(0, axis == along ? new Layout(axis, parts) : Layout.along(axis)), outputs);
        }
    }

    private void concat(Concat concat) {
        int rank = out.get(0).shape().rank();
        int along = out.get(0).shape().axis(concat.axis());
        for (int axis = 0; axis < rank; axis++) {
            Map<Integer, Layout> inputs = new HashMap<>();
            for (int i = 0; i < in.size() && in.shape(i).rank() == rank; i++) {
                inputs.put(i, Layout.along(axis));
            }
            if (axis != along && inputs.size() == in.size()) {
                add(inputs, Map.of(0, Layout.along(axis)));
            }
        }
    }

    private void softmax(Softmax softmax) {
        int along = in.shape(0).axis(softmax.axis());
        for (int axis = 0; axis < in.shape(0).rank(); axis++) {
            if (softmax.flatten() ? axis < along : axis != along) {
                add(axis, axis);
            }
        }
    }

    private void gather(Gather gather) {
        int along = in.shape(0).axis(gather.axis());
        for (int axis = 0; axis < in.shape(0).rank(); axis++) {
            if (axis != along) {
                add(axis, axis < along ? axis : axis + in.shape(1).rank() - 1);
            }
        }
    }

    private void slice(Slice slice) {
        Shape shape = in.shape(0);
        Optional<long[]> listed = slice.axes()
                .map(axes -> axes.stream().mapToLong(Long::longValue).toArray())
                .or(() -> in.known(3) ? Optional.of(in.value(3).toLongs()) : Optional.empty());
        if (listed.isEmpty() && in.has(3)) {
            return;
        }
        long count = slice.starts().map(starts -> (long) starts.size()).orElseGet(() -> in.shape(1)
                .elements());
        Set<Integer> sliced = new TreeSet<>();
        for (long axis : listed.orElseGet(() -> LongStream.range(0, count).toArray())) {
            sliced.add(shape.axis(axis));
        }
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (!sliced.contains(axis)) {
                add(axis, axis);
            }
        }
    }

    /** The list of sizes is that of the whole on every rank. */
    private void shape() {
        for (int axis = 0; axis < in.shape(0).rank(); axis++) {
            add(Map.of(0, Layout.along(axis)), Map.of());
        }
    }

    /** A rank's piece of an axis is its piece of another where as many elements lie before both: 384 columns are 12 heads of 32. */
    private void sameElements() {
        Shape from = in.shape(0);
        Shape to = out.get(0).shape();
        for (int a = 0; a < from.rank(); a++) {
            for (int b = 0; b < to.rank(); b++) {
                if (from.size(a) > 1 && to.size(b) > 1 && from.elements(0, a) == to.elements(0, b)) {
                    if (from.size(a) == to.size(b)) {
                        add(a, b);
                    } else {
                        add(
                                Map.of(0, new Layout(a, List.of(from.size(a)))),
                                Map.of(0, new Layout(b, List.of(to.size(b)))));
                    }
                }
            }
        }
    }

    private void elementwise() {
        for (int axis = 0; axis < out.get(0).shape().rank(); axis++) {
            broadcast(in.size(), axis);
        }
    }

    /** The first {@code count} inputs stretch to the output, whose {@code axis} is cut. */
    private void broadcast(int count, int axis) {
        Map<Integer, Layout> inputs = new HashMap<>();
        int rank = out.get(0).shape().rank();
        for (int i = 0; i < count; i++) {
            if (in.has(i)) {
                int own = axis - (rank - in.shape(i).rank());
                if (own >= 0 && in.shape(i).size(own) != 1) {
                    inputs.put(i, Layout.along(own));
                }
            }
        }
        add(inputs, Map.of(0, Layout.along(axis)));
    }
}
