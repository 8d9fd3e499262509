package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** MaxPool, AveragePool, LpPool, their global kin, and MaxUnpool. */
class PoolingTest extends OperatorTest {
    private static final float INF = Float.POSITIVE_INFINITY;

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), indices(), shapes(), global(), refused()).flatMap(s -> s);
    }

    private static HostTensor row(double... values) {
        return HostTensor.of(DType.FLOAT32, Shape.of(1, 1, values.length), values);
    }

    private static MaxPool max(Window window) {
        return new MaxPool(window, false);
    }

    private static AveragePool average(Window window) {
        return new AveragePool(window, false);
    }

    private static Stream<Case> facts() {
        HostTensor image = Data.range(DType.FLOAT32, 1, 1, 3, 3);
        Window padded = Window.of(3).withPads(1, 1);
        Window hanging = Window.of(3).withStrides(3).withCeil(true);
        return Stream.of(
                Case.of("largest of four", max(Window.of(2, 2)))
                        .input(image)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 4, 5, 7, 8)),
                Case.of("mean of four", average(Window.of(2, 2)))
                        .input(image)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 2, 3, 5, 6)),
                Case.of("padding is never the largest", max(padded))
                        .input(row(-3, -2, -5))
                        .expect(row(-2, -2, -2)),
                Case.of("padding does not count", average(padded))
                        .input(row(2, 4, 6))
                        .expect(row(3, 4, 5)),
                Case.of("padding counts if asked for", new AveragePool(padded, true))
                        .input(row(2, 4, 6))
                        .expect(row(2, 4, 10 / 3.)),
                Case.of("ceil_mode lets the last window hang over", average(hanging))
                        .input(row(1, 2, 3, 4, 5))
                        .expect(row(2, 4.5)),
                Case.of("what hangs over never counts", new AveragePool(hanging, true))
                        .input(row(1, 2, 3, 4, 5))
                        .expect(row(2, 4.5)),
                Case.of(
                                "a window that would start in the padding is left out",
                                max(Window.of(1).withStrides(2).withPads(0, 1).withCeil(true)))
                        .input(row(1, 2))
                        .expect(row(1)),
                Case.of("dilated", max(Window.of(2).withDilations(2)))
                        .input(row(1, 9, 3, 4))
                        .expect(row(3, 9)),
                Case.of("NaN is larger than infinity", max(Window.of(2)))
                        .input(row(1, Float.NaN, INF, -INF))
                        .expect(row(Float.NaN, Float.NaN, INF)),
                Case.of("minus infinity is a value", max(padded))
                        .input(row(-INF, -INF))
                        .expect(row(-INF, -INF)),
                Case.of("int8", max(Window.of(2)))
                        .input(HostTensor.of(DType.INT8, Shape.of(1, 1, 3), -128, -3, 127))
                        .expect(HostTensor.of(DType.INT8, Shape.of(1, 1, 2), -3, 127)),
                Case.of("uint8", max(Window.of(2)))
                        .input(HostTensor.of(DType.UINT8, Shape.of(1, 1, 3), 200, 3, 255))
                        .expect(HostTensor.of(DType.UINT8, Shape.of(1, 1, 2), 200, 255)),
                Case.of("Euclidean norm", new LpPool(Window.of(2), 2))
                        .input(row(3, -4, 0))
                        .expect(row(5, 4)),
                Case.of("3-norm, padded", new LpPool(Window.of(2).withPads(0, 1), 3))
                        .input(row(1, -2))
                        .expect(row(Math.cbrt(9), 2)));
    }

    private static Stream<Case> indices() {
        HostTensor image = HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2, 2), 1, 5, 5, 2, 0, 1, 2, 3);
        HostTensor largest = HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 1, 1), 5, 3);
        HostTensor pooled = HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 5, 6, 7, 8);
        HostTensor where = HostTensor.of(Shape.of(1, 1, 2, 2), 5L, 7L, 13L, 15L);
        MaxUnpool unpool = new MaxUnpool(Window.of(2, 2).withStrides(2, 2));
        return Stream.of(
                Case.of("the first of equals, row by row", max(Window.of(2, 2)))
                        .input(image)
                        .expect(largest, HostTensor.of(Shape.of(1, 2, 1, 1), 1L, 7L)),
                Case.of("column by column", new MaxPool(Window.of(2, 2), true))
                        .input(image)
                        .expect(largest, HostTensor.of(Shape.of(1, 2, 1, 1), 2L, 7L)),
                Case.of("unpooled", unpool)
                        .input(pooled)
                        .input(where)
                        .expect(HostTensor.of(
                                DType.FLOAT32, Shape.of(1, 1, 4, 4), 0, 0, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0, 7, 0, 8)),
                Case.of("unpooled into a larger shape", unpool)
                        .input(HostTensor.of(Shape.of(1, 1, 1, 1), 5f))
                        .input(HostTensor.of(Shape.of(1, 1, 1, 1), 3L))
                        .input(HostTensor.of(Shape.of(4), 1L, 1L, 2L, 3L))
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 3), 0, 0, 0, 0, 5, 0)),
                Case.of("rejects an index outside", unpool)
                        .input(pooled)
                        .input(HostTensor.of(Shape.of(1, 1, 2, 2), 5L, 7L, 13L, 16L))
                        .rejects("MaxUnpool: index 16 is outside [0, 16)"));
    }

    private static Stream<Case> shapes() {
        List<Case> cases = new ArrayList<>();
        Window five = Window.of(5, 5).withPads(2, 2, 2, 2);
        for (Window window : List.of(
                Window.of(2, 2).withStrides(2, 2),
                Window.of(3, 3).withStrides(2, 2).withCeil(true),
                five,
                five.withStrides(1, 3),
                Window.of(3, 2).withDilations(2, 5),
                Window.of(2, 3).withStrides(3, 4).withPads(1, 0, 1, 2).withCeil(true),
                Window.of(3, 3).withAutoPad(Window.AutoPad.SAME_UPPER).withStrides(2, 2),
                Window.of(3, 3).withAutoPad(Window.AutoPad.SAME_LOWER),
                Window.of(4, 4).withAutoPad(Window.AutoPad.VALID).withStrides(3, 3),
                Window.of(13, 1).withPads(6, 0, 6, 0),
                Window.of(1, 13).withPads(0, 6, 0, 6))) {
            HostTensor x = Data.normal(1, 2, 3, 19, 35);
            cases.add(Case.of("max " + window, max(window)).input(x));
            cases.add(Case.of("average " + window, average(window)).input(x));
            cases.add(Case.of("average with pads " + window, new AveragePool(window, true))
                    .input(x));
            HostTensor equals = Data.integers(DType.FLOAT32, 1, -2, 2, 2, 3, 19, 35);
            equals.set(40, Double.NaN);
            for (boolean columnMajor : new boolean[] {false, true}) {
                cases.add(Case.of("where the maximum is, " + window + columnMajor, new MaxPool(window, columnMajor))
                        .input(equals)
                        .outputs(2));
            }
            cases.add(Case.of("norm " + window, new LpPool(window, 2)).input(x));
        }
        HostTensor volume = Data.normal(2, 1, 2, 5, 6, 17);
        Window cube = Window.of(3, 2, 3)
                .withStrides(2, 1, 2)
                .withPads(1, 1, 0, 1, 0, 2)
                .withDilations(1, 2, 1);
        HostTensor line = Data.normal(3, 2, 3, 100);
        return Stream.concat(
                cases.stream(),
                Stream.of(
                        Case.of("max of a volume", max(cube)).input(volume),
                        Case.of("where in a volume", max(cube)).input(volume).outputs(2),
                        Case.of("where in a volume, columns first", new MaxPool(cube, true))
                                .input(volume)
                                .outputs(2),
                        Case.of("where in padding alone", max(Window.of(1, 1).withPads(1, 1, 1, 1)))
                                .input(Data.normal(1, 1, 2, 2, 3))
                                .outputs(2),
                        Case.of("average of a volume", average(cube)).input(volume),
                        Case.of("average of a volume with pads", new AveragePool(cube, true))
                                .input(volume),
                        Case.of("where in a line", new MaxPool(Window.of(7).withStrides(3), true))
                                .input(line)
                                .outputs(2),
                        Case.of("max of a line", max(Window.of(7).withStrides(3)))
                                .input(line),
                        Case.of("average of a line", average(Window.of(7).withStrides(3)))
                                .input(line),
                        Case.of("no planes", max(Window.of(2))).input(Data.normal(1, 0, 3, 4)),
                        Case.of("float16", max(Window.of(2))).input(Data.normal(DType.FLOAT16, 1, 1, 2, 9)),
                        Case.of("mean of bfloat16", average(Window.of(3, 2).withPads(1, 0, 0, 1)))
                                .input(Data.normal(DType.BFLOAT16, 1, 2, 2, 5, 9)),
                        Case.of("float64", average(Window.of(2))).input(Data.normal(DType.FLOAT64, 1, 1, 2, 9))));
    }

    private static Stream<Case> global() {
        HostTensor x = HostTensor.of(DType.FLOAT32, Shape.of(1, 2, 2), 3, -5, 0, Float.NaN);
        Shape one = Shape.of(1, 2, 1);
        HostTensor large = Data.normal(1, 2, 5, 13, 17);
        return Stream.of(
                Case.of("global mean", new GlobalAveragePool()).input(x).expect(HostTensor.of(one, -1f, Float.NaN)),
                Case.of("global maximum", new GlobalMaxPool()).input(x).expect(HostTensor.of(one, 3f, Float.NaN)),
                Case.of("global norm", new GlobalLpPool(1)).input(x).expect(HostTensor.of(one, 8f, Float.NaN)),
                Case.of("global mean of images", new GlobalAveragePool()).input(large),
                Case.of("global maximum of images", new GlobalMaxPool()).input(large),
                Case.of("global norm of images", new GlobalLpPool(2)).input(large),
                Case.of("global mean of a volume", new GlobalAveragePool()).input(Data.normal(2, 2, 3, 4, 5, 6)),
                Case.of("no axes to pool", new GlobalAveragePool())
                        .input(HostTensor.of(Shape.of(1, 2), 1f, 2f))
                        .expect(HostTensor.of(Shape.of(1, 2), 1f, 2f)),
                Case.of(
                                "norm 2 by default, a float in opset 1",
                                LpPool.read(Attributes.of(1, Map.of("kernel_shape", List.of(2L), "p", 1f))))
                        .input(row(3, -4))
                        .expect(row(7)));
    }

    private static Stream<Case> refused() {
        return Stream.of(
                Case.of("rejects a missing kernel_shape", max(Window.of()))
                        .input(row(1, 2))
                        .rejects("MaxPool: kernel_shape: expected 1 values, given []"),
                Case.of("rejects a window larger than the input", average(Window.of(3)))
                        .input(row(1, 2))
                        .rejects("AveragePool: the window is larger than the padded input"),
                Case.of("rejects a kernel of 0", max(Window.of(0)))
                        .input(row(1, 2))
                        .rejects("MaxPool: kernel_shape: expected 1 positive values, given [0]"),
                Case.of("rejects strings", max(Window.of(1)))
                        .input(HostTensor.of(Shape.of(1, 1, 1), "a"))
                        .rejects("MaxPool: expected a float type, int8 or uint8"),
                Case.of("rejects no spatial axis", max(Window.of()))
                        .input(Data.normal(1, 2, 3))
                        .rejects("MaxPool: expected X [batch, channels, spatial axes]"));
    }
}
