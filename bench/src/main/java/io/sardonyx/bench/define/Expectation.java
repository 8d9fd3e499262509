package io.sardonyx.bench.define;

import io.sardonyx.bench.collective.VerificationException;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What a problem's result has to be, by the operator's reference; of a large one, at some places of each {@link Cut}: the first, the
 * last, and others by chance.
 */
public final class Expectation {
    /** Multiplications and elements that the reference does in about a second. */
    private static final double AFFORDABLE = 2e7;

    private final Problem problem;
    private final long seed;
    /** For each axis of the result, the places that are looked at. */
    private final int[][] places;

    private final HostTensor expected;

    private Expectation(Problem problem, long seed, int[][] places, HostTensor expected) {
        this.problem = problem;
        this.seed = seed;
        this.places = places;
        this.expected = expected;
    }

    /** Computes it from the problem's inputs, which came from {@code seed}. */
    public static Expectation of(Problem problem, List<HostTensor> inputs, long seed) {
        Shape shape = problem.output().shape();
        int[][] places = new int[shape.rank()][];
        for (int axis = 0; axis < places.length; axis++) {
            places[axis] = IntStream.range(0, (int) shape.size(axis)).toArray();
        }
        double cost = Math.max(problem.flops(), shape.elements());
        double part = Math.min(1, AFFORDABLE / cost);
        List<HostTensor> parts = new ArrayList<>(inputs);
        Random random = new Random(seed);
        List<Cut> cuts = problem.cuts().stream()
                .sorted(Comparator.comparing(cut -> places[cut.outputAxis()].length))
                .toList();
        for (int i = 0; i < cuts.size(); i++) { // what a short axis cannot give, the longer ones do
            Cut cut = cuts.get(i);
            int size = places[cut.outputAxis()].length;
            int count = (int) Math.ceil(size * Math.pow(part, 1.0 / (cuts.size() - i)));
            part = Math.min(1, part * size / count);
            int[] some = some(size, count, random);
            places[cut.outputAxis()] = some;
            cut.inputAxes().forEach((input, axis) -> parts.set(input, part(parts.get(input), axis, some)));
        }
        TensorOperator operator = problem.node().operator();
        Inputs given = Inputs.of(parts.toArray(HostTensor[]::new));
        HostTensor expected = HostTensor.allocate(operator.infer(given.types(1)).get(0));
        operator.reference(given, List.of(expected));
        return new Expectation(problem, seed, places, expected);
    }

    /** Ascending, both ends among them. */
    private static int[] some(int size, int count, Random random) {
        return count >= size
                ? IntStream.range(0, size).toArray()
                : IntStream.concat(IntStream.of(0, size - 1), random.ints(count, 0, size))
                        .distinct()
                        .sorted()
                        .toArray();
    }

    private static HostTensor part(HostTensor tensor, int axis, int[] places) {
        Shape shape = tensor.shape();
        if (places.length == shape.size(axis)) {
            return tensor;
        }
        HostTensor part = HostTensor.allocate(tensor.type().with(shape.with(axis, places.length)));
        int run = (int) shape.elements(axis + 1, shape.rank());
        int outer = (int) shape.elements(0, axis);
        for (int o = 0; o < outer; o++) {
            for (int p = 0; p < places.length; p++) {
                int from = (int) (o * shape.size(axis) + places[p]) * run;
                part.copy((o * places.length + p) * run, tensor, from, run);
            }
        }
        return part;
    }

    /**
     * Compares a result, whole or in part.
     *
     * @throws VerificationException if it is wrong, with the worst element and the seed
     */
    public void check(String contender, HostTensor actual) {
        if (!actual.type().equals(problem.output())) {
            throw new VerificationException(
                    contender + ", " + problem + ": expected " + problem.output() + ", given " + actual.type());
        }
        int wrong = 0;
        int worst = -1;
        double worstExcess = 0;
        Tolerance tolerance = problem.tolerance();
        for (int i = 0; i < expected.size(); i++) {
            double e = expected.getDouble(i);
            double a = actual.getDouble(place(i));
            if (!tolerance.accepts(a, e)) {
                wrong++;
                double excess = Math.abs(a - e) / (tolerance.absolute() + tolerance.relative() * Math.abs(e));
                if (worst < 0 || !(excess <= worstExcess)) {
                    worst = i;
                    worstExcess = Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
                }
            }
        }
        if (wrong > 0) {
            throw new VerificationException(contender + ", " + problem + ": " + wrong + " of " + expected.size()
                    + " elements looked at are wrong; the worst at " + Arrays.toString(index(worst)) + ": expected "
                    + expected.getDouble(worst) + " within " + tolerance + ", given " + actual.getDouble(place(worst))
                    + "; --seed " + seed + " repeats it; no time is given");
        }
    }

    /** Where element {@code i} of what is expected lies in the whole result. */
    private int place(int i) {
        long place = 0;
        int[] index = index(i);
        for (int axis = 0; axis < index.length; axis++) {
            place = place * problem.output().shape().size(axis) + index[axis];
        }
        return Math.toIntExact(place);
    }

    private int[] index(int i) {
        int[] index = new int[places.length];
        for (int axis = places.length - 1; axis >= 0; axis--) {
            index[axis] = places[axis][i % places[axis].length];
            i /= places[axis].length;
        }
        return index;
    }
}
