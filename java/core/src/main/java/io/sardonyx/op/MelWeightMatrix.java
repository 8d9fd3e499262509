package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The matrix {@code [dft_length / 2 + 1, num_mel_bins]} that maps a one-sided spectrum to mel bins: triangles between neighbouring
 * edges, which lie evenly on the mel scale {@code 2595 · log₁₀(1 + hertz / 700)}. Inputs, all scalars: num_mel_bins, dft_length,
 * sample_rate, lower_edge_hertz, upper_edge_hertz.
 *
 * <p>ONNX MelWeightMatrix, opset 17.
 */
public record MelWeightMatrix(DType type) implements TensorOperator {
    static MelWeightMatrix read(Attributes attributes) {
        return new MelWeightMatrix(attributes.getType("output_datatype", DType.FLOAT32));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        for (int i = 0; i < 5; i++) {
            if (in.shape(i).elements() != 1) {
                throw new IllegalArgumentException(
                        "MelWeightMatrix: input " + i + ": expected a scalar, given " + in.get(i));
            }
        }
        if (!type.isFloat() && !type.isInteger()) {
            throw new IllegalArgumentException("MelWeightMatrix: output_datatype: expected numbers, given " + type);
        }
        long bins = in.value(0).getLong(0);
        long length = in.value(1).getLong(0);
        if (bins < 0 || length < 1) {
            throw new IllegalArgumentException(
                    "MelWeightMatrix: num_mel_bins and dft_length: expected 0 and 1 or more, given " + bins + " and "
                            + length);
        }
        return List.of(new TensorType(type, Shape.of(length / 2 + 1, bins)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        int rows = (int) y.shape().size(0);
        int bins = (int) y.shape().size(1);
        int[] edges = edges(in, bins, rows);
        for (int i = 0; i < y.size(); i++) {
            y.set(i, 0L);
        }
        for (int bin = 0; bin < bins; bin++) {
            int lower = edges[bin];
            int centre = edges[bin + 1];
            int upper = edges[bin + 2];
            for (int row = lower; row < centre; row++) {
                y.set(row * bins + bin, (double) (row - lower) / (centre - lower));
            }
            y.set(centre * bins + bin, 1.0);
            for (int row = centre + 1; row < upper; row++) {
                y.set(row * bins + bin, (double) (upper - row) / (upper - centre));
            }
        }
    }

    /** The rows of the spectrum where the triangles begin, peak and end: one more on each side than there are bins. */
    private static int[] edges(Inputs in, int bins, int rows) {
        long length = in.get(1).getLong(0);
        double rate = in.get(2).getDouble(0);
        double low = 2595 * Math.log10(1 + in.get(3).getDouble(0) / 700);
        double high = 2595 * Math.log10(1 + in.get(4).getDouble(0) / 700);
        int[] edges = new int[bins + 2];
        for (int i = 0; i < edges.length; i++) {
            double hertz = 700 * (Math.pow(10, (low + i * (high - low) / edges.length) / 2595) - 1);
            double row = Math.floor((length + 1) * hertz / rate);
            if (!(row >= (i == 0 ? 0 : edges[i - 1]) && row < rows)) {
                throw new IllegalArgumentException("MelWeightMatrix: " + hertz + " Hz lies outside a spectrum of "
                        + rows + " rows at a sample rate of " + rate);
            }
            edges[i] = (int) row;
        }
        return edges;
    }
}
