package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.Optional;
import java.util.stream.Stream;

/** QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear. */
class QuantizeLinearTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    private static QuantizeLinear quantize(long axis, long blockSize) {
        return new QuantizeLinear(axis, blockSize, true, Optional.empty(), Optional.empty());
    }

    private static DequantizeLinear dequantize(long axis, long blockSize) {
        return new DequantizeLinear(axis, blockSize, Optional.empty());
    }

    private static HostTensor one(double value) {
        return HostTensor.of(DType.FLOAT32, Shape.SCALAR, value);
    }

    private static HostTensor bytes(DType dtype, double... values) {
        return HostTensor.of(dtype, Shape.of(values.length), values);
    }

    @Override
    protected Stream<Case> cases() {
        HostTensor floats = HostTensor.of(Shape.of(8), -INF, -5f, -1f, 1f, 3f, 5f, 1000f, Float.NaN);
        HostTensor matrix = HostTensor.of(Shape.of(2, 3), 1f, 2f, 3f, 4f, 5f, 6f);
        HostTensor scales = HostTensor.of(Shape.of(2), 1f, 2f);
        return Stream.of(
                Case.of("halves to even, saturated, NaN smallest", quantize(1, 0))
                        .input(floats)
                        .input(one(2))
                        .input(HostTensor.of(DType.UINT8, Shape.SCALAR, 128))
                        .expect(bytes(DType.UINT8, 0, 126, 128, 128, 130, 130, 255, 0)),
                Case.of("int8", quantize(1, 0))
                        .input(floats)
                        .input(one(2))
                        .input(HostTensor.of(DType.INT8, Shape.SCALAR, 0))
                        .expect(bytes(DType.INT8, -128, -2, 0, 0, 2, 2, 127, -128)),
                Case.of("uint8 without a zero point", quantize(1, 0))
                        .input(HostTensor.of(Shape.of(3), -1f, 1.5f, 2.5f))
                        .input(one(1))
                        .expect(bytes(DType.UINT8, 0, 2, 2)),
                Case.of("a scale for each row", quantize(0, 0))
                        .input(matrix)
                        .input(scales)
                        .input(bytes(DType.INT8, 0, 10))
                        .expect(HostTensor.of(DType.INT8, Shape.of(2, 3), 1, 2, 3, 12, 12, 13)),
                Case.of("blocks of two columns", quantize(1, 2))
                        .input(matrix)
                        .input(HostTensor.of(Shape.of(2, 2), 1f, 3f, 2f, 6f))
                        .input(HostTensor.of(DType.INT16, Shape.of(2, 2), 0, 0, 0, 7))
                        .expect(HostTensor.of(DType.INT16, Shape.of(2, 3), 1, 2, 1, 2, 2, 8)),
                Case.of("four bits", new QuantizeLinear(1, 0, true, Optional.of(DType.INT4), Optional.empty()))
                        .input(HostTensor.of(Shape.of(3), -100f, 3f, 100f))
                        .input(one(1))
                        .expect(bytes(DType.INT4, -8, 3, 7)),
                Case.of(
                                "float8 without saturation",
                                new QuantizeLinear(1, 0, false, Optional.of(DType.FLOAT8E5M2), Optional.empty()))
                        .input(HostTensor.of(Shape.of(2), 1f, 1e9f))
                        .input(one(1))
                        .expect(bytes(DType.FLOAT8E5M2, 1, Double.POSITIVE_INFINITY)),
                Case.of("back to floats", dequantize(1, 0))
                        .input(bytes(DType.UINT8, 0, 128, 255))
                        .input(one(.5))
                        .input(HostTensor.of(DType.UINT8, Shape.SCALAR, 128))
                        .expect(HostTensor.of(Shape.of(3), -64f, 0f, 63.5f)),
                Case.of("back by rows", dequantize(0, 0))
                        .input(HostTensor.of(DType.INT8, Shape.of(2, 2), -128, 127, 1, 2))
                        .input(scales)
                        .expect(HostTensor.of(Shape.of(2, 2), -128f, 127f, 2f, 4f)),
                Case.of("back in blocks", dequantize(0, 2))
                        .input(HostTensor.of(DType.UINT4, Shape.of(3, 1), 15, 1, 2))
                        .input(HostTensor.of(Shape.of(2, 1), 1f, 10f))
                        .expect(HostTensor.of(Shape.of(3, 1), 15f, 1f, 20f)),
                Case.of("by its own range", new DynamicQuantizeLinear())
                        .input(HostTensor.of(Shape.of(3), -1f, 0f, 254f))
                        .expect(bytes(DType.UINT8, 0, 1, 255), one(1), HostTensor.of(DType.UINT8, Shape.SCALAR, 1)),
                Case.of("zeros have scale 1", new DynamicQuantizeLinear())
                        .input(HostTensor.of(Shape.of(2), 0f, 0f))
                        .expect(bytes(DType.UINT8, 0, 0), one(1), HostTensor.of(DType.UINT8, Shape.SCALAR, 0)),
                Case.of("a long tensor", quantize(1, 0))
                        .input(Data.normal(1, 3, 6007))
                        .input(one(.01))
                        .input(HostTensor.of(DType.UINT8, Shape.SCALAR, 100)),
                Case.of("a scale for each column", quantize(-1, 0))
                        .input(Data.normal(2, 301, 67))
                        .input(Data.uniform(DType.FLOAT32, 3, .001, .1, 67))
                        .input(Data.integers(DType.INT8, 4, -128, 127, 67)),
                Case.of("a scale for each channel, 16 bits", quantize(1, 0))
                        .input(Data.normal(5, 2, 3, 5, 7))
                        .input(HostTensor.of(Shape.of(3), 1e-3f, -1e-4f, 0f))
                        .input(HostTensor.of(DType.INT16, Shape.of(3), -32768, 32767, 5)),
                Case.of("back by columns", dequantize(1, 0))
                        .input(Data.integers(DType.UINT8, 6, 0, 255, 301, 67))
                        .input(Data.normal(7, 67))
                        .input(Data.integers(DType.UINT8, 8, 0, 255, 67)),
                Case.of("back by channels without zero points", dequantize(1, 0))
                        .input(Data.integers(DType.INT8, 9, -128, 127, 2, 3, 5, 7))
                        .input(Data.normal(10, 3)),
                Case.of("back from int32", dequantize(0, 0))
                        .input(Data.integers(DType.INT32, 11, Integer.MIN_VALUE, Integer.MAX_VALUE, 5, 33))
                        .input(Data.normal(12, 5))
                        .input(HostTensor.of(DType.INT32, Shape.of(5), 0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE)),
                Case.of("nothing", quantize(0, 0)).input(Data.normal(1, 0, 3)).input(one(1)),
                Case.of("a long range", new DynamicQuantizeLinear()).input(Data.normal(13, 5, 7001)),
                Case.of("negative numbers", new DynamicQuantizeLinear())
                        .input(Data.uniform(DType.FLOAT32, 14, -3, -1, 37)),
                Case.of("a NaN", new DynamicQuantizeLinear()).input(HostTensor.of(Shape.of(3), 1f, Float.NaN, -1f)),
                Case.of("infinities", new DynamicQuantizeLinear()).input(HostTensor.of(Shape.of(3), -INF, 1f, INF)),
                Case.of("no range", new DynamicQuantizeLinear()).input(Data.normal(1, 0)),
                Case.of("rejects scales of another number", quantize(1, 0))
                        .input(matrix)
                        .input(scales)
                        .rejects("expected one value or one for each index of axis 1 of [2, 3]"),
                Case.of("rejects blocks that do not fit", quantize(1, 2))
                        .input(matrix)
                        .input(HostTensor.of(Shape.of(2, 3), new float[6]))
                        .rejects("in blocks of 2"),
                Case.of("rejects a zero point of another type", dequantize(1, 0))
                        .input(bytes(DType.UINT8, 1))
                        .input(one(1))
                        .input(HostTensor.of(DType.INT8, Shape.SCALAR, 0))
                        .rejects("zero point: expected uint8[]"),
                Case.of("rejects float64", new DynamicQuantizeLinear())
                        .input(Data.normal(DType.FLOAT64, 1, 2))
                        .rejects("expected float32"));
    }
}
