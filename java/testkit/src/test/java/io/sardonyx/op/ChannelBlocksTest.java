package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Into channels in blocks and back, and what poolings, scales and shuffles do with them. */
class ChannelBlocksTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(facts(), moves(), pools(), scales(), shuffles()).flatMap(s -> s);
    }

    private static Stream<Case> facts() {
        HostTensor plain = HostTensor.of(Shape.of(1, 2, 2), 1f, 2f, 3f, 4f);
        float[] lanes = new float[32];
        lanes[0] = 1;
        lanes[1] = 3;
        lanes[16] = 2;
        lanes[17] = 4;
        HostTensor blocked = HostTensor.of(Shape.of(1, 1, 2, 16), lanes);
        return Stream.of(
                Case.of("two channels of two positions", new BlockChannels())
                        .input(plain)
                        .expect(blocked),
                Case.of("and back", new UnblockChannels(2)).input(blocked).expect(plain),
                Case.of("no channels", new BlockChannels()).input(Data.normal(1, 2, 0, 3)),
                Case.of("17 channels in one block", new UnblockChannels(17))
                        .input(blocked)
                        .rejects(
                                "UnblockChannels: expected 17 channels as [N, 2, spatial axes, 16], given [1, 1, 2, 16]"));
    }

    private static Stream<Case> moves() {
        List<Case> cases = new ArrayList<>();
        for (long channels : new long[] {1, 3, 4, 15, 16, 17, 31, 48}) {
            for (long positions : new long[] {1, 3, 4, 7, 8, 33}) {
                HostTensor plain = Data.normal(channels, 2, channels, positions);
                String size = channels + " channels of " + positions;
                cases.add(Case.of(size, new BlockChannels()).input(plain));
                cases.add(Case.of(size + " back", new UnblockChannels(channels))
                        .input(ChannelBlocks.toBlocks(plain))
                        .expect(plain));
            }
        }
        cases.add(Case.of("more positions than a part has", new BlockChannels()).input(Data.normal(1, 1, 20, 45, 50)));
        cases.add(Case.of("integers", new BlockChannels()).input(Data.integers(DType.INT32, 1, -9, 9, 1, 5, 2, 2)));
        return cases.stream();
    }

    private static Stream<Case> pools() {
        List<Case> cases = new ArrayList<>();
        Window[] windows = {
            Window.of(2, 2).withStrides(2, 2),
            Window.of(3, 3).withStrides(2, 2).withPads(1, 1, 1, 1),
            Window.of(3, 3).withStrides(2, 2).withCeil(true),
            Window.of(3, 2).withDilations(2, 3).withPads(1, 0, 2, 1),
            Window.of(7, 7).withStrides(3, 1),
            Window.of(1, 5).withPads(0, 2, 0, 2)
        };
        for (Window window : windows) {
            for (boolean max : new boolean[] {false, true}) {
                cases.add(Case.of("pool " + window + max, new BlockedPool(max, window, false))
                        .input(Data.normal(1, 2, 3, 9, 12, 16)));
            }
            cases.add(Case.of("padding counts " + window, new BlockedPool(false, window, true))
                    .input(Data.normal(1, 2, 3, 9, 12, 16)));
        }
        HostTensor special = Data.normal(1, 1, 1, 4, 4, 16);
        special.set(40, Double.NaN);
        special.set(90, Double.NEGATIVE_INFINITY);
        cases.add(Case.of("NaN is the largest", new BlockedPool(true, Window.of(2, 2), false))
                .input(special));
        cases.add(Case.of("signal", new BlockedPool(true, Window.of(3).withStrides(2), false))
                .input(Data.normal(1, 1, 2, 11, 16)));
        cases.add(Case.of("volume", new BlockedPool(false, Window.of(2, 2, 3).withPads(1, 0, 1, 0, 1, 1), true))
                .input(Data.normal(1, 1, 2, 4, 5, 6, 16)));
        return cases.stream();
    }

    private static Stream<Case> scales() {
        List<Case> cases = new ArrayList<>();
        for (long channels : new long[] {1, 16, 32, 40}) {
            for (Activation f : new Activation[] {Activation.NONE, Activation.RELU, Activation.SILU}) {
                // No shift where lanes have no channel: 0 stays 0 by all of these functions.
                cases.add(Case.of("scale " + channels + " " + f, new BlockedScale(f))
                        .input(ChannelBlocks.toBlocks(Data.normal(1, 2, channels, 3, 5)))
                        .input(Data.normal(2, channels))
                        .input(Data.normal(3, channels)));
            }
        }
        cases.add(Case.of("scales of another number", new BlockedScale(Activation.NONE))
                .input(Data.normal(1, 1, 1, 2, 16))
                .input(Data.normal(2, 17))
                .input(Data.normal(3, 17))
                .rejects("BlockedScale: expected 17 channels as [N, 2, spatial axes, 16], given [1, 1, 2, 16]"));
        return cases.stream();
    }

    private static Stream<Case> shuffles() {
        List<Case> cases = new ArrayList<>();
        for (long[] groups : new long[][] {{1, 5}, {2, 16}, {3, 6}, {4, 68}, {5, 35}, {17, 34}, {32, 32}}) {
            HostTensor plain = Data.normal(1, 2, groups[1], 3, 5);
            String name = groups[0] + " groups of " + groups[1] + " channels";
            cases.add(Case.of(name, new ChannelShuffle(groups[0], 1)).input(plain));
            cases.add(
                    Case.of(name + " last", new ChannelShuffle(groups[0], -1)).input(Data.normal(1, 2, 3, groups[1])));
            cases.add(Case.of(name + " in blocks", new BlockedShuffle(groups[0], groups[1]))
                    .input(ChannelBlocks.toBlocks(plain)));
        }
        cases.add(Case.of("many positions", new BlockedShuffle(2, 20))
                .input(ChannelBlocks.toBlocks(Data.normal(1, 1, 20, 33, 40))));
        cases.add(Case.of("two groups of three", new ChannelShuffle(2, 0))
                .input(HostTensor.of(Shape.of(6), 0f, 1f, 2f, 3f, 4f, 5f))
                .expect(HostTensor.of(Shape.of(6), 0f, 3f, 1f, 4f, 2f, 5f)));
        cases.add(Case.of("bytes", new ChannelShuffle(2, 1)).input(Data.integers(DType.INT8, 1, -9, 9, 2, 6, 5)));
        cases.add(Case.of("a group too many", new ChannelShuffle(4, 1))
                .input(Data.normal(1, 1, 6, 2))
                .rejects("ChannelShuffle: group 4 does not divide 6 channels"));
        return cases.stream();
    }
}
