package io.sardonyx.op;

import static io.sardonyx.op.ConvLayer.image;
import static io.sardonyx.op.ConvLayer.square;

import io.sardonyx.op.Window.AutoPad;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Many shapes of convolution: the layers of three networks with fewer channels and smaller images, odd images under odd kernels,
 * channels around every vector and tile, groups, 1-D and 3-D.
 */
final class ConvLayers {
    private ConvLayers() {}

    static Stream<ConvLayer> all() {
        return Stream.of(
                        resNet50(),
                        mobileNetV2(),
                        unet(),
                        oddImages(),
                        oddChannels(),
                        groups(),
                        windows(),
                        otherRanks())
                .flatMap(Set::stream);
    }

    private static ConvLayer of(long channels, long filters, long size, long kernel, long stride) {
        long less = lessPixels(size);
        return ConvLayer.of(lessChannels(channels), lessChannels(filters), image(less, less), square(kernel, stride));
    }

    private static long lessChannels(long channels) {
        return channels <= 3 ? channels : Math.max(8, channels / 16);
    }

    /** Sizes of networks that differ still differ, and stay odd or even. */
    private static long lessPixels(long size) {
        return Map.of(7L, 7L, 14L, 8L, 16L, 8L, 28L, 10L, 32L, 10L, 56L, 12L, 64L, 14L, 112L, 16L)
                .getOrDefault(size, 18L);
    }

    private static Set<ConvLayer> resNet50() {
        Set<ConvLayer> layers = new LinkedHashSet<>(List.of(of(3, 64, 224, 7, 2)));
        long in = 64;
        long size = 56;
        for (long width = 64; width <= 512; width *= 2) {
            long stride = width > 64 ? 2 : 1;
            layers.addAll(List.of(
                    of(in, width, size, 1, 1),
                    of(width, width, size, 3, stride),
                    of(in, 4 * width, size, 1, stride),
                    of(width, 4 * width, size / stride, 1, 1),
                    of(4 * width, width, size / stride, 1, 1),
                    of(width, width, size / stride, 3, 1)));
            in = 4 * width;
            size /= stride;
        }
        return layers;
    }

    /** Some of the cheaper layers as they are, too. */
    private static Set<ConvLayer> mobileNetV2() {
        Set<ConvLayer> layers = new LinkedHashSet<>(List.of(of(3, 32, 224, 3, 2)));
        long in = 32;
        long size = 112;
        long[][] stages = { // expansion, filters, stride
            {1, 16, 1}, {6, 24, 2}, {6, 32, 2}, {6, 64, 2}, {6, 96, 1}, {6, 160, 2}, {6, 320, 1}
        };
        for (long[] stage : stages) {
            long wide = in * stage[0];
            layers.add(of(in, wide, size, 1, 1));
            layers.add(of(wide, wide, size, 3, stage[2]).group(lessChannels(wide)));
            size /= stage[2];
            layers.add(of(wide, stage[1], size, 1, 1));
            layers.add(of(stage[1] * 6, stage[1] * 6, size, 3, 1).group(lessChannels(stage[1] * 6)));
            in = stage[1];
        }
        layers.add(of(in, 1280, size, 1, 1));
        layers.add(ConvLayer.of(160, 960, image(7, 7), Window.of(1, 1)));
        layers.add(ConvLayer.of(192, 64, image(14, 14), Window.of(1, 1)));
        layers.add(ConvLayer.of(960, 960, image(7, 7), square(3, 1)).group(960));
        layers.add(ConvLayer.of(384, 384, image(14, 14), square(3, 1)).group(384));
        layers.add(ConvLayer.of(576, 576, image(14, 14), square(3, 2)).group(576));
        return layers;
    }

    private static Set<ConvLayer> unet() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        long in = 3;
        long size = 256;
        for (long width = 64; width <= 1024; width *= 2) {
            layers.add(of(in, width, size, 3, 1));
            layers.add(of(width, width, size, 3, 1));
            layers.add(of(2 * width, width, size, 3, 1));
            in = width;
            size /= 2;
        }
        layers.add(of(64, 2, 256, 1, 1));
        return layers;
    }

    /** The list of CUTLASS's tests: its images under its kernels, with stride and dilation in turn. */
    private static Set<ConvLayer> oddImages() {
        List<Window> kernels = List.of(
                Window.of(1, 1),
                Window.of(1, 3),
                Window.of(3, 3),
                Window.of(4, 4),
                Window.of(5, 5),
                Window.of(6, 5),
                Window.of(6, 6),
                Window.of(7, 7));
        Set<ConvLayer> layers = new LinkedHashSet<>();
        for (List<Long> image : List.of(image(1, 1), image(7, 8), image(11, 7), image(13, 11), image(17, 19))) {
            for (Window kernel : kernels) {
                long p = kernel.kernel().get(0) / 2;
                long q = kernel.kernel().get(1) / 2;
                Window padded = kernel.withPads(p, q, p, q);
                layers.add(ConvLayer.of(8, 8, image, padded));
                layers.add(ConvLayer.of(8, 5, image, padded.withStrides(2, 3)));
                layers.add(ConvLayer.of(3, 8, image, kernel.withDilations(2, 1).withPads(2 * p, q, 2 * p, q)));
            }
        }
        layers.add(ConvLayer.of(8, 8, image(23, 5), square(3, 1)).batch(2));
        layers.add(ConvLayer.of(8, 8, image(23, 5), Window.of(2, 5).withPads(1, 4, 0, 2))
                .batch(7));
        return layers;
    }

    /** On both sides of the vectors' and tiles' widths. */
    static Set<ConvLayer> oddChannels() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        long[] counts = {1, 2, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65};
        for (int i = 0; i < counts.length; i++) {
            long other = counts[(i * 5 + 3) % counts.length];
            layers.add(ConvLayer.of(counts[i], other, image(5, 6), square(3, 1)));
            layers.add(
                    ConvLayer.of(other, counts[i], image(3, 7), Window.of(1, 1)).batch(2));
        }
        layers.add(ConvLayer.of(129, 130, image(2, 3), Window.of(1, 1)));
        return layers;
    }

    static Set<ConvLayer> groups() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        for (long group : new long[] {2, 3, 5, 8, 16, 17}) {
            layers.add(ConvLayer.of(group, group, image(6, 21), square(3, 1)).group(group));
            layers.add(ConvLayer.of(group, group, image(9, 8), square(5, 2))
                    .group(group)
                    .batch(3));
            layers.add(ConvLayer.of(group, 2 * group, image(7, 5), square(3, 1)).group(group));
            layers.add(ConvLayer.of(group, 3 * group, image(4, 5), square(3, 2)).group(group));
            layers.add(ConvLayer.of(4 * group, 8 * group, image(5, 5), square(3, 1))
                    .group(group));
            layers.add(ConvLayer.of(3 * group, 5 * group, image(4, 9), Window.of(1, 1))
                    .group(group));
        }
        return layers;
    }

    private static Set<ConvLayer> windows() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        for (AutoPad pad : List.of(AutoPad.SAME_UPPER, AutoPad.SAME_LOWER, AutoPad.VALID)) {
            for (long stride : new long[] {1, 2, 3}) {
                Window even = Window.of(4, 2).withAutoPad(pad).withStrides(stride, stride);
                layers.add(ConvLayer.of(5, 9, image(10, 11), even));
                layers.add(ConvLayer.of(8, 8, image(11, 10), even.withDilations(2, 3))
                        .group(8));
            }
        }
        Window three = Window.of(3, 3);
        layers.add(ConvLayer.of(4, 17, image(5, 33), three.withPads(0, 1, 2, 3)));
        layers.add(ConvLayer.of(4, 17, image(5, 33), three.withPads(3, 0, 0, 0).withStrides(1, 2)));
        layers.add(ConvLayer.of(4, 17, image(5, 33), three.withPads(0, 0, 0, 5).withStrides(2, 1)));
        layers.add(ConvLayer.of(2, 3, image(1, 1), three.withPads(7, 6, 5, 4))); // most windows see padding alone
        layers.add(ConvLayer.of(8, 8, image(20, 20), three.withDilations(6, 6).withPads(6, 6, 6, 6)));
        layers.add(ConvLayer.of(8, 8, image(14, 13), three.withDilations(12, 12).withPads(12, 12, 12, 12)));
        layers.add(ConvLayer.of(16, 16, image(9, 9), three.withStrides(5, 4)));
        layers.add(ConvLayer.of(16, 24, image(9, 7), Window.of(1, 1).withStrides(2, 2)));
        layers.add(ConvLayer.of(16, 24, image(3, 2), Window.of(1, 1).withPads(1, 0, 0, 1)));
        layers.add(ConvLayer.of(3, 24, image(64, 64), Window.of(16, 16).withStrides(16, 16))); // a vision transformer's
        return layers;
    }

    private static Set<ConvLayer> otherRanks() {
        Set<ConvLayer> layers = new LinkedHashSet<>();
        for (long length : new long[] {1, 2, 16, 50, 131}) {
            layers.add(ConvLayer.of(5, 9, image(length), Window.of(3).withPads(1, 1)));
            layers.add(ConvLayer.of(16, 16, image(length), Window.of(7).withPads(6, 0))
                    .group(16));
            layers.add(ConvLayer.of(33, 8, image(length), Window.of(1)).batch(2));
            layers.add(ConvLayer.of(
                    8, 33, image(length), Window.of(5).withDilations(3).withPads(6, 6)));
        }
        Window three = Window.of(3, 3, 3).withPads(1, 1, 1, 1, 1, 1);
        layers.add(ConvLayer.of(3, 8, image(4, 5, 6), three));
        layers.add(ConvLayer.of(9, 8, image(3, 7, 5), three.withStrides(2, 2, 2)));
        layers.add(ConvLayer.of(4, 8, image(5, 6, 7), Window.of(1, 3, 3).withPads(0, 1, 1, 0, 1, 1)));
        layers.add(ConvLayer.of(4, 8, image(5, 6, 7), Window.of(3, 1, 1).withPads(1, 0, 0, 1, 0, 0)));
        layers.add(ConvLayer.of(8, 8, image(4, 4, 17), three.withDilations(2, 1, 2))
                .group(8));
        layers.add(ConvLayer.of(17, 5, image(2, 3, 4), Window.of(1, 1, 1)).batch(2));
        return layers;
    }
}
