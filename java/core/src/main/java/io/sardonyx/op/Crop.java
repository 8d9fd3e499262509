package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Cuts a border off the last two axes of [N, C, H, W]: {@code border} is (left, top, right, bottom); {@code scale}, if it is
 * there, is the (height, width) of what remains, from (left, top) on.
 *
 * <p>ONNX Crop, an experimental operator of opset 1 that models still use. All types.
 */
public record Crop(List<Long> border, List<Long> scale) implements TensorOperator {
    static Crop read(Attributes attributes) {
        return new Crop(Window.list(attributes.getInts("border")), Window.list(attributes.getInts("scale")));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (x.rank() != 4 || border.size() != 4 || (!scale.isEmpty() && scale.size() != 2)) {
            throw new IllegalArgumentException("Crop: expected X [N, C, H, W], 4 borders and 2 or no sizes, given " + x
                    + ", " + border + " and " + scale);
        }
        long height = scale.isEmpty() ? remaining(x.size(2), 1) : scale.get(0);
        long width = scale.isEmpty() ? remaining(x.size(3), 0) : scale.get(1);
        if (border.stream().anyMatch(v -> v < 0)
                || height < 1
                || width < 1
                || height > x.size(2) - border.get(1)
                || width > x.size(3) - border.get(0)) {
            throw new IllegalArgumentException(
                    "Crop: borders " + border + " and sizes " + scale + " do not fit X " + x);
        }
        return List.of(in.get(0).with(Shape.of(x.size(0), x.size(1), height, width)));
    }

    /** What is left of {@code size} after border {@code first} and the one opposite; 0 if nothing is. */
    private long remaining(long size, int first) {
        return border.get(first) > size || border.get(first + 2) > size
                ? 0
                : size - border.get(first) - border.get(first + 2);
    }

    private StridedCopy copy(Shape x, Shape y) {
        long[] strides = x.strides();
        return StridedCopy.toDense(y, border.get(1) * strides[2] + border.get(0), strides);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        copy(in.get(0).shape(), out.get(0).shape()).run(in.get(0), out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return copy(in.shape(0), out.get(0).shape()).launch(in.dtype(0)).map(launch -> launch.input(0)
                .output(0));
    }
}
