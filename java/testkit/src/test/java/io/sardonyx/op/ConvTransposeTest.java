package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

class ConvTransposeTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), shapes(), refused()).flatMap(s -> s);
    }

    private static ConvTranspose transpose(Window window) {
        return new ConvTranspose(1, window, List.of(), List.of());
    }

    private static Stream<Case> facts() {
        HostTensor x = HostTensor.of(Shape.of(1, 1, 2, 2), 1f, 2f, 3f, 4f);
        HostTensor ones = HostTensor.of(Shape.of(1, 1, 2, 2), 1f, 1f, 1f, 1f);
        return Stream.of(
                Case.of("each element spreads", transpose(Window.of()))
                        .input(x)
                        .input(ones)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 3, 3), 1, 3, 2, 4, 10, 6, 3, 7, 4)),
                Case.of("stride 2 does not overlap", transpose(Window.of().withStrides(2, 2)))
                        .input(x)
                        .input(ones)
                        .input(HostTensor.of(Shape.of(1), 10f))
                        .expect(HostTensor.of(
                                DType.FLOAT32,
                                Shape.of(1, 1, 4, 4),
                                11,
                                11,
                                12,
                                12,
                                11,
                                11,
                                12,
                                12,
                                13,
                                13,
                                14,
                                14,
                                13,
                                13,
                                14,
                                14)),
                Case.of(
                                "stride 3 leaves gaps with the bias",
                                transpose(Window.of().withStrides(1, 3)))
                        .input(HostTensor.of(Shape.of(1, 1, 1, 2), 1f, 2f))
                        .input(HostTensor.of(Shape.of(1, 1, 1, 2), 1f, 10f))
                        .input(HostTensor.of(Shape.of(1), .5f))
                        .expect(HostTensor.of(Shape.of(1, 1, 1, 5), 1.5f, 10.5f, .5f, 2.5f, 20.5f)),
                Case.of(
                                "an output_shape asks for more padding at the begin",
                                new ConvTranspose(1, Window.of(), List.of(), List.of(2L, 2L)))
                        .input(x)
                        .input(ones)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 10, 6, 7, 4)),
                Case.of("SAME_UPPER asks for more padding at the end", transpose(same()))
                        .input(x)
                        .input(ones)
                        .expect(HostTensor.of(DType.FLOAT32, Shape.of(1, 1, 2, 2), 1, 3, 4, 10)),
                Case.of("output_padding", new ConvTranspose(1, Window.of(), List.of(1L, 0L), List.of()))
                        .input(x)
                        .input(ones)
                        .expect(HostTensor.of(
                                DType.FLOAT32, Shape.of(1, 1, 4, 3), 1, 3, 2, 4, 10, 6, 3, 7, 4, 0, 0, 0)));
    }

    private static Window same() {
        return Window.of().withAutoPad(Window.AutoPad.SAME_UPPER);
    }

    private record Layer(long group, long batch, long channels, long filters, Window window, long... image) {
        ConvTranspose operator() {
            return new ConvTranspose(group, window, List.of(), List.of());
        }

        HostTensor w() {
            return Data.normal(
                    2,
                    Shape.of(channels, filters)
                            .concat(Shape.of(Window.array(window.kernel())))
                            .toArray());
        }

        @Override
        public String toString() {
            return "group " + group + ", " + batch + " x " + channels + " -> " + filters + ", "
                    + Arrays.toString(image) + ", kernel " + window.kernel() + " / " + window.strides() + " dilated "
                    + window.dilations() + " padded " + window.pads();
        }
    }

    private static Stream<Case> shapes() {
        Window two = Window.of(2, 2).withStrides(2, 2);
        Window three = Window.of(3, 3).withStrides(2, 2).withPads(1, 1, 0, 0);
        List<Case> cases = new ArrayList<>();
        for (Layer layer : List.of(
                new Layer(1, 1, 24, 24, two, 10, 14),
                new Layer(1, 2, 5, 1, two, 17, 33),
                new Layer(1, 1, 9, 7, three, 13, 15),
                new Layer(2, 1, 6, 3, three.withDilations(2, 1), 6, 20),
                new Layer(4, 1, 4, 1, Window.of(4, 4).withStrides(2, 2).withPads(1, 1, 1, 1), 9, 9),
                new Layer(1, 1, 3, 2, Window.of(2, 5).withStrides(4, 3), 5, 6),
                new Layer(1, 1, 70, 3, Window.of(3, 3), 40, 60),
                new Layer(1, 1, 3, 4, Window.of(5).withStrides(2).withPads(2, 1), 50),
                new Layer(1, 1, 2, 3, Window.of(3, 2, 3).withStrides(2, 1, 2).withPads(1, 0, 1, 0, 1, 0), 4, 3, 5))) {
            HostTensor x = Data.normal(
                    1,
                    Shape.of(layer.batch, layer.channels)
                            .concat(Shape.of(layer.image))
                            .toArray());
            Tolerance tolerance = Tolerance.dot(DType.FLOAT32, 9 * layer.channels);
            cases.add(Case.of(layer + ", weight packed", layer.operator())
                    .input(x)
                    .constant(layer.w())
                    .input(Data.normal(3, layer.group * layer.filters))
                    .within(tolerance));
            cases.add(Case.of(layer + ", weight not constant", layer.operator())
                    .input(x)
                    .input(layer.w())
                    .within(tolerance));
        }
        for (DType dtype : List.of(DType.FLOAT16, DType.BFLOAT16, DType.FLOAT64)) {
            cases.add(Case.of(dtype.toString(), transpose(Window.of().withStrides(2, 1)))
                    .input(Data.normal(dtype, 1, 1, 2, 3, 3))
                    .input(Data.normal(dtype, 2, 2, 5, 2, 2)));
        }
        cases.add(Case.of("no image", transpose(Window.of()))
                .input(Data.normal(1, 0, 2, 3, 3))
                .input(Data.normal(2, 2, 3, 2, 2)));
        return cases.stream();
    }

    private static Stream<Case> refused() {
        HostTensor x = Data.normal(1, 1, 4, 3, 3);
        HostTensor w = Data.normal(2, 4, 2, 3, 3);
        return Stream.of(
                Case.of("rejects channels that differ", transpose(Window.of()))
                        .input(x)
                        .input(Data.normal(2, 3, 2, 3, 3))
                        .rejects("ConvTranspose: channels differ"),
                Case.of("rejects groups that do not divide", new ConvTranspose(3, Window.of(), List.of(), List.of()))
                        .input(x)
                        .input(w)
                        .rejects("ConvTranspose: group 3 does not divide the 4 channels"),
                Case.of("rejects an output of size 0", transpose(Window.of().withPads(3, 0, 2, 0)))
                        .input(x)
                        .input(w)
                        .rejects("ConvTranspose: output axis 2 has size 0"),
                Case.of("rejects strides that overflow", transpose(Window.of().withStrides(Long.MAX_VALUE, 1)))
                        .input(x)
                        .input(w)
                        .rejects("ConvTranspose: sizes overflow 64 bits"),
                Case.of("rejects a bias of another length", transpose(Window.of()))
                        .input(x)
                        .input(w)
                        .input(Data.normal(3, 4))
                        .rejects("ConvTranspose: bias: expected [2]"));
    }
}
