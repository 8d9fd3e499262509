package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.stream.Stream;

/** MatMulInteger, QLinearMatMul, MatMulIntegerToFloat, DynamicQuantizeMatMul. */
class IntegerProductTest extends OperatorTest {
    private static HostTensor matrix(DType dtype, double a, double b, double c, double d) {
        return HostTensor.of(dtype, Shape.of(2, 2), a, b, c, d);
    }

    private static HostTensor one(DType dtype, double value) {
        return HostTensor.of(dtype, Shape.SCALAR, value);
    }

    @Override
    protected Stream<Case> cases() {
        HostTensor a = matrix(DType.UINT8, 0, 255, 128, 1);
        HostTensor b = matrix(DType.INT8, -128, 127, 2, 3);
        HostTensor scale = one(DType.FLOAT32, .5);
        Stream<Case> facts = Stream.of(
                Case.of("no zero points", new MatMulInteger())
                        .input(a)
                        .input(b)
                        .expect(matrix(DType.INT32, 510, 765, 128 * -128 + 2, 128 * 127 + 3)),
                Case.of("one zero point each", new MatMulInteger())
                        .input(a)
                        .input(b)
                        .input(one(DType.UINT8, 128))
                        .input(one(DType.INT8, -1))
                        .expect(matrix(DType.INT32, 128 * 127 + 127 * 3, -128 * 128 + 127 * 4, -127 * 3, -127 * 4)),
                Case.of("zero points for rows and columns", new MatMulInteger())
                        .input(a)
                        .input(b)
                        .input(HostTensor.of(DType.UINT8, Shape.of(2), 0, 1))
                        .input(HostTensor.of(DType.INT8, Shape.of(2), 2, 3))
                        .expect(matrix(DType.INT32, 0, 0, 127 * -130, 127 * 124)),
                Case.of("a stack", new MatMulInteger())
                        .input(Data.integers(DType.INT8, 1, -128, 127, 3, 5, 70))
                        .constant(Data.integers(DType.INT8, 2, -128, 127, 70, 9)),
                Case.of("unsigned bytes", new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 1, 0, 255, 33, 65))
                        .constant(Data.integers(DType.UINT8, 2, 0, 255, 65, 17))
                        .input(one(DType.UINT8, 7))
                        .input(one(DType.UINT8, 200)),
                Case.of("odd depth, zero points for rows and columns", new MatMulInteger())
                        .input(Data.integers(DType.INT8, 3, -128, 127, 25, 131))
                        .input(Data.integers(DType.UINT8, 4, 0, 255, 131, 67))
                        .input(Data.integers(DType.INT8, 5, -128, 127, 25))
                        .input(Data.integers(DType.UINT8, 6, 0, 255, 67)),
                Case.of("a weight with zero points for columns", new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 7, 0, 255, 13, 64))
                        .constant(Data.integers(DType.INT8, 8, -128, 127, 64, 259))
                        .input(one(DType.UINT8, 255))
                        .input(Data.integers(DType.INT8, 9, -128, 127, 259)),
                Case.of("stacks of both", new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 10, 0, 255, 2, 1, 3, 17))
                        .input(Data.integers(DType.UINT8, 11, 0, 255, 4, 17, 33))
                        .input(HostTensor.of(DType.UINT8, Shape.of(3), 1, 2, 3))
                        .input(HostTensor.of(DType.UINT8, Shape.of(1), 9)),
                Case.of("a stack of zero points", new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 12, 0, 255, 2, 3, 5))
                        .input(Data.integers(DType.INT8, 13, -128, 127, 2, 5, 7))
                        .input(Data.integers(DType.UINT8, 14, 0, 255, 2, 3, 1))
                        .input(Data.integers(DType.INT8, 15, -128, 127, 2, 1, 7)),
                Case.of("vectors", new MatMulInteger())
                        .input(Data.integers(DType.INT8, 16, -128, 127, 129))
                        .input(Data.integers(DType.INT8, 17, -128, 127, 129))
                        .input(one(DType.INT8, -128))
                        .input(one(DType.INT8, 127)),
                Case.of("a vector and a stack", new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 18, 0, 255, 3))
                        .input(Data.integers(DType.INT8, 19, -128, 127, 2, 3, 16)),
                Case.of("no depth", new MatMulInteger())
                        .input(Data.integers(DType.INT8, 20, -128, 127, 3, 0))
                        .input(Data.integers(DType.INT8, 21, -128, 127, 0, 5))
                        .input(one(DType.INT8, 1)),
                Case.of("no rows", new MatMulInteger())
                        .input(Data.integers(DType.INT8, 22, -128, 127, 0, 4))
                        .input(Data.integers(DType.INT8, 23, -128, 127, 4, 5)),
                Case.of("to floats", MatMulIntegerToFloat.PLAIN)
                        .input(a)
                        .input(b)
                        .input(scale)
                        .input(HostTensor.of(Shape.of(2), 1f, 2f))
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(2), 1f, -1f))
                        .expect(matrix(DType.FLOAT32, 256, 764, -8190, 16258)),
                Case.of("quantised and back", new DynamicQuantizeMatMul())
                        .input(HostTensor.of(Shape.of(1, 2), 0f, 255f))
                        .input(b)
                        .input(scale)
                        .expect(HostTensor.of(Shape.of(1, 2), 255f, 382.5f)),
                Case.of("requantised", new QLinearMatMul())
                        .input(matrix(DType.UINT8, 1, 2, 3, 4))
                        .input(scale)
                        .input(one(DType.UINT8, 0))
                        .input(matrix(DType.INT8, 1, -1, 2, 100))
                        .input(scale)
                        .input(one(DType.INT8, 0))
                        .input(one(DType.FLOAT32, .5))
                        .input(one(DType.INT8, 10))
                        .expect(matrix(DType.INT8, 12, 110, 16, 127)),
                Case.of("random bytes requantised", new QLinearMatMul())
                        .input(Data.integers(DType.UINT8, 1, 0, 255, 2, 9, 33))
                        .input(scale)
                        .input(one(DType.UINT8, 100))
                        .constant(Data.integers(DType.UINT8, 2, 0, 255, 33, 21))
                        .input(scale)
                        .input(one(DType.UINT8, 120))
                        .input(one(DType.FLOAT32, 300))
                        .input(one(DType.UINT8, 128))
                        .within(Tolerance.EXACT),
                Case.of("requantised by rows and columns", new QLinearMatMul())
                        .input(Data.integers(DType.INT8, 3, -128, 127, 13, 65))
                        .input(Data.uniform(DType.FLOAT32, 4, .01, .1, 13))
                        .input(Data.integers(DType.INT8, 5, -128, 127, 13))
                        .constant(Data.integers(DType.INT8, 6, -128, 127, 65, 37))
                        .input(Data.uniform(DType.FLOAT32, 7, .01, .1, 37))
                        .input(Data.integers(DType.INT8, 8, -128, 127, 37))
                        .input(Data.uniform(DType.FLOAT32, 9, 1, 3, 13))
                        .input(Data.integers(DType.UINT8, 10, 0, 255, 13))
                        .within(Tolerance.EXACT),
                Case.of("a stack to floats", MatMulIntegerToFloat.PLAIN)
                        .input(Data.integers(DType.UINT8, 11, 0, 255, 3, 5, 70))
                        .constant(Data.integers(DType.INT8, 12, -128, 127, 70, 41))
                        .input(scale)
                        .input(Data.uniform(DType.FLOAT32, 13, .01, .1, 41))
                        .input(one(DType.UINT8, 128))
                        .input(Data.integers(DType.INT8, 14, -128, 127, 41))
                        .input(Data.normal(15, 41)),
                Case.of("rows to floats", MatMulIntegerToFloat.PLAIN)
                        .input(Data.integers(DType.INT8, 16, -128, 127, 2, 5, 7))
                        .input(Data.integers(DType.UINT8, 17, 0, 255, 2, 7, 9))
                        .input(Data.normal(18, 5))
                        .input(Data.normal(19, 9)),
                Case.of("to floats, and what follows", new MatMulIntegerToFloat(Activation.RELU))
                        .input(a)
                        .input(b)
                        .input(scale)
                        .input(scale)
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(2), .5f, -1f))
                        .input(HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f))
                        .expect(matrix(DType.FLOAT32, 129, 192.25, 3, 4067.75)),
                Case.of("a stack to floats, and what follows", new MatMulIntegerToFloat(Activation.GELU))
                        .input(Data.integers(DType.UINT8, 41, 0, 255, 3, 5, 70))
                        .constant(Data.integers(DType.INT8, 42, -128, 127, 70, 41))
                        .input(one(DType.FLOAT32, .001))
                        .input(Data.uniform(DType.FLOAT32, 43, .01, .1, 41))
                        .input(one(DType.UINT8, 128))
                        .absent()
                        .input(Data.normal(44, 41))
                        .input(Data.normal(45, 3, 5, 41)),
                Case.of("a row added to all", new MatMulIntegerToFloat(Activation.NONE))
                        .input(a)
                        .input(b)
                        .input(scale)
                        .input(scale)
                        .absent()
                        .absent()
                        .absent()
                        .input(HostTensor.of(Shape.of(2), 1f, 2f))
                        .expect(matrix(DType.FLOAT32, 128.5, 193.25, -4094.5, 4066.75)),
                Case.of("a stack, and another for each of its axes", new MatMulIntegerToFloat(Activation.RELU))
                        .input(Data.integers(DType.UINT8, 49, 0, 255, 2, 3, 5, 9))
                        .constant(Data.integers(DType.INT8, 50, -128, 127, 9, 37))
                        .input(one(DType.FLOAT32, .001))
                        .input(scale)
                        .absent()
                        .absent()
                        .absent()
                        .input(Data.normal(51, 2, 1, 5, 1)),
                Case.of("one row of many columns", new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 46, 0, 255, 1, 33))
                        .constant(Data.integers(DType.INT8, 47, -128, 127, 33, 601))
                        .input(one(DType.UINT8, 3))
                        .input(Data.integers(DType.INT8, 48, -128, 127, 601)),
                Case.of("rejects int32", new MatMulInteger())
                        .input(HostTensor.of(DType.INT32, Shape.of(1, 1), 1))
                        .input(b)
                        .rejects("A: expected int8 or uint8"),
                Case.of("rejects zero points of another number", new MatMulInteger())
                        .input(a)
                        .input(b)
                        .input(HostTensor.of(DType.UINT8, Shape.of(3), 1, 2, 3))
                        .rejects("a_zero_point: expected 1 value of uint8 or one for each row"));
        return Stream.concat(facts, sizes());
    }

    /** Around the edges of tiles. */
    private static Stream<Case> sizes() {
        long[][] sizes = {{1, 31, 130}, {17, 4, 1}, {63, 33, 65}, {64, 64, 64}, {65, 32, 128}, {129, 7, 16}};
        return Stream.of(DType.UINT8, DType.INT8).flatMap(dtype -> Stream.of(sizes)
                .map(s -> Case.of(dtype + " " + s[0] + " x " + s[1] + " x " + s[2], new MatMulInteger())
                        .input(Data.integers(DType.UINT8, 1, 0, 255, s[0], s[1]))
                        .input(Data.integers(dtype, 2, 0, 127, s[1], s[2]))
                        .input(Data.integers(DType.UINT8, 3, 0, 255, s[0]))
                        .input(one(dtype, 100))));
    }
}
