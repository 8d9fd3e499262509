package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The grid that {@link GridSample} takes, for an affine map: {@code grid[n, o…] = theta[n] · (x, y[, z], 1)} with the output's
 * coordinates from -1 to 1, the last axis first. Theta is [N, 2, 3] or [N, 3, 4], size is the value [N, C, (D,) H, W].
 *
 * <p>ONNX AffineGrid, opset 20.
 */
public record AffineGrid(boolean alignCorners) implements TensorOperator {
    static AffineGrid read(Attributes attributes) {
        return new AffineGrid(attributes.getFlag("align_corners", false));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape theta = in.shape(0);
        if (!in.dtype(0).isFloat() || in.dtype(1) != DType.INT64 || in.shape(1).rank() != 1) {
            throw new IllegalArgumentException(
                    "AffineGrid: expected a float theta and an int64 size, given " + in.get(0) + " and " + in.get(1));
        }
        long[] size = in.value(1).toLongs();
        int axes = size.length - 2;
        if ((axes != 2 && axes != 3) || !theta.equals(Shape.of(size[0], axes, axes + 1))) {
            throw new IllegalArgumentException("AffineGrid: expected theta [N, 2, 3] and size [N, C, H, W], or theta"
                    + " [N, 3, 4] and size [N, C, D, H, W], given " + theta + " and " + Window.list(size));
        }
        Shape all = Shape.of(size);
        return List.of(
                in.get(0).with(all.slice(0, 1).concat(all.slice(2, all.rank())).concat(Shape.of(axes))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        double[] theta = in.get(0).toDoubles();
        HostTensor grid = out.get(0);
        int axes = grid.shape().rank() - 2;
        double[] point = new double[axes + 1];
        point[axes] = 1;
        for (int i = 0; i < grid.size(); i++) {
            int rest = i / axes;
            for (int axis = 0; axis < axes; axis++) {
                int size = (int) grid.shape().size(axes - axis);
                point[axis] = coordinate(rest % size, size);
                rest /= size;
            }
            double sum = 0;
            for (int k = 0; k <= axes; k++) {
                sum += theta[(rest * axes + i % axes) * (axes + 1) + k] * point[k];
            }
            grid.set(i, sum);
        }
    }

    private double coordinate(int i, int size) {
        if (!alignCorners) {
            return (2.0 * i + 1) / size - 1;
        }
        return size == 1 ? 0 : 2.0 * i / (size - 1) - 1;
    }
}
