package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The input repeated {@code repeats[i]} times along axis {@code i}: {@code y[i, …] = x[i mod size, …]}.
 *
 * <p>ONNX Tile, all opsets; before 6 ({@code alongOneAxis}) the inputs are x, how often, and along which axis.
 */
public record Tile(boolean alongOneAxis) implements DataMovement {
    static Tile read(Attributes attributes) {
        return new Tile(attributes.opset() < 6);
    }

    private long[] repeats(InputTypes in) {
        if (!alongOneAxis) {
            return integers(in, 1);
        }
        long[] repeats = new long[in.shape(0).rank()];
        Arrays.fill(repeats, 1);
        repeats[in.shape(0).axis(in.value(2).getLong(0))] = in.value(1).getLong(0);
        return repeats;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        long[] repeats = repeats(in);
        long[] sizes = in.shape(0).toArray();
        if (repeats.length != sizes.length || Arrays.stream(repeats).anyMatch(r -> r < 0)) {
            throw refuse("expected " + sizes.length + " repeats of at least 0, given " + Arrays.toString(repeats));
        }
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = Shape.of(sizes[i], repeats[i]).elements();
        }
        return List.of(in.get(0).with(Shape.of(sizes)));
    }

    /** Each axis becomes two: the repeats, along which the input stands still, and the axis itself. */
    private static StridedCopy copy(Shape from, Shape to) {
        long[] sizes = new long[2 * from.rank()];
        long[] strides = new long[2 * from.rank()];
        for (int i = 0; i < from.rank(); i++) {
            sizes[2 * i] = from.size(i) == 0 ? 0 : to.size(i) / from.size(i);
            sizes[2 * i + 1] = from.size(i);
            strides[2 * i + 1] = from.strides()[i];
        }
        return StridedCopy.toDense(Shape.of(sizes), 0, strides);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        copy(in.get(0).shape(), out.get(0).shape()).run(in.get(0), out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.fitsKernels(in, out)
                ? copy(in.shape(0), out.get(0).shape()).launch(in.dtype(0)).map(launch -> launch.input(0)
                        .output(0))
                : Optional.empty();
    }
}
