package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code y[k] = Σ x[i] · exp(-2πj · k · i / n)} along an axis, or the inverse {@code 1/n Σ x[i] · exp(2πj · k · i / n)}. The last
 * axis holds a real number (size 1) or its real and imaginary parts (size 2). Input 1, if there, is n: x is cut or padded with
 * zeros to it.
 *
 * <p>{@code onesided}: from real x only {@code n / 2 + 1} results; the inverse takes such x and gives n real numbers, by default
 * {@code 2 · (size - 1)}. ONNX DFT, opsets 17 and 20; the axis is an attribute (1 by default), since 20 input 2 (−2 by default).
 */
public record DFT(OptionalLong fixedAxis, boolean inverse, boolean onesided) implements TensorOperator {
    static DFT read(Attributes attributes) {
        return new DFT(
                attributes.opset() < 20 ? OptionalLong.of(attributes.getInt("axis", 1)) : OptionalLong.empty(),
                attributes.getFlag("inverse", false),
                attributes.getFlag("onesided", false));
    }

    private int axis(InputTypes in) {
        long axis = fixedAxis.orElseGet(() -> in.has(2) ? scalar(in, 2, "axis") : -2);
        return in.shape(0).axis(axis);
    }

    private long length(InputTypes in) {
        long size = in.shape(0).size(axis(in));
        return in.has(1) ? scalar(in, 1, "dft_length") : inverse && onesided ? Math.max(1, 2 * (size - 1)) : size;
    }

    private static long scalar(InputTypes in, int i, String what) {
        if (!in.dtype(i).isInteger() || in.shape(i).elements() != 1) {
            throw new IllegalArgumentException("DFT: " + what + ": expected one integer, given " + in.get(i));
        }
        return in.value(i).getLong(0);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape shape = in.shape(0);
        int rank = shape.rank();
        if (!in.dtype(0).isFloat() || rank < 2 || shape.size(rank - 1) < 1 || shape.size(rank - 1) > 2) {
            throw new IllegalArgumentException("DFT: expected floats [..., n, 1 or 2], given " + in.get(0));
        }
        boolean complex = shape.size(rank - 1) == 2;
        if (onesided && complex != inverse) {
            throw new IllegalArgumentException(
                    "DFT: one-sided: expected " + (inverse ? "complex" : "real") + " numbers, given " + in.get(0));
        }
        int axis = axis(in);
        long length = length(in);
        if (axis == rank - 1 || length < 1) {
            throw new IllegalArgumentException("DFT: axis " + axis + " of " + shape + ", length " + length
                    + ": expected an axis before the last and a length of 1 or more");
        }
        Shape result = shape.with(axis, onesided && !inverse ? length / 2 + 1 : length)
                .with(rank - 1, onesided && inverse ? 1 : 2);
        return List.of(in.get(0).with(result));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        if (y.size() == 0) {
            return;
        }
        int length = (int) length(in.types(1));
        int axis = axis(in.types(1));
        Shape lanes = y.shape().slice(0, y.shape().rank() - 1);
        AxisFold to = AxisFold.of(lanes, axis);
        int given = (int) x.shape().size(axis);
        int parts = (int) x.shape().size(x.shape().rank() - 1);
        int results = (int) y.shape().size(y.shape().rank() - 1);
        var fourier = new Fourier(length, inverse);
        for (int lane = 0; lane < to.lanes(); lane++) {
            double[] numbers = new double[2 * length];
            int start = lane / to.step() * given * to.step() + lane % to.step();
            for (int i = 0; i < Math.min(given, onesided && inverse ? length / 2 + 1 : length); i++) {
                numbers[2 * i] = x.getDouble((start + i * to.step()) * parts);
                numbers[2 * i + 1] = parts == 2 ? x.getDouble((start + i * to.step()) * parts + 1) : 0;
            }
            if (onesided && inverse) {
                mirror(numbers);
            }
            double[] transformed = fourier.transform(numbers);
            for (int i = 0; i < to.length(); i++) {
                for (int part = 0; part < results; part++) {
                    y.set(
                            (to.start(lane) + i * to.step()) * results + part,
                            transformed[2 * i + part] / (inverse ? length : 1));
                }
            }
        }
    }

    /** Completes the spectrum of real numbers: number n − i is the conjugate of number i. */
    private static void mirror(double[] numbers) {
        int n = numbers.length / 2;
        for (int i = n / 2 + 1; i < n; i++) {
            numbers[2 * i] = numbers[2 * (n - i)];
            numbers[2 * i + 1] = -numbers[2 * (n - i) + 1];
        }
    }
}
