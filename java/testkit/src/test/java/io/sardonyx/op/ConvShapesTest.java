package io.sardonyx.op;

import static io.sardonyx.op.ConvLayer.image;
import static io.sardonyx.op.ConvLayer.square;

import io.sardonyx.tensor.DType;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.OperatorTest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The shapes of {@link ConvLayers} against the reference, also in 16 bits, and fused ones. {@link ConvTest} has the facts and what is refused. */
class ConvShapesTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        Stream<Case> half = ConvLayers.oddChannels().stream()
                .map(layer -> layer.with(DType.FLOAT16).conv());
        Stream<Case> bfloat = ConvLayers.groups().stream()
                .map(layer -> layer.with(DType.BFLOAT16).conv());
        return Stream.of(ConvLayers.all().map(ConvLayer::conv), half, bfloat, fused())
                .flatMap(s -> s);
    }

    private static Stream<Case> fused() {
        List<Activation> activations = List.of(
                Activation.RELU,
                Activation.clip(0, 6),
                Activation.leakyRelu(0.1f),
                Activation.HARD_SWISH,
                Activation.SIGMOID,
                Activation.SILU,
                Activation.MISH);
        List<ConvLayer> layers = List.of(
                ConvLayer.of(33, 17, image(5, 7), Window.of(1, 1)),
                ConvLayer.of(8, 24, image(7, 6), square(3, 1)),
                ConvLayer.of(4, 9, image(9, 11), square(3, 2)).batch(2),
                ConvLayer.of(17, 17, image(6, 5), square(3, 1)).group(17));
        List<Case> cases = new ArrayList<>();
        for (Activation activation : activations) {
            for (ConvLayer layer : layers) {
                Conv conv = new Conv(layer.group(), layer.window());
                for (boolean addLast : new boolean[] {false, true}) {
                    cases.add(Case.of(
                                    activation.kind() + (addLast ? ", then a residual, " : " of a residual, ") + layer,
                                    new FusedConv(conv, activation, addLast))
                            .input(layer.x())
                            .constant(layer.w())
                            .input(layer.b())
                            .input(Data.normal(4, layer.yShape().toArray()))
                            .within(layer.tolerance()));
                }
            }
        }
        return cases.stream();
    }
}
