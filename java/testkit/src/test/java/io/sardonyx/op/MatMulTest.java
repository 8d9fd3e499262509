package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class MatMulTest extends OperatorTest {
    private static final float NAN = Float.NaN;
    private static final float INF = Float.POSITIVE_INFINITY;

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), sizes(), types(), stacks(), fused(), rejections())
                .flatMap(List::stream);
    }

    private static List<Case> facts() {
        HostTensor a = HostTensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
        HostTensor b = HostTensor.of(Shape.of(3, 2), 1f, 0f, 0f, 1f, 1f, 1f);
        HostTensor v = HostTensor.of(Shape.of(3), 1f, 10f, 100f);
        return List.of(
                Case.of("two matrices", new MatMul())
                        .input(a)
                        .input(b)
                        .expect(HostTensor.of(Shape.of(2, 2), 4f, 5f, 10f, 11f)),
                Case.of("a weight", new MatMul())
                        .input(a)
                        .constant(b)
                        .expect(HostTensor.of(Shape.of(2, 2), 4f, 5f, 10f, 11f)),
                Case.of("two vectors", new MatMul()).input(v).input(v).expect(HostTensor.of(Shape.SCALAR, 10101f)),
                Case.of("matrix and vector", new MatMul())
                        .input(a)
                        .input(v)
                        .expect(HostTensor.of(Shape.of(2), 321f, 654f)),
                Case.of("vector and matrix", new MatMul())
                        .input(v)
                        .input(b)
                        .expect(HostTensor.of(Shape.of(2), 101f, 110f)),
                Case.of("nothing to sum up is zero", new MatMul())
                        .input(Data.normal(1, 2, 0))
                        .input(Data.normal(2, 0, 3))
                        .expect(HostTensor.of(Shape.of(2, 3), new float[6])),
                Case.of("empty result", new MatMul())
                        .input(Data.normal(1, 0, 3))
                        .input(Data.normal(2, 3, 4))
                        .expect(HostTensor.of(Shape.of(0, 4), new float[0])),
                Case.of("NaN and infinity spread along a row only", new MatMul())
                        .input(HostTensor.of(Shape.of(3, 2), NAN, 0, INF, 1, 1, 2))
                        .input(HostTensor.of(Shape.of(2, 2), 0f, 1, 1, 1))
                        .expect(HostTensor.of(Shape.of(3, 2), NAN, NAN, NAN, INF, 2, 3)),
                Case.of("int32 wraps", new MatMul())
                        .input(HostTensor.of(DType.INT32, Shape.of(1, 2), Integer.MAX_VALUE, 2))
                        .input(HostTensor.of(DType.INT32, Shape.of(2, 1), 2, 3))
                        .expect(HostTensor.of(DType.INT32, Shape.of(1, 1), 4)),
                Case.of("int64 is exact", new MatMul())
                        .input(HostTensor.of(Shape.of(1, 1), 1L << 40))
                        .input(HostTensor.of(Shape.of(1, 1), (1L << 20) + 1))
                        .expect(HostTensor.of(Shape.of(1, 1), (1L << 60) + (1L << 40))),
                Case.of("float64", new MatMul())
                        .input(Data.normal(DType.FLOAT64, 3, 13, 19))
                        .input(Data.normal(DType.FLOAT64, 4, 19, 23))
                        .within(Tolerance.dot(DType.FLOAT64, 19)),
                Case.of("float16", new MatMul())
                        .input(Data.normal(DType.FLOAT16, 3, 5, 7))
                        .input(Data.normal(DType.FLOAT16, 4, 7, 9))
                        .within(Tolerance.dot(DType.FLOAT16, 7)),
                Case.of("bfloat16", new MatMul())
                        .input(Data.normal(DType.BFLOAT16, 3, 5, 7))
                        .input(Data.normal(DType.BFLOAT16, 4, 7, 9))
                        .within(Tolerance.dot(DType.BFLOAT16, 7)));
    }

    /** Small integers, so that sums are exact in any order and every bit must be right. */
    private static List<Case> sizes() {
        List<Case> cases = new ArrayList<>();
        long[][] sizes = {
            {1, 1, 1},
            {1, 7, 31},
            {1, 33, 129},
            {2, 5, 65},
            {3, 17, 16},
            {5, 64, 33},
            {6, 6, 6},
            {11, 12, 13},
            {12, 32, 32},
            {13, 33, 31},
            {24, 20, 48},
            {25, 385, 97},
            {97, 3, 100},
            {1, 1000, 3},
            {300, 2, 1},
            {64, 128, 130}
        };
        for (long[] s : sizes) {
            HostTensor a = Data.integers(DType.FLOAT32, 1, -8, 8, s[0], s[1]);
            HostTensor b = Data.integers(DType.FLOAT32, 2, -8, 8, s[1], s[2]);
            String name = s[0] + " x " + s[1] + " x " + s[2];
            cases.add(Case.of(name, new MatMul()).input(a).input(b).within(Tolerance.EXACT));
            cases.add(Case.of(name + ", a weight", new MatMul())
                    .input(a)
                    .constant(b)
                    .within(Tolerance.EXACT));
        }
        cases.add(Case.of("deep", new MatMul())
                .input(Data.normal(1, 7, 1500))
                .constant(Data.normal(2, 1500, 40))
                .within(Tolerance.dot(DType.FLOAT32, 1500)));
        cases.add(Case.of("rows whole pages apart", new MatMul())
                .input(Data.integers(DType.FLOAT32, 1, -8, 8, 30, 1024))
                .input(Data.integers(DType.FLOAT32, 2, -8, 8, 1024, 70))
                .within(Tolerance.EXACT));
        return cases;
    }

    /** Around the edges of tiles, in every type and layout; sums of so small integers are exact in 16 bits as well. */
    private static List<Case> types() {
        List<Case> cases = new ArrayList<>();
        long[][] sizes = {
            {1, 64, 129},
            {1, 129, 17},
            {3, 1100, 40},
            {7, 127, 16},
            {16, 17, 127},
            {17, 16, 7},
            {40, 1100, 36},
            {64, 64, 64},
            {127, 7, 1},
            {129, 17, 64},
            {128, 129, 127},
            {65, 130, 1},
            {130, 40, 16}
        };
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64)) {
            for (long[] s : sizes) {
                for (int layout = 0; layout < 4; layout++) {
                    boolean ta = layout % 2 == 1;
                    boolean tb = layout / 2 == 1;
                    if ((ta || dtype == DType.FLOAT64) && s[0] * s[1] * s[2] > 100_000) {
                        continue;
                    }
                    String name = dtype + " " + s[0] + " x " + s[1] + " x " + s[2] + (ta ? ", A transposed" : "")
                            + (tb ? ", B transposed" : "");
                    cases.add(Case.of(name, FusedMatMul.PLAIN.transposed(ta, tb))
                            .input(Data.integers(dtype, 1, -1, 1, ta ? s[1] : s[0], ta ? s[0] : s[1]))
                            .input(Data.integers(dtype, 2, -1, 1, tb ? s[2] : s[1], tb ? s[1] : s[2]))
                            .within(Tolerance.EXACT));
                }
            }
        }
        for (DType dtype : List.of(DType.INT32, DType.UINT32, DType.INT64, DType.UINT64)) {
            cases.add(Case.of(dtype + " stacks", new MatMul())
                    .input(Data.integers(dtype, 1, 0, 1_000_000, 2, 17, 35))
                    .input(Data.integers(dtype, 2, 0, 1_000_000, 35, 40))
                    .within(Tolerance.EXACT));
        }
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            cases.add(Case.of(dtype + ", deep, transposed", FusedMatMul.PLAIN.transposed(false, true))
                    .input(Data.integers(dtype, 1, -1, 1, 1, 8500))
                    .input(Data.integers(dtype, 2, -1, 1, 5, 8500))
                    .within(Tolerance.EXACT));
            for (long rows : new long[] {3, 33}) {
                cases.add(Case.of(
                                dtype + ", " + rows + " rows, bias, addend, gelu",
                                FusedMatMul.PLAIN.with(Activation.GELU))
                        .input(Data.normal(dtype, 1, 2, rows, 24))
                        .input(Data.normal(dtype, 2, 24, 20))
                        .input(Data.normal(dtype, 3, 20))
                        .input(Data.normal(dtype, 4, rows, 1))
                        .within(Tolerance.dot(dtype, 24)));
            }
        }
        cases.add(Case.of("float64 and an activation", FusedMatMul.PLAIN.with(Activation.GELU_TANH))
                .input(Data.normal(DType.FLOAT64, 1, 9, 21))
                .input(Data.normal(DType.FLOAT64, 2, 21, 5))
                .within(Tolerance.dot(DType.FLOAT64, 64)));
        for (long rows = 1; rows <= 5; rows++) {
            cases.add(Case.of(rows + " rows of many columns", FusedMatMul.PLAIN.with(Activation.RELU))
                    .input(Data.integers(DType.FLOAT32, 1, -8, 8, rows, 11))
                    .input(Data.integers(DType.FLOAT32, 2, -8, 8, 11, 4103))
                    .input(Data.integers(DType.FLOAT32, 3, -8, 8, 4103))
                    .within(Tolerance.EXACT));
        }
        for (boolean transposed : new boolean[] {false, true}) {
            cases.add(Case.of(
                            "many rows, transposed left: " + transposed,
                            FusedMatMul.PLAIN.transposed(transposed, false))
                    .input(
                            transposed
                                    ? Data.integers(DType.FLOAT32, 1, -8, 8, 7, 389)
                                    : Data.integers(DType.FLOAT32, 1, -8, 8, 389, 7))
                    .input(Data.integers(DType.FLOAT32, 2, -8, 8, 7, 165))
                    .within(Tolerance.EXACT));
        }
        cases.add(Case.of("one row, deep, transposed", FusedMatMul.PLAIN.transposed(false, true))
                .input(Data.integers(DType.FLOAT32, 1, -8, 8, 1, 9000))
                .input(Data.integers(DType.FLOAT32, 2, -8, 8, 5, 9000))
                .within(Tolerance.EXACT));
        return cases;
    }

    private static List<Case> stacks() {
        List<Case> cases = new ArrayList<>();
        long[][][] shapes = {
            {{2, 3, 4}, {4, 5}},
            {{2, 3, 4}, {2, 4, 5}},
            {{3, 4}, {2, 4, 5}},
            {{2, 1, 3, 4}, {3, 4, 5}},
            {{1, 3, 4}, {2, 4, 5}},
            {{4}, {3, 4, 5}},
            {{2, 3, 4}, {4}},
            {{2, 40, 33}, {2, 33, 35}},
            {{3, 1, 2, 6, 5}, {4, 1, 5, 7}},
            {{2, 0, 3, 4}, {1, 4, 5}}
        };
        for (long[][] s : shapes) {
            HostTensor a = Data.integers(DType.FLOAT32, 1, -8, 8, s[0]);
            HostTensor b = Data.integers(DType.FLOAT32, 2, -8, 8, s[1]);
            String name = a.shape() + " x " + b.shape();
            cases.add(Case.of(name, new MatMul()).input(a).input(b).within(Tolerance.EXACT));
            cases.add(Case.of(name + ", a weight", new MatMul())
                    .input(a)
                    .constant(b)
                    .within(Tolerance.EXACT));
        }
        return cases;
    }

    private static List<Case> fused() {
        List<Case> cases = new ArrayList<>();
        FusedMatMul plain = FusedMatMul.PLAIN;
        HostTensor a = Data.normal(1, 2, 14, 37);
        HostTensor b = Data.normal(2, 37, 45);
        HostTensor bias = Data.normal(3, 45);
        HostTensor z = Data.normal(4, 2, 14, 45);
        Tolerance dot = Tolerance.dot(DType.FLOAT32, 64);
        for (Activation.Kind kind : Activation.Kind.values()) {
            cases.add(Case.of("bias and " + kind, plain.with(new Activation(kind, .25f, .75f)))
                    .input(a)
                    .constant(b)
                    .input(bias)
                    .within(dot));
        }
        cases.add(Case.of("bias, addend, relu", plain.with(Activation.RELU))
                .input(a)
                .input(b)
                .input(bias)
                .input(z)
                .within(dot));
        cases.add(Case.of("relu before the addend", plain.with(Activation.RELU).addingLast())
                .input(a)
                .input(b)
                .absent()
                .input(z)
                .within(dot));
        for (long[] shape : new long[][] {{45}, {14, 1}, {2, 1, 45}, {1, 14, 45}, {2, 1, 1}, {3, 2, 14, 45}}) {
            cases.add(Case.of("addend " + Shape.of(shape), plain.with(Activation.SILU))
                    .input(a)
                    .constant(b)
                    .input(bias)
                    .input(Data.normal(5, shape))
                    .within(dot));
        }
        cases.add(Case.of("a vector and an addend", plain)
                .input(Data.normal(1, 37))
                .input(Data.normal(2, 2, 37, 5))
                .absent()
                .input(Data.normal(3, 2, 5))
                .within(dot));
        cases.add(Case.of("a vector and a stretched addend", plain)
                .input(Data.normal(1, 37))
                .input(Data.normal(2, 2, 37, 5))
                .absent()
                .input(Data.normal(3, 2, 1))
                .within(dot));
        cases.add(Case.of("one bias for all", plain.scaled(.125f))
                .input(a)
                .input(b)
                .input(HostTensor.of(Shape.SCALAR, 3f))
                .within(dot));
        for (boolean constant : new boolean[] {false, true}) {
            HostTensor right = Data.integers(DType.FLOAT32, 6, -8, 8, 3, 35, 19);
            Case c = Case.of("both transposed" + (constant ? ", a weight" : ""), plain.transposed(true, true))
                    .input(Data.integers(DType.FLOAT32, 5, -8, 8, 3, 19, 29));
            cases.add((constant ? c.constant(right) : c.input(right)).within(Tolerance.EXACT));
        }
        cases.add(Case.of("few rows, transposed right", plain.transposed(false, true))
                .input(Data.integers(DType.FLOAT32, 5, -8, 8, 2, 19))
                .input(Data.integers(DType.FLOAT32, 6, -8, 8, 35, 19))
                .within(Tolerance.EXACT));
        cases.add(Case.of(
                        "stacks along the middle axes",
                        new FusedMatMul(false, true, true, true, 1, Activation.NONE, false))
                .input(Data.integers(DType.FLOAT32, 5, -8, 8, 6, 3, 19))
                .input(Data.integers(DType.FLOAT32, 6, -8, 8, 7, 3, 19))
                .within(Tolerance.EXACT));
        return cases;
    }

    private static List<Case> rejections() {
        return List.of(
                Case.of("rejects other inner dimensions", new MatMul())
                        .input(Data.normal(1, 2, 3))
                        .input(Data.normal(2, 4, 5))
                        .rejects("MatMul: inner dimensions differ: [2, 3] x [4, 5]"),
                Case.of("rejects a scalar", new MatMul())
                        .input(Data.normal(1))
                        .input(Data.normal(2, 4, 5))
                        .rejects("expected at least one axis in each operand, given [] x [4, 5]"),
                Case.of("rejects stacks that do not broadcast", new MatMul())
                        .input(Data.normal(1, 2, 3, 4))
                        .input(Data.normal(2, 3, 4, 5))
                        .rejects("the stacks do not broadcast: [2, 3, 4] x [3, 4, 5]"),
                Case.of("rejects two types", new MatMul())
                        .input(Data.normal(1, 2, 3))
                        .input(Data.normal(DType.FLOAT64, 2, 3, 5))
                        .rejects("expected two tensors of one type"),
                Case.of("rejects bytes", new MatMul())
                        .input(Data.integers(DType.INT8, 1, -8, 8, 2, 2))
                        .input(Data.integers(DType.INT8, 1, -8, 8, 2, 2))
                        .rejects("expected two tensors of one type"),
                Case.of("rejects a bias of another size", FusedMatMul.PLAIN)
                        .input(Data.normal(1, 2, 3))
                        .input(Data.normal(2, 3, 5))
                        .input(Data.normal(3, 4))
                        .rejects("bias: expected float32[5]"));
    }
}
