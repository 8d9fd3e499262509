package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * A cache of keys or values with new entries written from position {@code writeIndices[batch]} on along {@code axis}; a circular
 * cache goes on at its start. Inputs: the cache [B, …, N, …], the update [B, …, n, …], write indices [B] (optional, default 0).
 * ONNX TensorScatter, opset 24.
 */
public record TensorScatter(long axis, boolean circular) implements DataMovement {
    static TensorScatter read(Attributes attributes) {
        String mode = attributes.getString("mode", "linear");
        if (!mode.equals("linear") && !mode.equals("circular")) {
            throw new IllegalArgumentException("TensorScatter: expected mode linear or circular, given " + mode);
        }
        return new TensorScatter(attributes.getInt("axis", -2), mode.equals("circular"));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        requireSameType(in, 1);
        Shape cache = in.shape(0);
        Shape update = in.shape(1);
        int along = cache.axis(axis);
        if (along == 0
                || update.rank() != cache.rank()
                || !update.with(along, 0).equals(cache.with(along, 0))
                || update.size(along) > cache.size(along)) {
            throw refuse("update " + update + " does not fit into cache " + cache + " along axis " + axis);
        }
        if (in.has(2)) {
            requireIndices(in, 2);
            if (!in.shape(2).equals(cache.slice(0, 1))) {
                throw refuse("expected one write index for each of " + cache.size(0) + " rows, given " + in.shape(2));
            }
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        y.copyAll(in.get(0));
        int along = y.shape().axis(axis);
        int size = (int) y.shape().size(along);
        int count = (int) in.get(1).shape().size(along);
        int rows = (int) y.shape().elements(0, along);
        int rowsPerBatch = (int) y.shape().elements(1, along);
        int block = (int) y.shape().elements(along + 1, y.shape().rank());
        for (int row = 0; row < rows; row++) {
            long start = in.has(2) ? in.get(2).getLong(row / rowsPerBatch) : 0;
            if (start < 0 || !circular && start > size - count) {
                throw refuse("write index " + start + " for " + count + " entries is outside a cache of " + size);
            }
            for (int i = 0; i < count; i++) {
                int to = row * size + (int) ((start % size + i) % size);
                y.copy(to * block, in.get(1), (row * count + i) * block, block);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("tensor_scatter", in, out).map(launch -> {
            launch.input(0).input(1).output(0);
            if (in.has(2)) {
                launch.input(2);
            }
            return launch.params(in.shape(0).axis(axis), circular ? 1 : 0).inPlace(0);
        });
    }
}
