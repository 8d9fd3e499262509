package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import java.util.Optional;

/**
 * How the kernels {@code conv_grad_weight} and {@code conv_grad_weight_narrow} reckon the gradient of a convolution's weight:
 * the parts of the sum over images and positions, and scratch memory. Says in Java what {@code
 * kernels/cpu/conv_grad_weight.cpp} says in C++.
 */
final class ConvGradWeightKernel {
    /** Positions of a part, at least: it costs more than adding up its sums. */
    private static final long SHORTEST_PART = 1024;

    /** Parts, at most, as many as keep a large machine busy; and their sums altogether. */
    private static final long PARTS = 256;

    private static final long PARTIAL_SUMS = 1 << 22;

    /** Positions, columns (channels and taps) and filters that a thread multiplies at a time. */
    private static final long DEPTH = 256;

    private static final long ROW_BLOCK = 96;
    private static final long COLUMNS = 384;
    private static final long FILTERS = 192;

    /** Filters come in panels; those of all instruction sets divide this. */
    private static final long PANEL = 32;

    /** Filters of a group up to which sums along rows beat the matrix product, whose vectors would be mostly empty. */
    private static final long FEW_FILTERS = 4;

    private ConvGradWeightKernel() {}

    /** The launch for inputs dY and X: float32 on a CPU, 16-bit floats as well on a GPU. */
    static Optional<Launch> launch(DType dtype, Convolution convolution) {
        if (!ConvolutionKernel.hasKernel(dtype) || convolution.sliding().axes() > 3) {
            return Optional.empty();
        }
        Launch product = product(dtype, convolution);
        boolean narrow = convolution.filters() <= FEW_FILTERS
                && (convolution.channels() == 1 || convolution.sliding().taps() > 1);
        Optional<Launch> alongRows = narrow && dtype == DType.FLOAT32 ? narrow(convolution) : Optional.empty();
        return Optional.of(alongRows.map(launch -> launch.otherwise(product)).orElse(product));
    }

    private static Launch product(DType dtype, Convolution c) {
        long columns = c.channels() * c.sliding().taps();
        long sums = c.group() * c.filters() * columns;
        long positions = c.batch() * c.sliding().positions();
        long parts = Math.min(Math.min(PARTS, positions / SHORTEST_PART), PARTIAL_SUMS / Math.max(sums, 1));
        parts = Math.max(parts, 1); // of the shape alone, so that the result is the same for any number of threads
        long filters = Math.min(FILTERS, ConvolutionKernel.roundUp(c.filters(), PANEL));
        Launch launch = Launch.of("conv_grad_weight", dtype).input(0).input(1).output(0);
        new ConvolutionKernel(c, false).addGeometry(launch);
        return launch.param(parts)
                .scratch(parts > 1 ? Float.BYTES * ConvolutionKernel.roundUp(parts * sums, ConvolutionKernel.LINE) : 0)
                .scratchPerThread(Float.BYTES
                        * (ROW_BLOCK * (DEPTH + ConvolutionKernel.LINE)
                                + filters * (DEPTH + Math.min(COLUMNS, columns))));
    }

    private static Optional<Launch> narrow(Convolution c) {
        var kernel = new ConvolutionKernel(c, true);
        return kernel.tile().map(tile -> {
            Launch launch = Launch.ofKey("conv_grad_weight_narrow.f32")
                    .input(0)
                    .input(1)
                    .output(0);
            kernel.addGeometry(launch);
            // The offsets of taps; for each thread a tile, and a vector of sums for each tap.
            long taps = c.sliding().taps();
            long line = ConvolutionKernel.LINE;
            return launch.params(tile.rows(), tile.columns())
                    .scratch(Float.BYTES * ConvolutionKernel.roundUp(taps, line))
                    .scratchPerThread(Float.BYTES * (kernel.floats(tile) + c.filters() * taps * line));
        });
    }
}
