package io.sardonyx.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Products with whole numbers and scales that are powers of two, so that every sum is exact. */
class MatMulNBitsTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    /** A weight before it is packed: whole codes and zero points, a scale for each block. */
    private record Weight(int k, int n, int bits, int block, int[][] codes, int[][] zeros, float[][] scales) {
        static Weight random(long seed, int k, int n, int bits, int block) {
            Random random = new Random(seed);
            int blocks = (k + block - 1) / block;
            int[][] codes = new int[n][k];
            int[][] zeros = new int[n][blocks];
            float[][] scales = new float[n][blocks];
            for (int j = 0; j < n; j++) {
                codes[j] = random.ints(k, 0, 1 << bits).toArray();
                zeros[j] = random.ints(blocks, 0, 1 << bits).toArray();
                for (int b = 0; b < blocks; b++) {
                    scales[j][b] = Math.scalb(random.nextBoolean() ? 1f : -1f, random.nextInt(4) - 2);
                }
            }
            return new Weight(k, n, bits, block, codes, zeros, scales);
        }

        MatMulNBits operator() {
            return new MatMulNBits(k, n, bits, block);
        }

        int blocks() {
            return scales[0].length;
        }

        /** Each row of numbers from a byte of its own on, the first in the lowest bits; what is missing are ones. */
        private HostTensor pack(int[][] numbers, int rowBytes, Shape shape) {
            byte[] bytes = new byte[n * rowBytes];
            for (int j = 0; j < n; j++) {
                for (int i = 0; i < rowBytes * 8 / bits; i++) {
                    int number = i < numbers[j].length ? numbers[j][i] : (1 << bits) - 1;
                    bytes[j * rowBytes + i * bits / 8] |= (byte) (number << i * bits % 8);
                }
            }
            HostTensor packed = HostTensor.allocate(new TensorType(DType.UINT8, shape));
            packed.data().put(bytes);
            return packed;
        }

        HostTensor b() {
            return pack(codes, blocks() * block * bits / 8, Shape.of(n, blocks(), block * bits / 8));
        }

        HostTensor packedZeros() {
            int bytes = (blocks() * bits + 7) / 8;
            return pack(zeros, bytes, Shape.of(n, bytes));
        }

        HostTensor floatZeros(DType dtype) {
            double[] all = Stream.of(zeros)
                    .flatMapToInt(Arrays::stream)
                    .asDoubleStream()
                    .toArray();
            return HostTensor.of(dtype, Shape.of(n, blocks()), all);
        }

        HostTensor scale(DType dtype, long... shape) {
            double[] all = new double[n * blocks()];
            for (int i = 0; i < all.length; i++) {
                all[i] = scales[i / blocks()][i % blocks()];
            }
            return HostTensor.of(dtype, Shape.of(shape), all);
        }

        HostTensor scale() {
            return scale(DType.FLOAT32, n, blocks());
        }

        /** The product with a, whose rows are k long; {@code zeroed} tells whether the zero points count. */
        HostTensor times(HostTensor a, boolean zeroed, IntUnaryOperator blockOf, float bias) {
            int rows = a.size() / k;
            double[] y = new double[rows * n];
            for (int at = 0; at < y.length; at++) {
                int j = at % n;
                y[at] = bias * j;
                for (int p = 0; p < k; p++) {
                    int b = blockOf.applyAsInt(p);
                    int zero = zeroed ? zeros[j][b] : 1 << bits - 1;
                    y[at] += a.getDouble(at / n * k + p) * ((codes[j][p] - zero) * scales[j][b]);
                }
            }
            return HostTensor.of(a.dtype(), a.shape().with(a.shape().rank() - 1, n), y);
        }

        HostTensor times(HostTensor a, boolean zeroed) {
            return times(a, zeroed, p -> p / block, 0);
        }
    }

    private static HostTensor whole(long seed, long... shape) {
        return Data.integers(DType.FLOAT32, seed, -3, 3, shape);
    }

    /** Every path of the kernels: few rows and many, short blocks, ends of rows, more depth than is done at a time. */
    private static Stream<Case> sizes() {
        return Stream.of(1, 2, 8, 9, 13, 30).flatMap(m -> Stream.of(16, 32, 64, 256)
                .flatMap(block -> Stream.of(1, 33, 200, 1000).map(k -> {
                    int n = k == 200 ? 70 : 7;
                    Weight w = Weight.random(m + k, k, n, 4, block);
                    HostTensor a = whole(k, m, k);
                    Case c = Case.of(m + " x " + k + " x " + n + " in blocks of " + block, w.operator())
                            .input(a)
                            .constant(w.b())
                            .constant(w.scale());
                    boolean zeroed = m % 2 == 1;
                    return (zeroed ? c.constant(w.packedZeros()) : c)
                            .expect(w.times(a, zeroed))
                            .within(Tolerance.EXACT);
                })));
    }

    private static Stream<Case> forms() {
        Weight w = Weight.random(1, 70, 9, 4, 32);
        HostTensor a = whole(2, 3, 70);
        HostTensor bias = Data.range(DType.FLOAT32, 9);
        HostTensor first = HostTensor.of(DType.INT32, Shape.of(70), new double[70]);
        return Stream.of(
                Case.of("a vector", w.operator())
                        .input(whole(3, 70))
                        .input(w.b())
                        .input(w.scale())
                        .expect(w.times(whole(3, 70), false)),
                Case.of("a stack", w.operator())
                        .input(whole(3, 2, 3, 70))
                        .input(w.b())
                        .input(w.scale())
                        .expect(w.times(whole(3, 2, 3, 70), false)),
                Case.of("no rows", w.operator())
                        .input(whole(3, 0, 70))
                        .input(w.b())
                        .input(w.scale())
                        .expect(w.times(whole(3, 0, 70), false)),
                Case.of("bias", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale())
                        .input(w.packedZeros())
                        .absent()
                        .input(bias)
                        .expect(w.times(a, true, p -> p / 32, 1)),
                Case.of("bias of many rows", w.operator())
                        .input(whole(4, 17, 70))
                        .input(w.b())
                        .input(w.scale())
                        .absent()
                        .absent()
                        .input(bias)
                        .expect(w.times(whole(4, 17, 70), false, p -> p / 32, 1)),
                Case.of("flat scales and zero points", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale(DType.FLOAT32, 27))
                        .input(w.pack(w.zeros, 2, Shape.of(18)))
                        .expect(w.times(a, true)),
                Case.of("zero points as floats", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale())
                        .input(w.floatZeros(DType.FLOAT32))
                        .expect(w.times(a, true)),
                Case.of("blocks by g_idx", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale())
                        .input(w.packedZeros())
                        .input(Data.integers(DType.INT32, 5, 0, 2, 96))
                        .expect(w.times(
                                a,
                                true,
                                p -> (int)
                                        Data.integers(DType.INT32, 5, 0, 2, 96).getLong(p),
                                0)),
                Case.of("all of the first block", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale())
                        .absent()
                        .input(first)
                        .expect(w.times(a, false, p -> 0, 0)),
                bits(2, DType.FLOAT32),
                bits(8, DType.FLOAT32),
                bits(4, DType.FLOAT16),
                bits(8, DType.BFLOAT16));
    }

    private static Case bits(int bits, DType dtype) {
        Weight w = Weight.random(bits, 45, 5, bits, 16);
        HostTensor a = Data.integers(dtype, 6, -3, 3, 2, 45);
        return Case.of(bits + " bits in " + dtype, w.operator())
                .input(a)
                .input(w.b())
                .input(w.scale(dtype, 5, 3))
                .input(bits == 2 ? w.floatZeros(dtype) : w.packedZeros())
                .expect(w.times(a, true));
    }

    private static Stream<Case> numbers() {
        Weight w = Weight.random(7, 1100, 37, 4, 128);
        HostTensor scales = Data.uniform(DType.FLOAT32, 8, .01, .1, 37, 9);
        Tolerance dot = Tolerance.dot(DType.FLOAT32, 1100);
        Weight ones = new Weight(2, 1, 4, 16, new int[][] {{9, 7}}, new int[][] {{8}}, new float[][] {{1}});
        return Stream.concat(
                Stream.of(1, 12).map(m -> Case.of(m + " rows of random numbers", w.operator())
                        .input(Data.normal(m, m, 1100))
                        .input(w.b())
                        .input(scales)
                        .input(w.packedZeros())
                        .within(dot)),
                Stream.of(new float[] {INF, 1, INF}, new float[] {INF, INF, Float.NaN}, new float[] {
                            1, Float.NaN, Float.NaN
                        })
                        .map(x -> Case.of(x[0] + " - " + x[1], ones.operator())
                                .input(HostTensor.of(Shape.of(1, 2), x[0], x[1]))
                                .input(ones.b())
                                .input(ones.scale())
                                .expect(HostTensor.of(Shape.of(1, 1), x[2]))));
    }

    private static Stream<Case> mistakes() {
        Weight w = Weight.random(9, 40, 3, 4, 16);
        HostTensor a = whole(1, 2, 40);
        return Stream.of(
                Case.of("another depth", w.operator())
                        .input(whole(1, 2, 41))
                        .input(w.b())
                        .input(w.scale())
                        .rejects("A: expected float32, float16 or bfloat16 […, 40], given float32[2, 41]"),
                Case.of("another weight", w.operator())
                        .input(a)
                        .input(w.packedZeros())
                        .input(w.scale())
                        .rejects("B: expected uint8[3, 3, 8], given uint8[3, 2]"),
                Case.of("scales of another type", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale(DType.FLOAT16, 3, 3))
                        .rejects("scales: expected float32[3, 3], given float16[3, 3]"),
                Case.of("zero points not packed", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale())
                        .input(Data.range(DType.UINT8, 3, 3))
                        .rejects("zero_points: expected uint8[3, 2], given uint8[3, 3]"),
                Case.of("a block that there is not", w.operator())
                        .input(a)
                        .input(w.b())
                        .input(w.scale())
                        .absent()
                        .input(Data.integers(DType.INT32, 1, 3, 3, 40))
                        .rejects("g_idx: expected 0 to 2, given 3 at 0"));
    }

    @Override
    protected Stream<Case> cases() {
        return Stream.of(sizes(), forms(), numbers(), mistakes()).flatMap(s -> s);
    }

    @Test
    void readsItsAttributes() {
        Map<String, Object> attributes = Map.of("K", 40L, "N", 3L, "block_size", 16L, "accuracy_level", 4L, "bits", 8L);
        assertEquals(
                new MatMulNBits(40, 3, 8, 16),
                Operators.read("com.microsoft", "MatMulNBits", Attributes.of(1, attributes))
                        .orElseThrow());
    }

    @Test
    void refusesOtherLayouts() {
        assertThrows(IllegalArgumentException.class, () -> new MatMulNBits(40, 3, 3, 16));
        assertThrows(IllegalArgumentException.class, () -> new MatMulNBits(40, 3, 4, 24));
        var packed = Attributes.of(1, Map.of("K", 40L, "N", 3L, "block_size", 16L, "weight_prepacked", 1L));
        var refused = assertThrows(IllegalArgumentException.class, () -> MatMulNBits.read(packed));
        assertTrue(refused.getMessage().contains("weight_prepacked: expected 0, given 1"), refused.getMessage());
    }
}
