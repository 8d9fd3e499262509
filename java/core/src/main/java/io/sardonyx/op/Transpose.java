package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The same elements with the axes in another order: axis {@code i} of the output is axis {@code permutation[i]} of the input;
 * without a permutation they are reversed. ONNX Transpose, all opsets.
 */
public record Transpose(Optional<List<Long>> permutation) implements DataMovement {
    static Transpose read(Attributes attributes) {
        return new Transpose(DataMovement.integers(attributes, "perm"));
    }

    private int[] axes(Shape shape) {
        int rank = shape.rank();
        int[] axes = new int[rank];
        if (permutation.isEmpty()) {
            for (int i = 0; i < rank; i++) {
                axes[i] = rank - 1 - i;
            }
            return axes;
        }
        List<Long> listed = permutation.get();
        if (!listed.stream()
                .sorted()
                .toList()
                .equals(LongStream.range(0, rank).boxed().toList())) {
            throw refuse("expected a permutation of " + rank + " axes, given " + listed);
        }
        for (int i = 0; i < rank; i++) {
            axes[i] = listed.get(i).intValue();
        }
        return axes;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        int[] axes = axes(in.shape(0));
        long[] sizes = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            sizes[i] = in.shape(0).size(axes[i]);
        }
        return List.of(in.get(0).with(Shape.of(sizes)));
    }

    private StridedCopy copy(Shape from, Shape to) {
        int[] axes = axes(from);
        long[] strides = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            strides[i] = from.strides()[axes[i]];
        }
        return StridedCopy.toDense(to, 0, strides);
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
