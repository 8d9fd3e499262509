package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The largest element in each cell of a grid laid over each region of interest: X is [N, C, H, W], rois is [R, 5] with rows
 * (batch, x1, y1, x2, y2), Y is [R, C, pooled_shape]. Corners are scaled by spatial_scale and rounded; an empty cell gives 0.
 *
 * <p>ONNX MaxRoiPool, opsets 1, 22.
 */
public record MaxRoiPool(List<Long> pooledShape, float spatialScale) implements TensorOperator {
    static MaxRoiPool read(Attributes attributes) {
        return new MaxRoiPool(Window.list(attributes.getInts("pooled_shape")), attributes.getFloat("spatial_scale", 1));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        Shape rois = in.shape(1);
        if (!in.dtype(0).isFloat()
                || in.dtype(1) != in.dtype(0)
                || x.rank() != 4
                || rois.rank() != 2
                || rois.size(1) != 5) {
            throw new IllegalArgumentException(
                    "MaxRoiPool: expected X [N, C, H, W] and rois [R, 5] of one float type, given " + in.get(0)
                            + " and " + in.get(1));
        }
        long[] pooled = Window.requirePositive("MaxRoiPool", "pooled_shape", pooledShape, 2);
        return List.of(in.get(0).with(Shape.of(rois.size(0), x.size(1), pooled[0], pooled[1])));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor rois = in.get(1);
        HostTensor y = out.get(0);
        int channels = (int) x.shape().size(1);
        int height = (int) x.shape().size(2);
        int width = (int) x.shape().size(3);
        int cells = (int) y.shape().elements(2, 4);
        int columns = (int) y.shape().size(3);
        for (int i = 0; i < y.size(); i++) {
            int roi = i / cells / channels * 5;
            double batch = rois.getDouble(roi);
            if (!(batch >= 0 && batch < x.shape().size(0))) {
                throw new IllegalArgumentException("MaxRoiPool: batch index " + batch + " is outside [0, "
                        + x.shape().size(0) + ")");
            }
            int plane = ((int) batch * channels + i / cells % channels) * height * width;
            long[] rows = cell(
                    rois.getDouble(roi + 2),
                    rois.getDouble(roi + 4),
                    i % cells / columns,
                    y.shape().size(2),
                    height);
            long[] cols = cell(rois.getDouble(roi + 1), rois.getDouble(roi + 3), i % columns, columns, width);
            double largest = rows[0] >= rows[1] || cols[0] >= cols[1] ? 0 : Double.NEGATIVE_INFINITY;
            for (long r = rows[0]; r < rows[1]; r++) {
                for (long c = cols[0]; c < cols[1]; c++) {
                    largest = Math.max(largest, x.getDouble(plane + (int) (r * width + c)));
                }
            }
            y.set(i, largest);
        }
    }

    /** Elements [first, last) of cell {@code i} of {@code count} along an axis of {@code size}. */
    private long[] cell(double from, double to, int i, long count, int size) {
        double start = Math.round(from * spatialScale);
        double length = Math.max(Math.round(to * spatialScale) - start + 1, 1) / count;
        double first = Math.max(0, Math.min(size, start + Math.floor(i * length)));
        double last = Math.max(0, Math.min(size, start + Math.ceil((i + 1) * length)));
        return new long[] {(long) first, (long) last};
    }
}
