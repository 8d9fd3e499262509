package io.sardonyx.op;

import io.sardonyx.op.ChannelsLastPool.Kind;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class ChannelsLastPoolTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), shapes(), refused()).flatMap(s -> s);
    }

    private static ChannelsLastPool max(Window window) {
        return new ChannelsLastPool(Kind.MAX, window, false);
    }

    private static ChannelsLastPool average(Window window, boolean countIncludePad) {
        return new ChannelsLastPool(Kind.AVERAGE, window, countIncludePad);
    }

    private static Stream<Case> facts() {
        HostTensor pixels = HostTensor.of(Shape.of(1, 3, 2), 1f, 6f, 2f, 5f, Float.NaN, 4f);
        return Stream.of(
                Case.of("the largest of each channel, NaN above all", max(Window.of(2)))
                        .input(pixels)
                        .expect(HostTensor.of(Shape.of(1, 2, 2), 2f, 6f, Float.NaN, 5f)),
                Case.of("padding does not count", average(Window.of(2).withPads(1, 0), false))
                        .input(pixels)
                        .expect(HostTensor.of(Shape.of(1, 3, 2), 1f, 6f, 1.5f, 5.5f, Float.NaN, 4.5f)),
                Case.of("padding counts", average(Window.of(2).withPads(1, 0), true))
                        .input(pixels)
                        .expect(HostTensor.of(Shape.of(1, 3, 2), .5f, 3f, 1.5f, 5.5f, Float.NaN, 4.5f)),
                Case.of(
                                "read from attributes",
                                Operators.read(
                                                Operators.SARDONYX,
                                                "ChannelsLastPool",
                                                Attributes.of(
                                                        1,
                                                        Map.of(
                                                                "kind",
                                                                "MAX",
                                                                "kernel_shape",
                                                                List.of(1L),
                                                                "strides",
                                                                List.of(2L))))
                                        .get())
                        .input(pixels)
                        .expect(HostTensor.of(Shape.of(1, 2, 2), 1f, 6f, Float.NaN, 4f)));
    }

    private static Stream<Case> shapes() {
        Window three = Window.of(3, 3).withPads(1, 1, 1, 1);
        long[][] images = {{1, 5, 7, 1}, {2, 9, 8, 8}, {3, 6, 5, 31}, {1, 7, 7, 64}, {0, 5, 5, 8}, {2, 5, 5, 0}};
        List<Window> windows = List.of(
                three,
                three.withStrides(2, 3),
                Window.of(2, 2).withStrides(2, 2).withCeil(true),
                Window.of(3, 2)
                        .withStrides(2, 2)
                        .withPads(0, 1, 2, 0)
                        .withDilations(1, 2)
                        .withCeil(true),
                Window.of(2, 3).withDilations(2, 1).withPads(1, 2, 0, 1));
        List<Case> cases = new ArrayList<>();
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)) {
            for (Window window : windows) {
                for (long[] image : images) {
                    add(cases, dtype, window, image);
                }
            }
            add(cases, dtype, Window.of(3).withStrides(2).withPads(1, 1), 2, 40, 24);
            add(cases, dtype, Window.of(2, 3, 2).withPads(1, 0, 1, 0, 2, 0), 2, 4, 5, 6, 16);
        }
        add(cases, DType.FLOAT64, three, 1, 5, 7, 2);
        return cases.stream();
    }

    private static void add(List<Case> cases, DType dtype, Window window, long... image) {
        HostTensor x = Data.normal(dtype, 1, image);
        String name = dtype + " " + x.shape() + ", " + window;
        cases.add(Case.of("max of " + name, max(window)).input(x).within(Tolerance.EXACT));
        for (boolean countIncludePad : new boolean[] {false, true}) {
            cases.add(Case.of(
                            "average of " + name + (countIncludePad ? ", padding included" : ""),
                            average(window, countIncludePad))
                    .input(x));
        }
    }

    private static Stream<Case> refused() {
        return Stream.of(
                Case.of("rejects integers", max(Window.of(2)))
                        .input(Data.range(DType.INT32, 1, 3, 2))
                        .rejects("ChannelsLastPool: expected a float type, given"),
                Case.of("rejects no spatial axis", max(Window.of(2)))
                        .input(Data.normal(1, 1, 3))
                        .rejects("ChannelsLastPool: expected X [batch, spatial axes, channels], given [1, 3]"),
                Case.of("rejects a window of other axes", average(Window.of(2), false))
                        .input(Data.normal(1, 1, 3, 4, 5))
                        .rejects("ChannelsLastPool: kernel_shape: expected 2 values, given [2]"));
    }
}
