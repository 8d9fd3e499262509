package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The different elements of x as a vector, or the different slices along an axis. Outputs: them; where each occurs first; for each
 * element (slice) of x which it is; how often each occurs. In ascending order ({@code sorted}), or in the order of first
 * occurrence. NaN equals NaN and is the largest.
 *
 * <p>ONNX Unique, opset 11.
 */
public record Unique(OptionalLong axis, boolean sorted) implements DynamicOperator {
    static Unique read(Attributes attributes) {
        return new Unique(
                attributes.has("axis") ? OptionalLong.of(attributes.getInt("axis")) : OptionalLong.empty(),
                attributes.getFlag("sorted", true));
    }

    @Override
    public List<HostTensor> evaluate(Values in, Evaluation evaluation) {
        HostTensor x = in.tensor(0);
        AxisFold fold = axis.isPresent() ? AxisFold.of(x.shape(), axis.getAsLong()) : new AxisFold(1, x.size(), 1);
        TreeMap<Integer, List<Integer>> occurrences = new TreeMap<>((a, b) -> compare(x, fold, a, b));
        for (int slice = 0; slice < fold.length(); slice++) {
            occurrences.computeIfAbsent(slice, s -> new ArrayList<>()).add(slice);
        }
        List<List<Integer>> groups = new ArrayList<>(occurrences.values());
        if (!sorted) {
            groups.sort(Comparator.comparing(group -> group.get(0)));
        }
        long[] inverse = new long[fold.length()];
        for (int g = 0; g < groups.size(); g++) {
            for (int slice : groups.get(g)) {
                inverse[slice] = g;
            }
        }
        long[] first = groups.stream().mapToLong(group -> group.get(0)).toArray();
        long[] counts = groups.stream().mapToLong(List::size).toArray();
        return List.of(pick(x, fold, first), vector(first), vector(inverse), vector(counts));
    }

    private static HostTensor vector(long[] values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static int compare(HostTensor x, AxisFold fold, int a, int b) {
        for (int lane = 0; lane < fold.lanes(); lane++) {
            int start = fold.start(lane);
            int order = Ordering.compare(x, start + a * fold.step(), start + b * fold.step());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private HostTensor pick(HostTensor x, AxisFold fold, long[] slices) {
        Shape shape = axis.isPresent()
                ? x.shape().with(x.shape().axis(axis.getAsLong()), slices.length)
                : Shape.of(slices.length);
        HostTensor y = HostTensor.allocate(x.type().with(shape));
        for (int lane = 0; lane < fold.lanes(); lane++) {
            for (int k = 0; k < slices.length; k++) {
                int to = lane / fold.step() * slices.length * fold.step() + lane % fold.step() + k * fold.step();
                y.copy(to, x, fold.start(lane) + (int) slices[k] * fold.step());
            }
        }
        return y;
    }
}
