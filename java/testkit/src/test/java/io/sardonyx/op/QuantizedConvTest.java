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

/** ConvInteger and QLinearConv. */
class QuantizedConvTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), integers(), linear(), refused()).flatMap(s -> s);
    }

    private static HostTensor scalar(DType dtype, double value) {
        return HostTensor.of(dtype, Shape.SCALAR, value);
    }

    private static HostTensor scale(double value) {
        return scalar(DType.FLOAT32, value);
    }

    private static Stream<Case> facts() {
        Window padded = Window.of(2).withPads(1, 0);
        HostTensor x = HostTensor.of(DType.UINT8, Shape.of(1, 1, 3), 0, 128, 255);
        HostTensor w = HostTensor.of(DType.INT8, Shape.of(1, 1, 2), 1, -2);
        return Stream.of(
                Case.of("padding is a true zero", new ConvInteger(1, padded))
                        .input(x)
                        .input(w)
                        .input(scalar(DType.UINT8, 128))
                        .expect(HostTensor.of(DType.INT32, Shape.of(1, 1, 3), 256, -128, -254)),
                Case.of("a zero point for each filter", new ConvInteger(1, Window.of(1)))
                        .input(HostTensor.of(DType.UINT8, Shape.of(1, 1, 2), 1, 2))
                        .constant(HostTensor.of(DType.UINT8, Shape.of(2, 1, 1), 10, 20))
                        .absent()
                        .constant(HostTensor.of(DType.UINT8, Shape.of(2), 1, 30))
                        .expect(HostTensor.of(DType.INT32, Shape.of(1, 2, 2), 9, 18, -10, -20)),
                Case.of("halves go to the even number", new QLinearConv(1, Window.of(1)))
                        .input(HostTensor.of(DType.UINT8, Shape.of(1, 1, 4), 1, 3, 5, 255))
                        .input(scale(.5))
                        .input(scalar(DType.UINT8, 0))
                        .constant(HostTensor.of(DType.INT8, Shape.of(1, 1, 1), 1))
                        .input(scale(1))
                        .input(scalar(DType.INT8, 0))
                        .input(scale(1))
                        .input(scalar(DType.INT8, 10))
                        .expect(HostTensor.of(DType.INT8, Shape.of(1, 1, 4), 10, 12, 12, 127)),
                Case.of("a bias and a scale for each filter", new QLinearConv(1, Window.of(1)))
                        .input(HostTensor.of(DType.INT8, Shape.of(1, 1, 1), 10))
                        .input(scale(1))
                        .input(scalar(DType.INT8, 0))
                        .constant(HostTensor.of(DType.INT8, Shape.of(2, 1, 1), 3, -4))
                        .constant(HostTensor.of(DType.FLOAT32, Shape.of(2), 1, .5))
                        .constant(HostTensor.of(DType.INT8, Shape.of(2), 0, 1))
                        .input(scale(1))
                        .input(scalar(DType.UINT8, 100))
                        .constant(HostTensor.of(DType.INT32, Shape.of(2), 5, -6))
                        .expect(HostTensor.of(DType.UINT8, Shape.of(1, 2, 1), 135, 72)));
    }

    private record Layer(long group, long channels, long filters, Window window, long... image) {
        HostTensor x(DType dtype) {
            return bytes(dtype, 1, Shape.of(2, channels).concat(Shape.of(image)));
        }

        HostTensor w(DType dtype) {
            return bytes(dtype, 2, Shape.of(filters, channels / group).concat(Shape.of(Window.array(window.kernel()))));
        }
    }

    private static HostTensor bytes(DType dtype, long seed, Shape shape) {
        boolean signed = dtype == DType.INT8;
        return Data.integers(dtype, seed, signed ? -128 : 0, signed ? 127 : 255, shape.toArray());
    }

    private static List<Layer> layers() {
        Window three = Window.of(3, 3).withPads(1, 1, 1, 1);
        return List.of(
                new Layer(1, 3, 5, three, 9, 17),
                new Layer(1, 17, 16, Window.of(1, 1), 7, 7),
                new Layer(1, 5, 33, three.withStrides(2, 2), 20, 21),
                new Layer(6, 6, 6, three, 13, 19),
                new Layer(2, 6, 4, three.withDilations(2, 1), 9, 8),
                new Layer(1, 70, 3, Window.of(5).withPads(2, 2), 30),
                new Layer(1, 2, 3, Window.of(2, 3, 2), 4, 5, 6));
    }

    private static Stream<Case> integers() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : layers()) {
            for (DType dtype : List.of(DType.UINT8, DType.INT8)) {
                ConvInteger operator = new ConvInteger(layer.group, layer.window);
                cases.add(Case.of(dtype + " by int8, " + layer, operator)
                        .input(layer.x(dtype))
                        .constant(layer.w(DType.INT8))
                        .input(scalar(dtype, 3)));
                cases.add(Case.of(dtype + " by uint8, " + layer, operator)
                        .input(layer.x(dtype))
                        .input(layer.w(DType.UINT8))
                        .input(scalar(dtype, 120))
                        .constant(bytes(DType.UINT8, 3, Shape.of(layer.filters))));
                cases.add(Case.of(dtype + " by uint8 without zero points, " + layer, operator)
                        .input(layer.x(dtype))
                        .constant(layer.w(DType.UINT8)));
            }
        }
        return cases.stream();
    }

    private static Stream<Case> linear() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : layers()) {
            for (DType dtype : List.of(DType.UINT8, DType.INT8)) {
                cases.add(Case.of("linear " + dtype + ", " + layer, new QLinearConv(layer.group, layer.window))
                        .input(layer.x(dtype))
                        .input(scale(0.02))
                        .input(scalar(dtype, 5))
                        .constant(layer.w(DType.INT8))
                        .constant(Data.uniform(DType.FLOAT32, 4, 0.001, 0.01, layer.filters))
                        .constant(HostTensor.of(DType.INT8, Shape.of(layer.filters), new double[(int) layer.filters]))
                        .input(scale(0.1))
                        .input(scalar(dtype, 60))
                        .constant(Data.integers(DType.INT32, 5, -5000, 5000, layer.filters))
                        // A product in float32 may round to the other side of a half.
                        .within(Tolerance.of(0, 1)));
            }
        }
        return cases.stream();
    }

    private static Stream<Case> refused() {
        HostTensor x = HostTensor.of(DType.UINT8, Shape.of(1, 1, 2), 1, 2);
        HostTensor w = HostTensor.of(DType.UINT8, Shape.of(3, 1, 1), 1, 2, 3);
        ConvInteger operator = new ConvInteger(1, Window.of());
        return Stream.of(
                Case.of("rejects zero points of another number", operator)
                        .input(x)
                        .input(w)
                        .absent()
                        .input(HostTensor.of(DType.UINT8, Shape.of(2), 1, 2))
                        .rejects("ConvInteger: w_zero_point: expected 1 or 3 values of uint8"),
                Case.of("rejects a zero point of another type", operator)
                        .input(x)
                        .input(w)
                        .input(scalar(DType.INT8, 1))
                        .rejects("ConvInteger: x_zero_point: expected 1 values of uint8"),
                Case.of("rejects floats", operator)
                        .input(Data.normal(1, 1, 1, 2))
                        .input(w)
                        .rejects("ConvInteger: X: expected int8 or uint8"));
    }
}
