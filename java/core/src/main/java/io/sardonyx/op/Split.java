package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The input cut along {@code axis} into parts of the sizes that an attribute or input 1 lists; without a list into equal parts,
 * of which the last may be smaller if {@code uneven}.
 *
 * <p>ONNX Split, all opsets; the sizes became an input in 13, and uneven parts came in 18.
 */
public record Split(long axis, Optional<List<Long>> sizes, boolean uneven) implements DataMovement {
    static Split read(Attributes attributes) {
        long parts = attributes.getInt("num_outputs", attributes.outputs());
        if (parts != attributes.outputs()) {
            throw new IllegalArgumentException(
                    "Split: num_outputs is " + parts + ", but the node has " + attributes.outputs() + " outputs");
        }
        return new Split(
                attributes.getInt("axis", 0), DataMovement.integers(attributes, "split"), attributes.opset() >= 18);
    }

    private long[] parts(InputTypes in, long size) {
        int count = in.outputs();
        if (sizes.isPresent() || in.has(1)) {
            long[] parts = integers(sizes, in, 1);
            long rest = size;
            for (long part : parts) {
                rest = part < 0 || part > rest ? -1 : rest - part;
                if (rest < 0) {
                    break;
                }
            }
            if (rest != 0 || parts.length != count) {
                throw refuse(
                        "expected " + count + " sizes that add up to " + size + ", given " + Arrays.toString(parts));
            }
            return parts;
        }
        if (size % count != 0 && !uneven) {
            throw refuse("cannot cut " + size + " into " + count + " equal parts");
        }
        long most = size / count + (size % count == 0 ? 0 : 1);
        long[] parts = new long[count];
        for (int i = 0; i < count; i++) {
            parts[i] = Math.max(0, Math.min(most, size - i * most));
        }
        return parts;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        int along = in.shape(0).axis(axis);
        List<TensorType> types = new ArrayList<>();
        for (long part : parts(in, in.shape(0).size(along))) {
            types.add(in.get(0).with(in.shape(0).with(along, part)));
        }
        return types;
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        int rows = (int) x.shape().elements(0, x.shape().axis(axis));
        int from = 0;
        for (int row = 0; row < rows; row++) {
            for (HostTensor y : out) {
                int block = y.size() / rows;
                y.copy(row * block, x, from, block);
                from += block;
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape shape = in.shape(0);
        return DataMovement.byWidth("split", in, out).map(launch -> {
            launch.input(0);
            for (int i = 0; i < out.size(); i++) {
                launch.output(i);
            }
            return launch.param(shape.elements(0, shape.axis(axis))).scratch(8L * out.size());
        });
    }
}
