package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the kernels {@code conv_transpose} and {@code conv_transpose_direct} take a convolution back: from its output, or that
 * output's gradient, to its input's. Says in Java what {@code kernels/cpu/conv_transpose.cpp} says in C++, in whose words the
 * convolution's output is x, and its input y.
 */
final class ConvTransposeKernel {
    private final Convolution convolution;
    private final long channels;
    private final long filters;

    /** Input, output, begin, kernel, stride and dilation of each of three axes. */
    private final long[][] axes = {{1, 1, 0, 1, 1, 1}, {1, 1, 0, 1, 1, 1}, {1, 1, 0, 1, 1, 1}};

    /** Positions of the outputs of one phase, and the elements of x behind them that taps reach. */
    private final long[] positions = new long[3];

    private final long[] back = new long[3];

    private ConvTransposeKernel(Convolution convolution) {
        this.convolution = convolution;
        this.channels = convolution.filters();
        this.filters = convolution.channels();
        Sliding s = convolution.sliding();
        for (int i = 0; i < s.axes(); i++) {
            axes[ConvolutionKernel.kernelAxis(i, s.axes())] =
                    new long[] {s.output[i], s.input[i], s.begin[i], s.kernel[i], s.strides[i], s.dilations[i]};
        }
        for (int i = 0; i < 3; i++) {
            long[] a = axes[i];
            positions[i] = (a[1] - 1 + a[2]) / a[4] + 1;
            back[i] = (a[3] - 1) * a[5] / a[4];
        }
    }

    /**
     * The launch for inputs x, the convolution's weight and, optionally, a bias: float32 on a CPU, and {@code
     * conv_transpose_direct} on devices that neither pack filters nor lay out tiles, of 16-bit floats as well.
     *
     * @param constantWeight whether the weight may be packed
     */
    static Optional<Launch> launch(DType dtype, Convolution convolution, boolean constantWeight) {
        if (!ConvolutionKernel.hasKernel(dtype) || convolution.sliding().axes() > 3) {
            return Optional.empty();
        }
        var kernel = new ConvTransposeKernel(convolution);
        Launch direct = Launch.of("conv_transpose_direct", dtype).input(0).input(1);
        kernel.addGeometry(direct.input(2).output(0));
        if (dtype != DType.FLOAT32) {
            return Optional.of(direct);
        }
        return Optional.of(ConvolutionKernel.Tile.of(kernel.positions[0], kernel.positions[2], kernel::layout)
                .map(tile -> kernel.launch(tile, constantWeight).otherwise(direct))
                .orElse(direct));
    }

    private double layout(long rows, long columns) {
        return (double) channels * (rows + back[0]) * (positions[1] + back[1]) * (columns + back[2]);
    }

    private void addGeometry(Launch launch) {
        launch.params(convolution.batch(), convolution.group(), channels, filters);
        ConvolutionKernel.addAxes(launch, axes);
    }

    private Launch launch(ConvolutionKernel.Tile tile, boolean constantWeight) {
        long depth = channels * convolution.sliding().taps();
        long packed = convolution.group() * ConvolutionKernel.roundUp(filters, ConvolutionKernel.PACKED_ROWS) * depth;
        Launch launch = Launch.of("conv_transpose", DType.FLOAT32).input(0);
        if (constantWeight) {
            launch.packed(1, new Launch.Pack("conv_transpose_pack.f32", 4 * packed, packing()));
        } else {
            launch.input(1);
        }
        addGeometry(launch.input(2).output(0));
        long line = ConvolutionKernel.LINE;
        long laidOut = (long) layout(tile.rows(), tile.columns());
        return launch.params(tile.rows(), tile.columns(), constantWeight ? 1 : 0)
                .scratch(4
                        * (ConvolutionKernel.roundUp(depth, line)
                                + (constantWeight ? 0 : ConvolutionKernel.roundUp(packed, line))))
                .scratchPerThread(4 * ConvolutionKernel.roundUp(laidOut + ConvolutionKernel.SLACK, line));
    }

    private List<Long> packing() {
        var pack = new ArrayList<>(List.of(convolution.group(), channels, filters));
        for (int field = 3; field < 6; field++) {
            for (long[] axis : axes) {
                pack.add(axis[field]);
            }
        }
        return pack;
    }
}
