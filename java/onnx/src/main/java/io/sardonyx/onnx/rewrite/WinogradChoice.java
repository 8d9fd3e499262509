package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.Precision;
import io.sardonyx.op.BlockedConv;
import io.sardonyx.op.Conv;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Objects;

/**
 * Which convolutions of a graph are faster by Winograd's F(4 x 4, 3 x 3) or F(2 x 2, 3 x 3): fewer products, but transformations, tiles that
 * hang over the image, and weights that are more. For the sizes that the model declares, or assumed ones.
 */
final class WinogradChoice {
    private static final long[] TILES = {4, 2};

    /** Multiply-adds of a core in a cycle. */
    private static final double PRODUCTS = 32;

    /** Bytes of weights that come from beyond the second-level cache in a cycle, while others are multiplied; by bench/layers. */
    private static final double BYTES = 7;

    /** Cycles that a transformation takes for each product of a tile, there or back, for 16 channels; by bench/layers. */
    private static final double TRANSFORMATION = 8;

    /** How much faster it has to be, since it takes more memory. */
    private static final double ADVANTAGE = 1.25;

    private final List<AssumedTypes> types;

    /** @param types of the graph with all its convolutions still as the model has them */
    WinogradChoice(List<AssumedTypes> types, Precision precision) {
        this.types = precision == Precision.STRICT ? List.of() : types;
    }

    /** The tile by which a convolution with float32 weights of shape {@code w} that gives {@code y} is fastest; 0: directly. */
    long tile(Conv conv, Shape w, String y) {
        if (!BlockedConv.suitsWinograd(conv, w)) {
            return 0;
        }
        return types.stream()
                .map(assumed -> assumed.of(y).map(TensorType::shape).orElse(null))
                .filter(Objects::nonNull)
                .findFirst()
                .map(shape -> tile(w.size(1), w.size(0), shape.size(2), shape.size(3)))
                .orElse(0L);
    }

    /** For one image of so many rows and columns. */
    static long tile(double channels, double filters, double rows, double columns) {
        if (channels < 16 || filters < 16) {
            return 0;
        }
        long best = 0;
        double least = 9 * channels * filters * Math.max(rows * columns / PRODUCTS, 4 / BYTES) / ADVANTAGE;
        for (long out : TILES) {
            double places = (out + 2) * (out + 2);
            double tiles = Math.ceil(rows / out) * Math.ceil(columns / out);
            double products = places * channels * filters * Math.max(tiles / PRODUCTS, 4 / BYTES);
            double cost = products + tiles * (channels + filters) / 16 * places * TRANSFORMATION;
            if (cost < least) {
                least = cost;
                best = out;
            }
        }
        return best;
    }
}
