package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernels that {@code gemm.*} chooses from, and those that only who asks for them gets: each by its own key. */
class GemmKernelsTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    /** A matrix product by one kernel, with enough scratch memory for any of them. */
    private record By(String kernel, FusedMatMul product) implements TensorOperator {
        private static final long SCRATCH = 16 << 20;

        @Override
        public List<TensorType> infer(InputTypes in) {
            return product.infer(in);
        }

        @Override
        public void reference(Inputs in, List<HostTensor> out) {
            product.reference(in, out);
        }

        @Override
        public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
            Optional<Launch> gemm = product.launch(in, out);
            while (gemm.isPresent() && !gemm.get().kernel().startsWith("gemm.")) {
                gemm = gemm.get().otherwise();
            }
            return gemm.map(from -> from.by(kernel).scratch(SCRATCH));
        }
    }

    @Override
    protected Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (DType dtype : halves()) {
            for (String tile : List.of(
                    "sm80.%s.128x128", "sm80.%s.64x64", "sm90.%s.128x256", "sm90.%s.128x128", "sm90.%s.64x128")) {
                addExact(cases, "gemm_" + String.format(tile, dtype.key()), dtype);
            }
        }
        addExact(cases, "gemm_tf32.f32", DType.FLOAT32);
        addExact(cases, "gemm_bf16x6.f32", DType.FLOAT32);
        addSplit(cases);
        addUnaligned(cases);
        addBf16x6ByDefault(cases);
        return cases.stream();
    }

    /** Small integers, whose sums are exact in any order: every tile whole, ragged, in parts and in stacks, every layout. */
    private static void addExact(List<Case> cases, String kernel, DType dtype) {
        long[][] sizes = {{1, 8, 8}, {72, 200, 136}, {16, 1104, 24}, {264, 72, 8}, {130, 64, 264}};
        for (long[] s : sizes) {
            for (int layout = 0; layout < 4; layout++) {
                boolean ta = layout % 2 == 1;
                boolean tb = layout / 2 == 1;
                if (ta && s[0] % 8 != 0) {
                    continue; // rows of A' would not begin at multiples of 16 bytes
                }
                cases.add(exact(kernel, dtype, s, ta, tb));
            }
        }
        cases.add(stacks(kernel, dtype, 40, 64, 72));
        cases.add(Case.of(kernel + " many tiles", new By(kernel, FusedMatMul.PLAIN.with(Activation.RELU)))
                .input(Data.integers(dtype, 1, -1, 1, 512, 72))
                .input(Data.integers(dtype, 2, -1, 1, 72, 520))
                .input(Data.integers(dtype, 3, -1, 1, 520))
                .within(Tolerance.EXACT));
    }

    /** m, k and n are {@code s}. */
    private static Case exact(String kernel, DType dtype, long[] s, boolean ta, boolean tb) {
        return Case.of(
                        kernel + " " + s[0] + " x " + s[1] + " x " + s[2] + (ta ? ", A transposed" : "")
                                + (tb ? ", B transposed" : ""),
                        new By(kernel, FusedMatMul.PLAIN.transposed(ta, tb)))
                .input(Data.integers(dtype, 1, -1, 1, ta ? s[1] : s[0], ta ? s[0] : s[1]))
                .input(Data.integers(dtype, 2, -1, 1, tb ? s[2] : s[1], tb ? s[1] : s[2]))
                .within(Tolerance.EXACT);
    }

    private static Case stacks(String kernel, DType dtype, long m, long k, long n) {
        return Case.of(kernel + " stacks", new By(kernel, FusedMatMul.PLAIN))
                .input(Data.integers(dtype, 1, -1, 1, 2, 1, m, k))
                .input(Data.integers(dtype, 2, -1, 1, 3, k, n))
                .within(Tolerance.EXACT);
    }

    /** Rows that begin anywhere, of which copies are made; and a product large enough that {@code gemm.f16} makes them by itself. */
    private static void addUnaligned(List<Case> cases) {
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT32)) {
            String kernel = "gemm_aligned." + dtype.key();
            for (long[] s : new long[][] {{1, 1, 1}, {71, 203, 137}, {13, 1103, 21}, {40, 64, 33}, {33, 7, 64}}) {
                for (int layout = 0; layout < 4; layout++) {
                    cases.add(exact(kernel, dtype, s, layout % 2 == 1, layout / 2 == 1));
                }
            }
            cases.add(stacks(kernel, dtype, 41, 67, 73));
        }
        cases.add(Case.of("gemm.f16 of odd sizes", FusedMatMul.PLAIN)
                .input(Data.integers(DType.FLOAT16, 1, -1, 1, 131, 7829))
                .input(Data.integers(DType.FLOAT16, 2, -1, 1, 7829, 133))
                .within(Tolerance.EXACT));
    }

    /** Numbers of all bits, and those that cannot be split into three bfloat16 of eight bits. */
    private static void addSplit(List<Case> cases) {
        By product = new By("gemm_bf16x6.f32", FusedMatMul.PLAIN);
        cases.add(Case.of("gemm_bf16x6.f32, normal", product)
                .input(Data.normal(1, 40, 300))
                .input(Data.normal(2, 300, 50))
                .within(Tolerance.dot(DType.FLOAT32, 300)));
        // Where products are rounded to float32, as on a simulated device without tensor cores, the last bit is lost.
        float more = 1 + 0x1p-12f;
        cases.add(Case.of("gemm_bf16x6.f32 keeps all bits of a product", product)
                .input(HostTensor.of(Shape.of(1, 2), -1f, more))
                .input(HostTensor.of(Shape.of(2, 1), 1f, more))
                .expect(HostTensor.of(Shape.of(1, 1), 0x1p-11f + 0x1p-24f))
                .within(Tolerance.EXACT));
        for (float odd : new float[] {Float.NaN, INF, -INF, 3e38f, 1e-38f, 1e-33f}) {
            cases.add(Case.of("gemm_bf16x6.f32, " + odd, product)
                    .input(HostTensor.of(Shape.of(2, 2), odd, 1f, 3f, 4f))
                    .input(HostTensor.of(Shape.of(2, 2), .5f, 0f, 1e-30f, 2e-5f))
                    .within(Tolerance.of(1e-6, 0)));
        }
    }

    private static ByBf16x6 byBf16x6(TensorOperator operator) {
        return new ByBf16x6(operator, "gemm_bf16x6.f32");
    }

    private static void addBf16x6ByDefault(List<Case> cases) {
        cases.add(Case.of("MatMul by BF16x6", byBf16x6(new MatMul()))
                .input(Data.normal(1, 70, 301))
                .input(Data.normal(2, 301, 67))
                .within(Tolerance.dot(DType.FLOAT32, 301)));
        cases.add(Case.of("MatMul by BF16x6, a stack and one matrix", byBf16x6(new MatMul()))
                .input(Data.integers(DType.FLOAT32, 1, -1, 1, 64, 136))
                .input(Data.integers(DType.FLOAT32, 2, -1, 1, 2, 136, 72))
                .within(Tolerance.EXACT));
        cases.add(Case.of("MatMul by BF16x6, infinite", byBf16x6(new MatMul()))
                .input(Data.normal(1, 64, 128))
                .input(HostTensor.of(Shape.of(128, 64), odd(INF, 128 * 64)))
                .within(Tolerance.dot(DType.FLOAT32, 128)));
        cases.add(Case.of("Gemm by BF16x6", byBf16x6(Gemm.read(Attributes.of(13, Map.of("transB", 1L)))))
                .input(Data.integers(DType.FLOAT32, 1, -1, 1, 72, 133))
                .input(Data.integers(DType.FLOAT32, 2, -1, 1, 65, 133))
                .input(Data.integers(DType.FLOAT32, 3, -1, 1, 65))
                .within(Tolerance.EXACT));
    }

    /** Small numbers, and one odd one. */
    private static float[] odd(float odd, int count) {
        float[] values = new float[count];
        Arrays.fill(values, .5f);
        values[count / 3] = odd;
        return values;
    }
}
