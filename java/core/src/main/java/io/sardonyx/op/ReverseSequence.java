package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * For each entry b of the batch axis the first {@code lengths[b]} steps of the time axis in reverse order, and the others as they
 * are; these are the first two axes, in either order. ONNX ReverseSequence, all opsets.
 */
public record ReverseSequence(long batchAxis, long timeAxis) implements DataMovement {
    static ReverseSequence read(Attributes attributes) {
        return new ReverseSequence(attributes.getInt("batch_axis", 1), attributes.getInt("time_axis", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (x.rank() < 2 || Math.min(batchAxis, timeAxis) != 0 || Math.max(batchAxis, timeAxis) != 1) {
            throw refuse("expected batch and time axes 0 and 1 of at least 2, given batch axis " + batchAxis
                    + " and time axis " + timeAxis + " of " + x);
        }
        requireIndices(in, 1);
        if (!in.shape(1).equals(Shape.of(x.size((int) batchAxis)))) {
            throw refuse(
                    "expected one length for each entry of axis " + batchAxis + " of " + x + ", given " + in.shape(1));
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        int steps = (int) x.shape().size((int) timeAxis);
        int batches = (int) x.shape().size((int) batchAxis);
        int block = (int) x.shape().elements(2, x.shape().rank());
        int timeStride = timeAxis == 0 ? batches : 1;
        int batchStride = timeAxis == 0 ? 1 : steps;
        for (int b = 0; b < batches; b++) {
            long length = in.get(1).getLong(b);
            if (length < 0 || length > steps) {
                throw refuse("length " + length + " is outside [0, " + steps + "]");
            }
            for (int t = 0; t < steps; t++) {
                int from = t < length ? (int) length - 1 - t : t;
                out.get(0)
                        .copy(
                                (b * batchStride + t * timeStride) * block,
                                x,
                                (b * batchStride + from * timeStride) * block,
                                block);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("reverse_sequence", in, out)
                .map(launch -> launch.input(0).input(1).output(0).param(timeAxis));
    }
}
