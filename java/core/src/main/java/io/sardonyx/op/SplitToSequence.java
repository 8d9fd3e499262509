package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor cut along {@code axis} into a sequence. Input 1 gives the size of each part (a vector), or of all of them but the
 * last (a scalar); without it, parts are 1 long, and lose the axis unless {@code keepDims}. ONNX SplitToSequence, opset 11 on.
 */
public record SplitToSequence(long axis, boolean keepDims) implements DynamicOperator {
    static SplitToSequence read(Attributes attributes) {
        return new SplitToSequence(attributes.getInt("axis", 0), attributes.getFlag("keepdims", true));
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        HostTensor x = in.tensor(0);
        int at = x.shape().axis(axis);
        long size = x.shape().size(at);
        List<HostValue> parts = new ArrayList<>();
        long from = 0;
        for (long length : lengths(in, size)) {
            HostTensor part = TensorLists.part(x, at, from, length);
            parts.add(in.has(1) || keepDims ? part : part.reshaped(TensorLists.removeAxis(x.shape(), at)));
            from += length;
        }
        return List.of(new HostSequence(parts));
    }

    private static long[] lengths(Values in, long size) {
        if (in.has(1) && in.tensor(1).shape().rank() > 0) {
            long[] lengths = in.tensor(1).toLongs();
            long sum = 0;
            for (long length : lengths) {
                if (length < 0 || length > size) {
                    throw new IllegalArgumentException("SplitToSequence: a part of " + length + " of " + size);
                }
                sum += length;
            }
            if (sum != size) {
                throw new IllegalArgumentException(
                        "SplitToSequence: the parts' sizes add up to " + sum + ", the axis has " + size);
            }
            return lengths;
        }
        long chunk = in.has(1) ? in.tensor(1).getLong(0) : 1;
        if (chunk <= 0) {
            throw new IllegalArgumentException("SplitToSequence: expected a positive size, given " + chunk);
        }
        long[] lengths = new long[Math.toIntExact(size / chunk + (size % chunk == 0 ? 0 : 1))];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.min(chunk, size - i * chunk);
        }
        return lengths;
    }
}
