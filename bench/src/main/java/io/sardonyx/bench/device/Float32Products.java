package io.sardonyx.bench.device;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Operators;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** A product {@code [m, k] · [k, n]} of float32 whose elements are of some kind, and the errors of kernels against float64. */
public final class Float32Products {
    /** What computes a product, and by which kernels. */
    public enum By {
        MATMUL("gemm.f32", "gemm_bf16x6.f32"),
        /** Of windows that lie one behind the other, each of which is a row of a. */
        CONVOLUTION("conv_channels_last.f32", "conv_channels_last_bf16x6.f32");

        private final String simt;
        private final String bf16x6;

        By(String simt, String bf16x6) {
            this.simt = simt;
            this.bf16x6 = bf16x6;
        }

        public String bf16x6() {
            return bf16x6;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The unit roundoff of float32. */
    public static final double UNIT = 0x1p-24;

    private static final double LARGEST = Float.MAX_VALUE;

    /** Of a window. */
    private static final long TAPS = 4;

    /** What elements are like. */
    private enum Kind {
        NORMAL(Random::nextGaussian),
        SAME_SIGN(Random::nextDouble),
        /** Whose products and sums are normal numbers. */
        ALL_EXPONENTS(r -> Math.scalb(sign(r) * (1 + r.nextDouble()), r.nextInt(111) - 60)),
        /** Beyond what BF16x6 can take at both ends. */
        TINY(r -> r.nextGaussian() * (r.nextInt(50) == 0 ? 1e-40 : 1)),
        HUGE(r -> r.nextInt(50) == 0 ? sign(r) * 2e18 : r.nextGaussian()),
        /** Within what it can take, but sums of 300 or more are infinite. */
        OVERFLOW(r -> Math.scalb(.5 + r.nextDouble() / 2, 60)),
        NAN(r -> r.nextInt(500) == 0 ? Double.NaN : r.nextGaussian()),
        /** Also infinity less infinity. */
        INFINITE(r -> r.nextInt(300) == 0 ? sign(r) * Double.POSITIVE_INFINITY : r.nextGaussian()),
        /** Infinity times zero. */
        ZEROS(r -> r.nextInt(300) == 0 ? Double.POSITIVE_INFINITY : r.nextInt(2) == 0 ? 0 : r.nextGaussian());

        private final ToDoubleFunction<Random> element;

        Kind(ToDoubleFunction<Random> element) {
            this.element = element;
        }

        private static double sign(Random random) {
            return random.nextBoolean() ? 1 : -1;
        }

        HostTensor tensor(long seed, long rows, long columns) {
            Random random = new Random(seed);
            HostTensor tensor = HostTensor.allocate(TensorType.of(DType.FLOAT32, rows, columns));
            for (int i = 0; i < tensor.size(); i++) {
                tensor.set(i, element.applyAsDouble(random));
            }
            return tensor;
        }
    }

    private static final Set<Kind> LONG = EnumSet.of(Kind.NORMAL, Kind.SAME_SIGN, Kind.ALL_EXPONENTS, Kind.OVERFLOW);

    private final Kind kind;
    private final int m;
    private final int n;
    private final int k;
    private final HostTensor a;
    private final HostTensor b;
    private final double[] exact;
    /** Of the sizes of all products in a sum. */
    private final double[] sizes;

    private Float32Products(Kind kind, int m, int n, int k) {
        this.kind = kind;
        this.m = m;
        this.n = n;
        this.k = k;
        a = kind.tensor(1, m, k);
        b = kind.tensor(2, k, n);
        exact = new double[m * n];
        sizes = new double[m * n];
        double[] left = a.toDoubles();
        double[] right = b.toDoubles();
        for (int i = 0; i < m; i++) {
            for (int p = 0; p < k; p++) {
                for (int j = 0; j < n; j++) {
                    double product = left[i * k + p] * right[p * n + j];
                    exact[i * n + j] += product;
                    sizes[i * n + j] += Math.abs(product);
                }
            }
        }
    }

    /** Every kind of data, and those that a sum's length matters to in several lengths. */
    public static List<Float32Products> all(boolean gpu) {
        int m = gpu ? 144 : 24;
        int n = gpu ? 136 : 20;
        List<Float32Products> all = new ArrayList<>();
        for (int k : gpu ? new int[] {128, 500, 4096} : new int[] {128, 500}) {
            for (Kind kind : Kind.values()) {
                if (all.size() < Kind.values().length || LONG.contains(kind)) {
                    all.add(new Float32Products(kind, m, n, k));
                }
            }
        }
        return all;
    }

    public String name() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ", " + m + " x " + n + " x " + k;
    }

    /** Bytes that BF16x6 wants, whatever axis of both operands is filled up to 16 bytes. */
    private long scratch() {
        return 3 * Short.BYTES * ((m + n) * (k + 8 * TAPS) + 8 * k) + 1024;
    }

    /**
     * Parts of the sum of the products' sizes.
     *
     * @param wrong NaN, infinite or finite where it should not be
     */
    public record Errors(double largest, double rootMeanSquare, Optional<String> wrong) {}

    /** Of float32's own units, which add up each sum in one piece, as they do where there are many. */
    public Errors simtErrors(Device device, By by) {
        return errors(multiply(device, by, by.simt, 0));
    }

    public Errors bf16x6Errors(Device device, By by) {
        return errors(multiply(device, by, by.bf16x6, scratch()));
    }

    private Errors errors(HostTensor y) {
        double largest = 0;
        double squares = 0;
        Optional<String> wrong = Optional.empty();
        for (int i = 0; i < exact.length; i++) {
            double is = y.getDouble(i);
            if (isFinite(exact[i]) && Double.isFinite(is)) {
                double error = sizes[i] == 0 ? Math.abs(is) : Math.abs(is - exact[i]) / sizes[i];
                largest = Math.max(largest, error);
                squares += error * error;
            } else if (wrong.isEmpty() && !isRight(is, exact[i], sizes[i])) {
                wrong = Optional.of("element " + i + ": expected " + exact[i] + ", given " + is);
            }
        }
        return new Errors(largest, Math.sqrt(squares / exact.length), wrong);
    }

    private static boolean isFinite(double exact) {
        return Math.abs(exact) <= LARGEST;
    }

    /** Where something is not finite. Near the largest number, a sum may overflow or not. */
    private static boolean isRight(double is, double exact, double size) {
        if (Double.isNaN(exact) || Double.isInfinite(exact)) {
            return Double.compare(is, exact) == 0;
        }
        boolean near = Math.abs(Math.abs(exact) - LARGEST) <= 1e-3 * size;
        return Math.abs(exact) > LARGEST && is == Math.copySign(Double.POSITIVE_INFINITY, exact) || near;
    }

    private HostTensor multiply(Device device, By by, String kernel, long scratch) {
        boolean windows = by == By.CONVOLUTION;
        TensorOperator operator = windows
                ? Workload.operator(Operators.SARDONYX, "ChannelsLastConv", Map.of("strides", List.of(TAPS)))
                : Workload.operator(Operators.ONNX, "MatMul", Map.of());
        List<TensorType> inputs = windows
                ? List.of(
                        TensorType.of(DType.FLOAT32, 1, m * TAPS, k / TAPS),
                        TensorType.of(DType.FLOAT32, n, TAPS, k / TAPS))
                : List.of(a.type(), b.type());
        InputTypes types = InputTypes.of(inputs.get(0), inputs.get(1));
        List<TensorType> outputs = operator.infer(types);
        Optional<Launch> launch = operator.launch(types, outputs);
        while (launch.isPresent() && !launch.get().kernel().equals(by.simt)) {
            launch = launch.get().otherwise();
        }
        try (Memory left = memory(device, a);
                Memory right = memory(device, windows ? transposed(b) : b);
                Memory y = device.allocate(outputs.get(0).byteSize())) {
            device.launch(
                    launch.orElseThrow().by(kernel).scratch(scratch),
                    inputs,
                    new Memory[] {left, right},
                    outputs,
                    new Memory[] {y});
            return HostTensor.read(outputs.get(0), y, 0);
        }
    }

    private static HostTensor transposed(HostTensor matrix) {
        HostTensor transposed = HostTensor.allocate(TensorType.of(
                DType.FLOAT32, matrix.shape().size(1), matrix.shape().size(0)));
        int rows = (int) matrix.shape().size(0);
        int columns = (int) matrix.shape().size(1);
        for (int i = 0; i < rows * columns; i++) {
            transposed.set(i, matrix.getDouble(i % rows * columns + i / rows));
        }
        return transposed;
    }

    private static Memory memory(Device device, HostTensor tensor) {
        Memory memory = device.allocate(tensor.type().byteSize());
        tensor.write(memory, 0);
        return memory;
    }
}
