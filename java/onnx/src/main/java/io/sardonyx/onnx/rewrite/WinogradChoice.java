package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.Precision;
import io.sardonyx.op.BlockedConv;
import io.sardonyx.op.Conv;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Objects;

/**
 * Which convolutions of a graph are faster by Winograd's F(4 x 4, 3 x 3): a quarter of the products, but transformations, tiles that hang over
 * the image, and weights that are four times as many. For the sizes that the model declares, or assumed ones.
 */
final class WinogradChoice {
    /** Multiply-adds of a core in a cycle. */
    private static final double PRODUCTS = 32;

    /** Bytes of weights that come from beyond the second-level cache in a cycle: an estimate. */
    private static final double BYTES = 10;

    /** Cycles that a tile's transformation takes, there or back, for 16 channels: an estimate. */
    private static final double TRANSFORMATION = 150;

    /** How much faster it has to be, since it takes more memory. */
    private static final double ADVANTAGE = 1.25;

    private final List<AssumedTypes> types;

    /** @param types of the graph with all its convolutions still as the model has them */
    WinogradChoice(List<AssumedTypes> types, Precision precision) {
        this.types = precision == Precision.STRICT ? List.of() : types;
    }

    /** Whether a convolution with float32 weights of shape {@code w} that gives {@code y} gains by it. */
    boolean pays(Conv conv, Shape w, String y) {
        if (!BlockedConv.suitsWinograd(conv, w)) {
            return false;
        }
        return types.stream()
                .map(assumed -> assumed.of(y).map(TensorType::shape).orElse(null))
                .filter(Objects::nonNull)
                .findFirst()
                .filter(shape -> pays(w.size(1), w.size(0), shape.size(2), shape.size(3)))
                .isPresent();
    }

    /** For one image of so many rows and columns. */
    static boolean pays(double channels, double filters, double rows, double columns) {
        double tiles = Math.ceil(rows / 4) * Math.ceil(columns / 4);
        double direct = 9 * rows * columns * channels * filters / PRODUCTS;
        double products = 36 * tiles * channels * filters / PRODUCTS;
        double weights = 36 * 4 * channels * filters / BYTES;
        double transformations = tiles * (channels + filters) / 16 * TRANSFORMATION;
        return channels >= 16 && filters >= 16 && ADVANTAGE * (products + weights + transformations) < direct;
    }
}
