package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What LSTM, GRU and RNN have in common: attributes, checks, types, and the loop over directions, sequences and steps.
 *
 * <p>Inputs: x [steps, batch, inputs], W [directions, gates · hidden, inputs], R [directions, gates · hidden, hidden], B
 * [directions, 2 · gates · hidden] (Wb, then Rb), the sequences' lengths [batch], and the initial state h [directions, batch,
 * hidden]. Outputs: y [steps, directions, batch, hidden], zero behind a sequence's end, and the last state. With {@code
 * batchFirst} x, y and the states have their batch axis in front.
 *
 * @param activations those of the first direction, then those of the second
 * @param clip bounds the argument of every activation; infinity for none
 */
public record Recurrence(Direction direction, List<CellActivation> activations, float clip, boolean batchFirst) {
    static final int X = 0;
    static final int W = 1;
    static final int R = 2;
    static final int B = 3;
    static final int LENGTHS = 4;
    static final int INITIAL_H = 5;
    static final int INITIAL_C = 6;
    static final int PEEPHOLES = 7;

    /** As large a state as fits into the shared memory of every GPU, with what goes beside it. */
    private static final long LARGEST_STATE = 8192;

    /** About as many products of W and x are kept at a time: 64 MiB. */
    private static final long MOST_SUMS = 1 << 24;

    /** In which direction, or both, a sequence is read. */
    public enum Direction {
        FORWARD,
        REVERSE,
        BIDIRECTIONAL;

        int count() {
            return this == BIDIRECTIONAL ? 2 : 1;
        }

        boolean reverse(int d) {
            return this == REVERSE || d == 1;
        }
    }

    /** One direction of a cell, weights included. */
    interface Cell {
        /**
         * One step.
         *
         * @param x W·x + Wb, gate by gate
         * @param h the state, which is replaced by the next one
         * @param c the second state of an LSTM
         */
        void step(double[] x, double[] h, double[] c);
    }

    /** The sizes that a node's inputs have. */
    record Sizes(int steps, int batch, int inputs, int hidden) {}

    static Recurrence read(String operator, Attributes attributes, CellActivation... defaults) {
        String name = attributes.getString("direction", "forward").toUpperCase(Locale.ROOT);
        Direction direction;
        try {
            direction = Direction.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    operator + ": direction: expected forward, reverse or bidirectional, given " + name, e);
        }
        float clip = attributes.getFloat("clip", 0);
        return new Recurrence(
                direction,
                CellActivation.read(operator, attributes, direction.count(), defaults),
                clip > 0 ? clip : Float.POSITIVE_INFINITY,
                attributes.getFlag("layout", false));
    }

    CellActivation activation(int d, int i) {
        return activations.get(d * (activations.size() / direction.count()) + i);
    }

    double activate(int d, int i, double x) {
        return activation(d, i).apply(Double.isNaN(x) ? x : Math.max(-clip, Math.min(clip, x)));
    }

    /** The types of y, the last h, and the last c, as many as the node has outputs. */
    List<TensorType> infer(String operator, InputTypes in, int gates) {
        if (!in.dtype(X).isFloat() || in.shape(X).rank() != 3 || in.shape(R).rank() != 3) {
            throw new IllegalArgumentException(operator + ": expected x and R of three axes and a float type, given "
                    + in.get(X) + " and " + in.get(R));
        }
        Sizes sizes = sizes(in.shape(X), in.shape(R));
        long d = direction.count();
        long hidden = sizes.hidden;
        Shape state = state(sizes);
        require(operator, in, W, "W", Shape.of(d, Math.multiplyExact(gates, hidden), sizes.inputs));
        require(operator, in, R, "R", Shape.of(d, Math.multiplyExact(gates, hidden), hidden));
        require(operator, in, B, "B", Shape.of(d, Math.multiplyExact(2L * gates, hidden)));
        require(operator, in, INITIAL_H, "initial_h", state);
        require(operator, in, INITIAL_C, "initial_c", state);
        require(operator, in, PEEPHOLES, "P", Shape.of(d, Math.multiplyExact(3, hidden)));
        if (in.has(LENGTHS) && !in.shape(LENGTHS).equals(Shape.of(sizes.batch))) {
            throw new IllegalArgumentException(
                    operator + ": sequence_lens: expected " + sizes.batch + " lengths, given " + in.get(LENGTHS));
        }
        DType dtype = in.dtype(X);
        Shape y = batchFirst
                ? Shape.of(sizes.batch, sizes.steps, d, hidden)
                : Shape.of(sizes.steps, d, sizes.batch, hidden);
        List<TensorType> types = new ArrayList<>();
        for (int i = 0; i < in.outputs(); i++) {
            types.add(new TensorType(dtype, i == 0 ? y : state));
        }
        return types;
    }

    private static void require(String operator, InputTypes in, int i, String what, Shape shape) {
        if (in.has(i) && !(in.shape(i).equals(shape) && in.dtype(i) == in.dtype(X))) {
            throw new IllegalArgumentException(operator + ": " + what + ": expected "
                    + new TensorType(in.dtype(X), shape) + ", given " + in.get(i));
        }
    }

    Sizes sizes(Shape x, Shape r) {
        return new Sizes(
                Math.toIntExact(x.size(batchFirst ? 1 : 0)),
                Math.toIntExact(x.size(batchFirst ? 0 : 1)),
                Math.toIntExact(x.size(2)),
                Math.toIntExact(r.size(2)));
    }

    private Shape state(Sizes sizes) {
        return batchFirst
                ? Shape.of(sizes.batch, direction.count(), sizes.hidden)
                : Shape.of(direction.count(), sizes.batch, sizes.hidden);
    }

    /** Runs {@code cells} over all sequences; a sequence of length 0 leaves its state as it is. */
    void reference(String operator, Inputs in, List<HostTensor> out, int gates, IntFunction<Cell> cells) {
        Sizes sizes = sizes(in.get(X).shape(), in.get(R).shape());
        int hidden = sizes.hidden;
        int directions = direction.count();
        out.get(0).setAll(new double[out.get(0).size()]);
        for (int d = 0; d < directions; d++) {
            Cell cell = cells.apply(d);
            double[] w = part(in, W, d);
            double[] bias = part(in, B, d);
            for (int b = 0; b < sizes.batch; b++) {
                int stateAt = (batchFirst ? b * directions + d : d * sizes.batch + b) * hidden;
                double[] h = state(in, INITIAL_H, stateAt, hidden);
                double[] c = state(in, INITIAL_C, stateAt, hidden);
                int length = length(operator, in, b, sizes.steps);
                for (int i = 0; i < length; i++) {
                    int t = direction.reverse(d) ? length - 1 - i : i;
                    double[] x = new double[sizes.inputs];
                    int xAt = (batchFirst ? b * sizes.steps + t : t * sizes.batch + b) * sizes.inputs;
                    for (int k = 0; k < sizes.inputs; k++) {
                        x[k] = in.get(X).getDouble(xAt + k);
                    }
                    cell.step(product(w, 0, gates * hidden, x, bias, 0), h, c);
                    int yAt = batchFirst
                            ? (b * sizes.steps + t) * directions + d
                            : (t * directions + d) * sizes.batch + b;
                    store(out, 0, yAt * hidden, h);
                }
                store(out, 1, stateAt, h);
                store(out, 2, stateAt, c);
            }
        }
    }

    private static int length(String operator, Inputs in, int b, int steps) {
        long length = in.has(LENGTHS) ? in.get(LENGTHS).getLong(b) : steps;
        if (length < 0 || length > steps) {
            throw new IllegalArgumentException(
                    operator + ": length " + length + " of sequence " + b + " is outside [0, " + steps + "]");
        }
        return (int) length;
    }

    /** What input {@code i} holds for direction {@code d}; empty if it is absent. */
    static double[] part(Inputs in, int i, int d) {
        return in.has(i) ? TensorLists.slice(in.get(i), 0, d).toDoubles() : new double[0];
    }

    private static double[] state(Inputs in, int i, int at, int hidden) {
        double[] state = new double[hidden];
        for (int k = 0; k < hidden && in.has(i); k++) {
            state[k] = in.get(i).getDouble(at + k);
        }
        return state;
    }

    private static void store(List<HostTensor> out, int i, int at, double[] values) {
        for (int k = 0; k < values.length && i < out.size(); k++) {
            out.get(i).set(at + k, values[k]);
        }
    }

    /** Rows {@code [from, from + rows)} of {@code matrix} times {@code x}, plus {@code bias}, if not empty, from {@code at} on. */
    static double[] product(double[] matrix, int from, int rows, double[] x, double[] bias, int at) {
        double[] result = new double[rows];
        for (int row = 0; row < rows; row++) {
            double sum = bias.length == 0 ? 0 : bias[at + row];
            for (int k = 0; k < x.length; k++) {
                sum += matrix[(from + row) * x.length + k] * x[k];
            }
            result[row] = sum;
        }
        return result;
    }

    /** Whether the kernels of packed weights can run a node: constant float32 weights, ONNX's default activations. */
    private boolean hasPackedKernel(InputTypes in, CellActivation... defaults) {
        for (int i = 0; i < activations.size(); i++) {
            if (!activations.get(i).equals(defaults[i % defaults.length])) {
                return false;
            }
        }
        return in.dtype(X) == DType.FLOAT32 && in.constant(W) && in.constant(R) && hasLengths(in);
    }

    private static boolean hasLengths(InputTypes in) {
        return !in.has(LENGTHS) || in.dtype(LENGTHS) == DType.INT32;
    }

    /**
     * The launch of a cell's kernel, where one can run it: that of packed weights, or one that reads W and R as they lie.
     *
     * @param split how many gates of R come before those that wait for them
     * @param variant the cell's own attribute
     * @param cellScratch floats that the cell wants for each thread
     */
    Optional<Launch> launch(
            String kernel,
            InputTypes in,
            int gates,
            int split,
            boolean variant,
            long cellScratch,
            CellActivation... defaults) {
        Optional<Launch> direct = direct(kernel, in, gates, variant);
        if (!hasPackedKernel(in, defaults)) {
            return direct;
        }
        Launch packed = packed(kernel, in, gates, split, variant, cellScratch);
        return Optional.of(direct.map(packed::otherwise).orElse(packed));
    }

    private Launch packed(String kernel, InputTypes in, int gates, int split, boolean variant, long cellScratch) {
        Sizes sizes = sizes(in.shape(X), in.shape(R));
        long hidden = sizes.hidden;
        Launch launch = Launch.of(kernel, DType.FLOAT32)
                .input(X)
                .packed(W, pack(gates, hidden, sizes.inputs, gates))
                .packed(R, pack(gates, hidden, hidden, split));
        // As in recurrent.h: biases and the sums of 32 rows, and two states of 4 sequences.
        long floats = 33 * packedColumns(gates, hidden) + 8 * paddedUnits(hidden) + cellScratch;
        return withSizes(launch, sizes)
                .param(variant ? 1 : 0)
                .param((double) clip)
                .scratchPerThread(4 * floats);
    }

    /** The kernel of any float type of at most 32 bits and any activations. */
    Optional<Launch> direct(String kernel, InputTypes in, int gates, boolean variant) {
        return direct(kernel, in, gates, variant, MOST_SUMS);
    }

    /** With about so many products of W and x at a time. */
    Optional<Launch> direct(String kernel, InputTypes in, int gates, boolean variant, long mostSums) {
        Sizes sizes = sizes(in.shape(X), in.shape(R));
        DType dtype = in.dtype(X);
        if (dtype.bits() > 32 || sizes.hidden > LARGEST_STATE || !hasLengths(in)) {
            return Optional.empty();
        }
        long sequences = (long) direction.count() * sizes.batch;
        long sums = Math.max(1, sequences * gates * sizes.hidden);
        long chunk = Math.min(sizes.steps, Math.max(1, mostSums / sums));
        Launch launch = Launch.of(kernel + "_direct", dtype).input(X).input(W).input(R);
        withSizes(launch, sizes).param(chunk).param(variant ? 1 : 0).param((double) clip);
        int functions = activations.size() / direction.count();
        for (int d = 0; d < 2; d++) {
            for (int i = 0; i < functions; i++) {
                CellActivation f = activation(Math.min(d, direction.count() - 1), i);
                launch.param(f.kind().ordinal()).param((double) f.alpha()).param((double) f.beta());
            }
        }
        return Optional.of(launch.scratch(4 * sequences * sizes.hidden * (chunk * gates + 2)));
    }

    /** The arguments behind the weights, and the parameters that all kernels have in front. */
    private Launch withSizes(Launch launch, Sizes sizes) {
        return launch.input(B)
                .input(LENGTHS)
                .input(INITIAL_H)
                .input(INITIAL_C)
                .input(PEEPHOLES)
                .output(0)
                .output(1)
                .output(2)
                .params(sizes.steps, sizes.batch, sizes.inputs, sizes.hidden, direction.count())
                .param(direction == Direction.REVERSE ? 1 : 0)
                .param(batchFirst ? 1 : 0);
    }

    private Launch.Pack pack(int gates, long hidden, long depth, int first) {
        long columns = packedColumns(first, hidden) + (first < gates ? packedColumns(gates - first, hidden) : 0);
        return new Launch.Pack(
                "recurrent.pack.f32",
                4 * direction.count() * columns * depth,
                List.of((long) direction.count(), (long) gates, hidden, depth, (long) first));
    }

    static long paddedUnits(long hidden) {
        return (hidden + 15) / 16 * 16;
    }

    static long packedColumns(int gates, long hidden) {
        return (gates * paddedUnits(hidden) + 63) / 64 * 64;
    }
}
