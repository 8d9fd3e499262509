package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The shapes of {@link ConvLayers} in the forms that models run them in: channels in blocks, from and to plain tensors, too, by
 * Winograd's algorithm where it can; and channels last.
 */
class ArrangedConvShapesTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        List<ConvLayer> layers = ConvLayers.all().toList();
        return Stream.concat(
                IntStream.range(0, layers.size()).mapToObj(i -> inBlocks(layers.get(i), i % 4 != 1, i % 4 != 2)),
                layers.stream().map(ArrangedConvShapesTest::last));
    }

    private static Case inBlocks(ConvLayer layer, boolean blockedX, boolean blockedY) {
        Conv conv = new Conv(layer.group(), layer.window());
        long winograd = BlockedConv.suitsWinograd(conv, layer.wShape()) ? 2 + 2 * (layer.channels() % 2) : 0;
        return Case.of(
                        (blockedX ? "blocks" : "plain") + " to " + (blockedY ? "blocks" : "plain") + ": " + layer,
                        new BlockedConv(conv, Activation.RELU, false, blockedX, blockedY, winograd))
                .input(blockedX ? ChannelBlocks.toBlocks(layer.x()) : layer.x())
                .constant(layer.w())
                .input(layer.b())
                .within(layer.tolerance(winograd > 0 ? 4 : 1));
    }

    private static Case last(ConvLayer layer) {
        return Case.of(
                        "channels last: " + layer,
                        new ChannelsLastConv(new Conv(layer.group(), layer.window()), Activation.RELU, false))
                .input(last(layer.x()))
                .constant(last(layer.w()))
                .input(layer.b())
                .within(layer.tolerance());
    }

    /** Axis 1 behind all others. */
    private static HostTensor last(HostTensor x) {
        HostTensor last = HostTensor.allocate(x.type().with(ChannelsLast.toLast(x.shape())));
        ChannelsLast.toLast(x, last);
        return last;
    }
}
