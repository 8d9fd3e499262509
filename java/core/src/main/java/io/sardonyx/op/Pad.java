package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The input with elements added before and behind each axis; negative pads take elements away, and what remains is padded.
 * Inputs: x, pads (all begins, then all ends), value (optional, default 0), axes (optional, default all).
 *
 * <p>ONNX Pad, all opsets; before 11 pads and value are attributes.
 *
 * @param value what CONSTANT adds, before opset 11
 */
public record Pad(Mode mode, Optional<List<Long>> pads, float value) implements DataMovement {
    /** What the added elements are. */
    public enum Mode {
        /** One value everywhere. */
        CONSTANT,
        /** Mirrored at the outermost elements, which are not repeated. */
        REFLECT,
        /** The outermost elements. */
        EDGE,
        /** The tensor over again. */
        WRAP
    }

    static Pad read(Attributes attributes) {
        String mode = attributes.getString("mode", "constant").toUpperCase(Locale.ROOT);
        if (Arrays.stream(Mode.values()).noneMatch(m -> m.name().equals(mode))) {
            throw new IllegalArgumentException("Pad: unknown mode " + mode);
        }
        return new Pad(
                Mode.valueOf(mode),
                DataMovement.integers(attributes, attributes.opset() < 2 ? "paddings" : "pads"),
                attributes.getFloat("value", 0));
    }

    /** Where the elements of one axis come from: {@code size} of them, of which the output has {@code begin} before. */
    private record Axis(Mode mode, long size, long begin, long end) {
        long outputSize() {
            return size + begin + end;
        }

        /** What remains after negative pads, from {@code [kept start, kept start + kept)}. */
        long kept() {
            return size + Math.min(begin, 0) + Math.min(end, 0);
        }

        /** The input's coordinate, or −1 for the constant. */
        int source(long coordinate) {
            long kept = kept();
            long i = coordinate - Math.max(begin, 0);
            if (i < 0 || i >= kept) {
                long period = Math.max(2 * (kept - 1), 1);
                i = switch (mode) {
                    case CONSTANT -> -1;
                    case EDGE -> i < 0 ? 0 : kept - 1;
                    case WRAP -> Math.floorMod(i, kept);
                    case REFLECT -> {
                        long phase = Math.floorMod(i, period);
                        yield Math.min(phase, period - phase);
                    }
                };
            }
            return (int) (i < 0 ? i : i + Math.max(-begin, 0));
        }
    }

    private Axis[] axes(InputTypes in) {
        Shape shape = in.shape(0);
        long[] listed = integers(pads, in, 1);
        long[] along =
                in.has(3) ? integers(in, 3) : LongStream.range(0, shape.rank()).toArray();
        if (listed.length != 2 * along.length) {
            throw refuse("expected " + 2 * along.length + " pads, given " + Arrays.toString(listed));
        }
        Axis[] axes = new Axis[shape.rank()];
        for (int i = 0; i < along.length; i++) {
            int a = shape.axis(along[i]);
            Axis axis = new Axis(mode, shape.size(a), listed[i], listed[i + along.length]);
            if (axes[a] != null) {
                throw refuse("expected different axes, given " + Arrays.toString(along));
            }
            sum(sum(Math.max(axis.begin, 0), Math.max(axis.end, 0)), axis.size);
            if (Math.min(axis.begin, 0) < -axis.size || axis.kept() < 0) {
                throw refuse("pads " + axis.begin + " and " + axis.end + " take more than the " + axis.size
                        + " elements of axis " + a);
            }
            if (axis.kept() == 0 && axis.outputSize() > 0 && mode != Mode.CONSTANT) {
                throw refuse("axis " + a + " of " + shape + " has no element to pad with");
            }
            axes[a] = axis;
        }
        for (int a = 0; a < axes.length; a++) {
            axes[a] = axes[a] == null ? new Axis(mode, shape.size(a), 0, 0) : axes[a];
        }
        return axes;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.has(2)) {
            requireSameType(in, 2);
            if (in.shape(2).elements() != 1) {
                throw refuse("expected one value to pad with, given " + in.get(2));
            }
        }
        long[] sizes = Arrays.stream(axes(in)).mapToLong(Axis::outputSize).toArray();
        return List.of(in.get(0).with(Shape.of(sizes)));
    }

    private HostTensor constant(DType dtype) {
        HostTensor constant = HostTensor.allocate(TensorType.of(dtype));
        if (value != 0) {
            constant.set(0, (double) value);
        }
        return constant;
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        HostTensor constant = in.has(2) ? in.get(2) : constant(x.dtype());
        Axis[] axes = axes(in.types(1));
        long[] strides = x.shape().strides();
        for (int i = 0; i < y.size(); i++) {
            int rest = i;
            int from = 0;
            for (int a = axes.length - 1; a >= 0; a--) {
                int size = (int) axes[a].outputSize();
                int source = axes[a].source(rest % size);
                from = source < 0 || from < 0 ? -1 : from + source * (int) strides[a];
                rest /= size;
            }
            if (from < 0) {
                y.copy(i, constant, 0);
            } else {
                y.copy(i, x, from);
            }
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        return DataMovement.byWidth("pad", in, out).map(launch -> {
            launch.input(0).output(0);
            if (in.has(2)) {
                launch.input(2);
            }
            Axis[] axes = axes(in);
            launch.param(mode.ordinal()).param(DataMovement.bits(constant(in.dtype(0))));
            for (int i = 0; i < MAX_KERNEL_RANK; i++) {
                launch.param(i < axes.length ? axes[i].begin : 0);
            }
            for (int i = 0; i < MAX_KERNEL_RANK; i++) {
                launch.param(i < axes.length ? axes[i].end : 0);
            }
            return launch;
        });
    }
}
