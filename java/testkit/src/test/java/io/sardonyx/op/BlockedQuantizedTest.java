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

/** What quantised graphs become for CPUs: BlockedQLinearConv, QLinearAdd, QLinearGlobalAveragePool, and blocks of bytes. */
class BlockedQuantizedTest extends OperatorTest {
    /** A product in float32 may round to the other side of a half. */
    private static final Tolerance ONE_APART = Tolerance.of(0, 1);

    private static final List<DType> BYTES = List.of(DType.UINT8, DType.INT8);

    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), convolutions(), additions(), means(), moves(), refused())
                .flatMap(s -> s);
    }

    private static HostTensor scale(double value) {
        return HostTensor.of(DType.FLOAT32, Shape.SCALAR, value);
    }

    private static HostTensor zero(DType dtype, double value) {
        return HostTensor.of(dtype, Shape.of(1), value);
    }

    private static HostTensor bytes(DType dtype, long seed, Shape shape) {
        boolean signed = dtype == DType.INT8;
        return Data.integers(dtype, seed, signed ? -128 : 0, signed ? 127 : 255, shape.toArray());
    }

    /** In blocks, with bytes of no meaning behind the last channel. */
    private static HostTensor blocks(HostTensor plain) {
        HostTensor blocked = HostTensor.allocate(plain.type().with(ChannelBlocks.blocked(plain.shape())));
        ChannelBlocks.toBlocks(plain, blocked, 77);
        return blocked;
    }

    private static Stream<Case> facts() {
        Shape shape = Shape.of(1, 1, 3);
        HostTensor y = HostTensor.allocate(
                HostTensor.of(DType.UINT8, shape, 0, 0, 0).type().with(ChannelBlocks.blocked(shape)));
        // (x - 128) by 1 and -2, the first of which meets padding at the left: 2 * 128, -128 - 2 * 127, ...
        ChannelBlocks.toBlocks(HostTensor.of(DType.UINT8, shape, 255, 0, 10), y, 10);
        return Stream.of(
                Case.of(
                                "padding is a true zero",
                                new BlockedQLinearConv(
                                        new QLinearConv(1, Window.of(2).withPads(1, 0)), false))
                        .input(HostTensor.of(DType.UINT8, shape, 0, 128, 128))
                        .input(scale(1))
                        .input(zero(DType.UINT8, 128))
                        .constant(HostTensor.of(DType.INT8, Shape.of(1, 1, 2), 1, -2))
                        .constant(scale(1))
                        .input(scale(1))
                        .input(zero(DType.UINT8, 10))
                        .expect(y),
                Case.of("halves go to the even number", new QLinearAdd())
                        .input(HostTensor.of(DType.UINT8, Shape.of(5), 1, 3, 5, 7, 255))
                        .input(scale(.5))
                        .input(zero(DType.UINT8, 0))
                        .input(HostTensor.of(DType.INT8, Shape.of(5), 0, 0, 0, -128, 127))
                        .input(scale(1))
                        .absent()
                        .input(scale(1))
                        .input(zero(DType.INT8, 1))
                        .expect(HostTensor.of(DType.INT8, Shape.of(5), 1, 3, 3, -123, 127)));
    }

    private record Layer(long group, long channels, long filters, Window window, long... image) {}

    private static List<Layer> layers() {
        Window three = Window.of(3, 3).withPads(1, 1, 1, 1);
        return List.of(
                new Layer(1, 3, 5, three.withStrides(2, 2), 9, 37),
                new Layer(1, 17, 40, Window.of(1, 1), 7, 7),
                new Layer(1, 36, 16, Window.of(1, 1).withStrides(2, 2), 9, 11),
                new Layer(1, 20, 33, three, 6, 17),
                new Layer(1, 5, 70, Window.of(5).withPads(2, 2), 90),
                new Layer(1, 2, 3, Window.of(2, 3, 2).withDilations(1, 2, 1), 4, 7, 6),
                new Layer(2, 32, 64, three.withDilations(2, 1), 9, 8),
                new Layer(21, 21, 21, three, 13, 19),
                new Layer(32, 32, 32, three.withStrides(2, 2), 14, 21),
                new Layer(6, 6, 6, Window.of(5, 5).withPads(2, 2, 2, 2).withDilations(1, 2), 9, 16),
                new Layer(17, 17, 17, Window.of(4, 2, 3).withPads(0, 1, 1, 0, 0, 1), 5, 4, 10));
    }

    private static Stream<Case> convolutions() {
        List<Case> cases = new ArrayList<>();
        for (Layer layer : layers()) {
            for (DType dtype : BYTES) {
                HostTensor x = bytes(dtype, 1, Shape.of(2, layer.channels).concat(Shape.of(layer.image)));
                cases.add(convolution(layer, x, true, dtype == DType.INT8));
                if (layer.group == 1) {
                    cases.add(convolution(layer, x, false, dtype == DType.UINT8));
                }
            }
        }
        return cases.stream();
    }

    private static Case convolution(Layer layer, HostTensor x, boolean blocked, boolean scales) {
        DType y = x.dtype() == DType.INT8 == scales ? DType.UINT8 : DType.INT8;
        Shape w = Shape.of(layer.filters, layer.channels / layer.group)
                .concat(Shape.of(Window.array(layer.window.kernel())));
        var operator = new BlockedQLinearConv(new QLinearConv(layer.group, layer.window), blocked);
        Case c = Case.of(x.dtype() + " to " + y + (blocked ? " in blocks, " : ", ") + layer, operator)
                .input(blocked ? blocks(x) : x)
                .input(scale(0.02))
                .input(zero(x.dtype(), 5))
                .constant(bytes(DType.INT8, 2, w))
                .constant(scales ? Data.uniform(DType.FLOAT32, 4, 0.001, 0.01, layer.filters) : scale(0.005))
                .input(scale(0.1))
                .input(zero(y, 60));
        return (scales ? c.constant(Data.integers(DType.INT32, 5, -5000, 5000, layer.filters)) : c.absent())
                .within(ONE_APART);
    }

    private static Stream<Case> additions() {
        List<Case> cases = new ArrayList<>();
        for (DType a : BYTES) {
            for (DType b : BYTES) {
                for (Shape[] shapes :
                        new Shape[][] {{Shape.of(3, 7, 11), Shape.of(3, 7, 11)}, {Shape.of(2, 5, 4), Shape.of(5, 1)}}) {
                    cases.add(Case.of(a + " and " + b + " " + shapes[0] + " and " + shapes[1], new QLinearAdd())
                            .input(bytes(a, 1, shapes[0]))
                            .input(scale(0.013))
                            .input(zero(a, 7))
                            .input(bytes(b, 2, shapes[1]))
                            .input(scale(0.027))
                            .input(zero(b, 100))
                            .input(scale(0.02))
                            .input(zero(a, 33))
                            .within(ONE_APART));
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Case> means() {
        List<Case> cases = new ArrayList<>();
        for (DType dtype : BYTES) {
            HostTensor x = bytes(dtype, 3, Shape.of(2, 21, 5, 7));
            cases.add(mean("plain", new QLinearGlobalAveragePool(false, false), x));
            cases.add(mean("in blocks", new QLinearGlobalAveragePool(false, true), blocks(x)));
            cases.add(mean("channels last", new QLinearGlobalAveragePool(true, false), x));
        }
        return cases.stream();
    }

    private static Case mean(String name, QLinearGlobalAveragePool operator, HostTensor x) {
        return Case.of("mean, " + name + ", " + x.type(), operator)
                .input(x)
                .input(scale(0.03))
                .input(zero(x.dtype(), 4))
                .input(scale(0.005))
                .input(zero(DType.UINT8, 120))
                .within(ONE_APART);
    }

    private static Stream<Case> moves() {
        List<Case> cases = new ArrayList<>();
        for (DType dtype : BYTES) {
            HostTensor x = bytes(dtype, 4, Shape.of(2, 37, 5, 9));
            cases.add(Case.of("to blocks, " + dtype, new BlockChannels()).input(x));
            cases.add(Case.of("back, " + dtype, new UnblockChannels(37))
                    .input(blocks(x))
                    .expect(x));
        }
        return cases.stream();
    }

    private static Stream<Case> refused() {
        HostTensor x = HostTensor.of(DType.UINT8, Shape.of(2), 1, 2);
        return Stream.of(
                Case.of("rejects a scale for each element", new QLinearAdd())
                        .input(x)
                        .input(HostTensor.of(DType.FLOAT32, Shape.of(2), 1, 2))
                        .absent()
                        .input(x)
                        .input(scale(1))
                        .absent()
                        .input(scale(1))
                        .rejects("QLinearAdd: A_scale: expected 1 values of float32"),
                Case.of("rejects a mean of two axes", new QLinearGlobalAveragePool(false, true))
                        .input(x)
                        .input(scale(1))
                        .absent()
                        .input(scale(1))
                        .rejects("QLinearGlobalAveragePool: expected X [batch, channels, spatial axes]"));
    }
}
