package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Attention in 16 bits: with rows of whole pieces of 16 bytes, which tensor cores take, and with others. */
class HalfAttentionTest extends OperatorTest {
    private static final double INF = Double.POSITIVE_INFINITY;

    /** What a case attends to: batch, heads of q, heads of k and v, queries, keys, size of a head of q and k, and of v. */
    private record Sizes(long b, long h, long kv, long s, long t, long d, long dv) {
        @Override
        public String toString() {
            return b + "x" + h + "/" + kv + "x" + s + "x" + t + "x" + d + "/" + dv;
        }
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(shapes(), masks(), pasts(), exact(), packed()).flatMap(c -> c);
    }

    private static Stream<Case> shapes() {
        return Stream.of(
                        new Sizes(2, 3, 3, 70, 130, 64, 64),
                        new Sizes(1, 4, 2, 9, 64, 32, 32),
                        new Sizes(1, 1, 1, 64, 1, 128, 128),
                        new Sizes(1, 2, 1, 100, 65, 128, 72),
                        new Sizes(1, 1, 1, 33, 70, 256, 136),
                        new Sizes(1, 1, 1, 17, 31, 64, 256),
                        new Sizes(2, 2, 2, 16, 40, 8, 8),
                        new Sizes(1, 2, 2, 12, 20, 72, 40),
                        new Sizes(1, 1, 1, 20, 20, 264, 16),
                        new Sizes(1, 2, 2, 20, 37, 20, 12),
                        new Sizes(1, 2, 2, 8, 37, 64, 64),
                        new Sizes(1, 2, 2, 12, 0, 64, 64),
                        new Sizes(1, 2, 2, 0, 5, 64, 64))
                .flatMap(sizes -> Stream.of(
                        attend(DType.FLOAT16, sizes, Map.of()),
                        attend(DType.BFLOAT16, sizes, Map.of()),
                        attend(DType.FLOAT16, sizes, Map.of("is_causal", 1L))));
    }

    private static Stream<Case> masks() {
        Sizes sizes = new Sizes(2, 2, 2, 67, 70, 64, 64);
        return Stream.of(
                attend(DType.FLOAT16, sizes, Map.of()).input(Data.normal(DType.FLOAT16, 4, 67, 70)),
                attend(DType.BFLOAT16, sizes, Map.of()).input(Data.normal(DType.BFLOAT16, 4, 2, 1, 1, 70)),
                attend(DType.FLOAT16, sizes, Map.of()).input(Data.integers(DType.BOOL, 4, 0, 1, 2, 2, 67, 70)),
                attend(DType.FLOAT16, sizes, Map.of("softcap", 2f, "scale", 0.5f)),
                attend(DType.FLOAT16, sizes, Map.of("is_causal", 1L)).input(Data.normal(DType.FLOAT16, 4, 67, 50)),
                attend(DType.FLOAT16, sizes, Map.of("is_causal", 1L))
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(2), 67L, 70L)),
                attend(DType.FLOAT16, sizes, Map.of())
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(2), 0L, 71L))
                        .rejects("nonpad_kv_seqlen: 71 is outside [0, 70]"));
    }

    private static Stream<Case> pasts() {
        Sizes sizes = new Sizes(1, 4, 2, 20, 20, 32, 32);
        return Stream.of(attend(DType.FLOAT16, sizes, Map.of("is_causal", 1L))
                .absent()
                .input(Data.normal(DType.FLOAT16, 5, 1, 2, 60, 32))
                .input(Data.normal(DType.FLOAT16, 6, 1, 2, 60, 32))
                .outputs(3));
    }

    /** Queries of zeros, to which all keys that they see are alike. */
    private static Stream<Case> exact() {
        HostTensor zeros = halves(Shape.of(1, 1, 16, 16), i -> 0);
        HostTensor keys = Data.normal(DType.FLOAT16, 2, 1, 1, 128, 16);
        HostTensor values = halves(Shape.of(1, 1, 128, 8), i -> i / 8);
        HostTensor mask = halves(Shape.of(16, 128), i -> i / 128 == 0 || i % 128 > i / 128 ? -INF : 0);
        return Stream.of(
                Case.of("mean of the values", attention(Map.of()))
                        .input(zeros)
                        .input(keys)
                        .input(values)
                        .expect(halves(Shape.of(1, 1, 16, 8), i -> 63.5)),
                Case.of("the first sees nothing", attention(Map.of()))
                        .input(zeros)
                        .input(keys)
                        .input(values)
                        .input(mask)
                        .expect(halves(Shape.of(1, 1, 16, 8), i -> i / 8 / 2.0)));
    }

    /** Heads beside each other, as transformers have them. */
    private static Stream<Case> packed() {
        return Stream.of(DType.FLOAT16, DType.BFLOAT16)
                .map(dtype -> Case.of("MiniLM " + dtype, new ScaledDotProductAttention(12, (float) (1 / Math.sqrt(32))))
                        .input(Data.normal(dtype, 1, 1, 128, 384))
                        .input(Data.normal(dtype, 2, 1, 128, 384))
                        .input(Data.normal(dtype, 3, 1, 128, 384))
                        .input(Data.normal(dtype, 4, 1, 1, 1, 128))
                        .within(error(dtype)));
    }

    private static HostTensor halves(Shape shape, IntToDoubleFunction element) {
        return HostTensor.of(
                DType.FLOAT16,
                shape,
                IntStream.range(0, (int) shape.elements()).mapToDouble(element).toArray());
    }

    private static Case attend(DType dtype, Sizes z, Map<String, Object> attributes) {
        return Case.of(dtype + " " + z + " " + attributes, attention(attributes))
                .input(Data.normal(dtype, 1, z.b, z.h, z.s, z.d))
                .input(Data.normal(dtype, 2, z.b, z.kv, z.t, z.d))
                .input(Data.normal(dtype, 3, z.b, z.kv, z.t, z.dv))
                .within(error(dtype));
    }

    private static Tolerance error(DType dtype) {
        double unit = dtype == DType.FLOAT16 ? 0x1p-11 : 0x1p-8;
        return Tolerance.of(2 * unit, 2 * unit);
    }

    private static Attention attention(Map<String, Object> attributes) {
        return Attention.read(Attributes.of(24, attributes));
    }
}
