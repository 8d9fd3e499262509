package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The mean (or the largest) of bilinear samples in each cell of a grid laid over each region of interest: X is [N, C, H, W],
 * rois is [R, 4] with rows (x1, y1, x2, y2), batch_indices is [R], Y is [R, C, output_height, output_width]. With {@code max},
 * it is the largest weighed neighbour of any sample, as in ONNX's definition. Accumulates in double.
 *
 * <p>ONNX RoiAlign, opsets 10 (no half-pixel shift), 16, 22.
 *
 * @param samplingRatio samples along each axis of a cell; 0: as many as elements
 * @param halfPixel whether corners are moved by half an element
 */
public record RoiAlign(
        boolean max, long outputHeight, long outputWidth, long samplingRatio, float spatialScale, boolean halfPixel)
        implements TensorOperator {
    /** More samples in a cell than this come from coordinates that mean nothing; the kernels know it too. */
    private static final long MOST_SAMPLES = 1 << 20;

    static RoiAlign read(Attributes attributes) {
        String shift = attributes.opset() < 16 ? "output_half_pixel" : "half_pixel";
        return new RoiAlign(
                attributes.getString("mode", "avg").equals("max"),
                attributes.getInt("output_height", 1),
                attributes.getInt("output_width", 1),
                attributes.getInt("sampling_ratio", 0),
                attributes.getFloat("spatial_scale", 1),
                attributes.getString("coordinate_transformation_mode", shift).equals("half_pixel"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        Shape rois = in.shape(1);
        if (!in.dtype(0).isFloat() || in.dtype(1) != in.dtype(0) || in.dtype(2) != DType.INT64) {
            throw new IllegalArgumentException(
                    "RoiAlign: expected X and rois of one float type and int64 batch_indices," + " given " + in.get(0)
                            + ", " + in.get(1) + " and " + in.get(2));
        }
        if (x.rank() != 4
                || rois.rank() != 2
                || rois.size(1) != 4
                || !in.shape(2).equals(rois.slice(0, 1))) {
            throw new IllegalArgumentException(
                    "RoiAlign: expected X [N, C, H, W], rois [R, 4] and batch_indices [R], given " + x + ", " + rois
                            + " and " + in.shape(2));
        }
        if (outputHeight < 1 || outputWidth < 1 || samplingRatio < 0) {
            throw new IllegalArgumentException(
                    "RoiAlign: expected a positive output size and a sampling_ratio of 0 or more," + " given "
                            + outputHeight + ", " + outputWidth + " and " + samplingRatio);
        }
        return List.of(in.get(0).with(Shape.of(rois.size(0), x.size(1), outputHeight, outputWidth)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] x = in.get(0).toDoubles();
        Shape shape = in.get(0).shape();
        HostTensor y = out.get(0);
        int channels = (int) shape.size(1);
        int plane = (int) shape.elements(2, 4);
        int cells = (int) (outputHeight * outputWidth);
        for (int roi = 0; roi < in.get(1).shape().size(0); roi++) {
            long batch = in.get(2).getLong(roi);
            if (batch < 0 || batch >= shape.size(0)) {
                throw new IllegalArgumentException(
                        "RoiAlign: batch index " + batch + " is outside [0, " + shape.size(0) + ")");
            }
            Axis height = axis(in.get(1), 4 * roi + 1, outputHeight, shape.size(2));
            Axis width = axis(in.get(1), 4 * roi, outputWidth, shape.size(3));
            requireFew(height.samples, width.samples);
            for (int cell = 0; cell < cells; cell++) {
                Taps[] rows = height.taps(cell / outputWidth);
                Taps[] columns = width.taps(cell % outputWidth);
                for (int c = 0; c < channels; c++) {
                    int from = (int) (batch * channels + c) * plane;
                    y.set((roi * channels + c) * cells + cell, pool(x, from, rows, columns, (int) shape.size(3)));
                }
            }
        }
    }

    private static void requireFew(double rows, double columns) {
        double samples = rows > 1 && columns > 1 ? rows * columns : Math.max(rows, columns);
        if (!(samples <= MOST_SAMPLES)) {
            long number = Double.isNaN(samples) ? Long.MAX_VALUE : (long) samples;
            throw new IllegalArgumentException(
                    "RoiAlign: samples of an element: " + number + " is outside [0, " + MOST_SAMPLES + "]");
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        return Optional.of(Launch.of("roi_align", in.dtype(0))
                .input(0)
                .input(1)
                .input(2)
                .output(0)
                .params(x.size(0), x.size(1), x.size(2), x.size(3), in.shape(1).size(0))
                .params(outputHeight, outputWidth, samplingRatio, halfPixel ? 1 : 0, max ? 1 : 0)
                .param((double) spatialScale));
    }

    /** An axis of a region: its first corner and length, both over X, and how many samples each of its cells takes. */
    private record Axis(double start, double length, double samples, long cells, long size) {
        Taps[] taps(long cell) {
            Taps[] taps = new Taps[(int) samples];
            for (int s = 0; s < taps.length; s++) {
                taps[s] = sample(start + (cell + (s + 0.5) / samples) * length / cells, size);
            }
            return taps;
        }
    }

    /** @param corner where the region's first corner stands; the other one is two further */
    private Axis axis(HostTensor rois, int corner, long cells, long size) {
        double shift = halfPixel ? 0.5 : 0;
        double start = rois.getDouble(corner) * spatialScale - shift;
        double length = rois.getDouble(corner + 2) * spatialScale - shift - start;
        if (!halfPixel) {
            length = Math.max(length, 1);
        }
        double samples = samplingRatio > 0 ? samplingRatio : Math.max(0, Math.ceil(length / cells));
        return new Axis(start, length, samples, cells, size);
    }

    /** Up to one element outside counts as the border, anything further as zero. */
    private static Taps sample(double at, long size) {
        if (size == 0 || !(at >= -1 && at <= size)) {
            return new Taps(new int[] {Taps.NOTHING, Taps.NOTHING}, new double[2]);
        }
        double clamped = Math.max(0, Math.min(size - 1, at));
        int low = (int) clamped;
        int high = (int) Math.min(size - 1, low + 1L);
        return new Taps(new int[] {low, high}, new double[] {1 - (clamped - low), clamped - low});
    }

    private double pool(double[] x, int from, Taps[] rows, Taps[] columns, int width) {
        double sum = 0;
        double largest = Double.NEGATIVE_INFINITY;
        for (Taps row : rows) {
            for (Taps column : columns) {
                for (int i = 0; i < 4; i++) {
                    int r = row.index()[i / 2];
                    int c = column.index()[i % 2];
                    double weight = row.weight()[i / 2] * column.weight()[i % 2];
                    double value = r == Taps.NOTHING || c == Taps.NOTHING ? 0 : weight * x[from + r * width + c];
                    sum += value;
                    largest = Math.max(largest, value);
                }
            }
        }
        boolean empty = rows.length == 0 || columns.length == 0;
        return empty ? 0 : max ? largest : sum / ((double) rows.length * columns.length);
    }
}
