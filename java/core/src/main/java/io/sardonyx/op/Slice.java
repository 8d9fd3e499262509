package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;

/**
 * {@code y[i, …] = x[start + i·step, …]} up to {@code end}, which is left out, for each listed axis; as in Python, negative
 * starts and ends count from the end, and both are clamped. Inputs: x, starts, ends, axes (optional), steps (optional).
 *
 * <p>ONNX Slice, all opsets; before 10 starts, ends and axes are attributes.
 */
public record Slice(Optional<List<Long>> starts, Optional<List<Long>> ends, Optional<List<Long>> axes)
        implements DataMovement {
    static Slice read(Attributes attributes) {
        return new Slice(
                DataMovement.integers(attributes, "starts"),
                DataMovement.integers(attributes, "ends"),
                DataMovement.integers(attributes, "axes"));
    }

    /** Per axis of the input: how many elements remain, the first of them, and the step to the next. */
    private record Window(Shape shape, long[] first, long[] steps) {}

    private Window window(InputTypes in) {
        Shape shape = in.shape(0);
        long[] start = integers(starts, in, 1);
        long[] end = integers(ends, in, 2);
        int count = start.length;
        long[] axis = axes.isPresent() || in.has(3) ? integers(axes, in, 3) : filled(count, i -> i);
        long[] step = in.has(4) ? integers(in, 4) : filled(count, i -> 1);
        if (end.length != count || axis.length != count || step.length != count) {
            throw refuse("expected lists of one length, given starts " + Arrays.toString(start) + ", ends "
                    + Arrays.toString(end) + ", axes " + Arrays.toString(axis) + ", steps " + Arrays.toString(step));
        }
        long[] sizes = shape.toArray();
        long[] first = new long[sizes.length];
        long[] steps = new long[sizes.length];
        for (int i = 0; i < count; i++) {
            int a = shape.axis(axis[i]);
            if (steps[a] != 0 || step[i] == 0) {
                throw refuse("expected different axes and no step of 0, given axes " + Arrays.toString(axis)
                        + ", steps " + Arrays.toString(step));
            }
            long size = shape.size(a);
            long lowest = step[i] > 0 ? 0 : -1;
            long highest = step[i] > 0 ? size : size - 1;
            first[a] = clamp(start[i] < 0 ? start[i] + size : start[i], Math.max(lowest, 0), highest);
            long last = clamp(end[i] < 0 ? end[i] + size : end[i], lowest, highest);
            long distance = step[i] > 0 ? last - first[a] : first[a] - last;
            // In this form no step overflows, not even the smallest long.
            sizes[a] = distance <= 0 ? 0 : 1 + Math.abs((distance - 1) / step[i]);
            steps[a] = step[i];
        }
        return new Window(Shape.of(sizes), first, steps);
    }

    private static long[] filled(int count, IntToLongFunction value) {
        long[] values = new long[count];
        Arrays.setAll(values, value);
        return values;
    }

    private static long clamp(long value, long lowest, long highest) {
        return Math.min(Math.max(value, lowest), highest);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        return List.of(in.get(0).with(window(in).shape));
    }

    private StridedCopy copy(InputTypes in) {
        Window window = window(in);
        long[] strides = in.shape(0).strides();
        long from = 0;
        for (int i = 0; i < strides.length && window.shape.elements() > 0; i++) {
            from += window.first[i] * strides[i];
            // A step is never taken where one element remains, and might overflow.
            strides[i] *= window.steps[i] == 0 || window.shape.size(i) == 1 ? 1 : window.steps[i];
        }
        return StridedCopy.toDense(window.shape, from, strides);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        copy(in.types(1)).run(in.get(0), out.get(0));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.fitsKernels(in, out)
                ? copy(in).launch(in.dtype(0)).map(launch -> launch.input(0).output(0))
                : Optional.empty();
    }
}
