package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import io.sardonyx.testkit.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Convolutions from and to channels in blocks, against the plain operator: every direction, ragged channels, groups, Winograd. */
class BlockedConvTest extends OperatorTest {
    private static final Activation[] ACTIVATIONS = {
        Activation.NONE, Activation.RELU, Activation.clip(-0.5f, 0.75f), Activation.SILU, Activation.HARD_SWISH
    };

    @Override
    protected Stream<Case> cases() {
        return Stream.of(directions(), windows(), groups(), depthwise(), winograd(), residuals(), refused())
                .flatMap(s -> s);
    }

    /** What may come in two forms. */
    private enum Form {
        PLAIN,
        BLOCKS
    }

    private record Setting(
            long batch, long channels, long filters, long group, Window window, long[] size, long[] kernel) {
        Shape x() {
            return Shape.of(batch, channels).concat(Shape.of(size));
        }

        Conv conv() {
            return new Conv(group, window);
        }

        Shape y() {
            return conv().infer(InputTypes.of(TensorType.of(DType.FLOAT32, x().toArray()), w().type()))
                    .get(0)
                    .shape();
        }

        HostTensor w() {
            return Data.normal(
                    2,
                    Shape.of(filters, channels / group).concat(Shape.of(kernel)).toArray());
        }
    }

    private static Setting image(
            long batch, long channels, long filters, long rows, long columns, long kernel, long stride, long pad) {
        Window window = Window.of(kernel, kernel).withStrides(stride, stride).withPads(pad, pad, pad, pad);
        return new Setting(
                batch, channels, filters, 1, window, new long[] {rows, columns}, new long[] {kernel, kernel});
    }

    /** In blocks, with NaN in the lanes that no channel has: nobody may read them. */
    private static HostTensor blocks(HostTensor plain) {
        HostTensor blocked = ChannelBlocks.toBlocks(plain);
        HostTensor there = HostTensor.allocate(plain.type());
        there.setAll(Stream.generate(() -> 1.0)
                .limit(plain.size())
                .mapToDouble(d -> d)
                .toArray());
        HostTensor lanes = ChannelBlocks.toBlocks(there);
        for (int i = 0; i < blocked.size(); i++) {
            if (lanes.getDouble(i) == 0) {
                blocked.set(i, Double.NaN);
            }
        }
        return blocked;
    }

    /** Without a residual, by the direct kernel. */
    private static Case of(String name, Setting s, Activation f, Form x, Form y) {
        return of(name, s, f, x, y, 0, false, false);
    }

    private static Case of(
            String name, Setting s, Activation f, Form x, Form y, long winograd, boolean z, boolean addLast) {
        HostTensor input = Data.normal(1, s.x().toArray());
        boolean depthwise = s.group == s.channels && s.filters == s.channels;
        var operator = new BlockedConv(s.conv(), f, addLast, x == Form.BLOCKS, y == Form.BLOCKS, winograd);
        Case c = Case.of(
                        name + " " + s.x() + " to " + s.filters + " of " + s.conv() + " " + f + " " + x + " " + y,
                        operator)
                .input(x == Form.PLAIN ? input : depthwise ? ChannelBlocks.toBlocks(input) : blocks(input))
                .constant(s.w())
                .input(Data.normal(3, s.filters));
        if (z) {
            HostTensor addend = Data.normal(4, s.y().toArray());
            c.input(y == Form.PLAIN ? addend : ChannelBlocks.toBlocks(addend));
        }
        return c.within(Tolerance.dot(DType.FLOAT32, s.w().size() / s.filters * (winograd > 0 ? 4 : 1)));
    }

    private static Stream<Case> directions() {
        List<Case> cases = new ArrayList<>();
        int i = 0;
        for (long channels : new long[] {1, 3, 16, 17, 40}) {
            for (long filters : new long[] {8, 16, 20, 32, 33, 48, 64}) {
                for (Form x : Form.values()) {
                    for (Form y : Form.values()) {
                        // All of these keep 0, which is what lanes without a filter hold.
                        cases.add(of(
                                "directions",
                                image(1 + i % 2, channels, filters, 5 + i % 4, 3 + i % 17, 1 + 2 * (i % 2), 1, i % 2),
                                ACTIVATIONS[i++ % 5],
                                x,
                                y));
                    }
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Case> windows() {
        List<Case> cases = new ArrayList<>();
        for (Form form : Form.values()) {
            for (long columns : new long[] {1, 2, 13, 14, 15, 27, 29, 43}) {
                cases.add(of("a row", image(1, 18, 32, 2, columns, 1, 1, 0), Activation.RELU, form, Form.BLOCKS));
            }
            for (long stride : new long[] {2, 3}) {
                for (long kernel : new long[] {1, 2, 3, 5}) {
                    cases.add(of(
                            "strides",
                            image(1, 20, 32, 11, 12, kernel, stride, kernel / 2),
                            Activation.NONE,
                            form,
                            form));
                }
            }
            Window dilated =
                    Window.of(3, 2).withDilations(2, 3).withPads(1, 0, 2, 3).withStrides(1, 2);
            cases.add(of(
                    "dilated, lopsided pads",
                    new Setting(2, 17, 24, 1, dilated, new long[] {9, 14}, new long[] {3, 2}),
                    Activation.NONE,
                    form,
                    form));
            cases.add(of(
                    "signal",
                    new Setting(2, 20, 40, 1, Window.of(5).withPads(2, 2), new long[] {37}, new long[] {5}),
                    Activation.NONE,
                    form,
                    form));
            cases.add(of(
                    "volume",
                    new Setting(
                            1,
                            6,
                            16,
                            1,
                            Window.of(2, 3, 3).withPads(1, 1, 0, 0, 1, 2),
                            new long[] {4, 5, 6},
                            new long[] {2, 3, 3}),
                    Activation.RELU,
                    form,
                    form));
            cases.add(of(
                    "no image",
                    new Setting(0, 16, 16, 1, Window.of(3, 3), new long[] {4, 4}, new long[] {3, 3}),
                    Activation.NONE,
                    form,
                    form));
        }
        cases.add(Case.of(
                        "no filters",
                        new BlockedConv(new Conv(1, Window.of(1, 1)), Activation.NONE, false, true, true, 0))
                .input(Data.normal(1, 1, 1, 4, 4, 16))
                .constant(Data.normal(2, 0, 16, 1, 1)));
        cases.add(of(
                "a part of a wide image at a time",
                image(1, 64, 16, 1, 3000, 1, 1, 0),
                Activation.NONE,
                Form.BLOCKS,
                Form.BLOCKS));
        cases.add(of(
                "a part of a tall image at a time",
                image(1, 48, 16, 90, 30, 3, 1, 1),
                Activation.NONE,
                Form.BLOCKS,
                Form.BLOCKS));
        return cases.stream();
    }

    private static Stream<Case> groups() {
        List<Case> cases = new ArrayList<>();
        long[][] settings = {
            {2, 32, 32},
            {2, 34, 20},
            {3, 33, 30},
            {4, 16, 32},
            {4, 36, 68},
            {8, 8, 64},
            {2, 10, 18},
            {8, 16, 32},
            {16, 48, 80},
            {6, 6, 12},
            {4, 40, 96}
        };
        for (long[] s : settings) {
            for (Form x : Form.values()) {
                for (Form y : Form.values()) {
                    var setting = new Setting(
                            2, s[1], s[2], s[0], Window.of(3, 3).withPads(1, 1, 1, 1), new long[] {5, 6}, new long[] {
                                3, 3
                            });
                    cases.add(of(s[0] + " groups", setting, Activation.NONE, x, y));
                    cases.add(of(s[0] + " groups and z", setting, Activation.SILU, x, y, 0, true, y == x));
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Case> depthwise() {
        List<Case> cases = new ArrayList<>();
        int i = 0;
        for (long channels : new long[] {1, 16, 24, 48}) {
            for (long stride : new long[] {1, 2, 3}) {
                for (long kernel : new long[] {1, 3, 5}) {
                    for (long columns : new long[] {1, 4, 7, 18, 35}) {
                        Window window = Window.of(kernel, kernel)
                                .withStrides(stride, stride)
                                .withPads(kernel / 2, kernel / 2, kernel / 2, kernel / 2);
                        var setting = new Setting(
                                1, channels, channels, channels, window, new long[] {6 + i % 12, columns}, new long[] {
                                    kernel, kernel
                                });
                        cases.add(of(
                                "depthwise",
                                setting,
                                ACTIVATIONS[i++ % 5],
                                Form.values()[i / 2 % 2],
                                Form.values()[i % 2],
                                0,
                                i % 3 == 0,
                                i % 2 == 0));
                    }
                }
            }
        }
        Window lopsided = Window.of(3, 4).withDilations(2, 1).withPads(3, 0, 1, 5);
        for (Form form : Form.values()) {
            cases.add(of(
                    "depthwise, lopsided pads",
                    new Setting(2, 20, 20, 20, lopsided, new long[] {7, 9}, new long[] {3, 4}),
                    Activation.RELU,
                    form,
                    form));
            cases.add(of(
                    "depthwise volume",
                    new Setting(
                            1,
                            16,
                            16,
                            16,
                            Window.of(2, 3, 3).withPads(1, 1, 1, 0, 1, 1),
                            new long[] {3, 4, 5},
                            new long[] {2, 3, 3}),
                    Activation.NONE,
                    form,
                    form));
            cases.add(of(
                    "depthwise signal",
                    new Setting(1, 16, 16, 16, Window.of(9).withPads(4, 4), new long[] {50}, new long[] {9}),
                    Activation.NONE,
                    form,
                    form));
        }
        for (Form y : Form.values()) {
            for (long stride : new long[] {1, 2}) {
                Window window = Window.of(3, 3).withStrides(stride, stride).withPads(1, 1, 1, 1);
                var tall = new Setting(1, 20, 20, 20, window, new long[] {150, 120}, new long[] {3, 3});
                cases.add(of(
                        "a part of a tall plane at a time",
                        tall,
                        Activation.RELU,
                        Form.PLAIN,
                        y,
                        0,
                        stride == 1,
                        true));
            }
        }
        return cases.stream();
    }

    private static Stream<Case> winograd() {
        List<Case> cases = new ArrayList<>();
        int i = 0;
        for (long channels : new long[] {16, 20, 33}) {
            for (long filters : new long[] {16, 32, 40, 64}) {
                for (long size : new long[] {3, 4, 5, 9, 16}) {
                    cases.add(of(
                            "winograd",
                            image(1 + i % 2, channels, filters, size, size + i % 3, 3, 1, i % 3),
                            ACTIVATIONS[i % 5],
                            Form.BLOCKS,
                            Form.BLOCKS,
                            2 + 2 * (i / 2 % 2),
                            filters % 16 == 0 && i % 2 == 0,
                            i++ % 4 == 0));
                }
            }
        }
        cases.add(of(
                "winograd, many blocks of channels",
                image(1, 520, 16, 6, 6, 3, 1, 1),
                Activation.NONE,
                Form.BLOCKS,
                Form.BLOCKS,
                4,
                false,
                false));
        for (long tile : new long[] {2, 4}) {
            cases.add(of(
                    "winograd, several rounds of tiles",
                    image(2, 16, 16, 70, 68, 3, 1, 1),
                    Activation.NONE,
                    Form.BLOCKS,
                    Form.BLOCKS,
                    tile,
                    false,
                    false));
        }
        cases.add(of(
                "winograd does not do strides",
                image(1, 16, 16, 9, 9, 3, 2, 1),
                Activation.NONE,
                Form.BLOCKS,
                Form.BLOCKS,
                4,
                false,
                false));
        return cases.stream();
    }

    private static Stream<Case> residuals() {
        List<Case> cases = new ArrayList<>();
        for (Form form : Form.values()) {
            for (boolean last : new boolean[] {false, true}) {
                for (Activation f : ACTIVATIONS) {
                    cases.add(of("residual", image(2, 16, 48, 6, 9, 3, 1, 1), f, Form.BLOCKS, form, 0, true, last));
                }
            }
        }
        return cases.stream();
    }

    private static Stream<Case> refused() {
        Conv conv = new Conv(1, Window.of(1, 1));
        return Stream.of(
                Case.of("too few blocks", new BlockedConv(conv, Activation.NONE, false, true, true, 0))
                        .input(Data.normal(1, 1, 1, 4, 4, 16))
                        .constant(Data.normal(2, 16, 20, 1, 1))
                        .rejects(
                                "BlockedConv: expected 20 channels as [N, 2, spatial axes, 16], given [1, 1, 4, 4, 16]"),
                Case.of("a plain tensor", new BlockedConv(conv, Activation.NONE, false, true, true, 0))
                        .input(Data.normal(1, 1, 16, 4, 4))
                        .constant(Data.normal(2, 16, 16, 1, 1))
                        .rejects("BlockedConv: expected 16 channels as [N, 1, spatial axes, 16], given [1, 16, 4, 4]"));
    }
}
