package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * The Fourier transforms of the windowed frames of a signal: {@code y[b, f, k] = Σ w[i] · x[b, f · step + i] · exp(-2πj · k · i / n)}.
 * Inputs: signal {@code [B, L, 1 or 2]} (real, or real and imaginary parts), frame_step, window {@code [n]}?, frame_length n?; at
 * least one of the last two. Output: {@code [B, (L - n) / step + 1, n, 2]}, with {@code onesided} only {@code n / 2 + 1} of n.
 *
 * <p>ONNX STFT, opset 17. Computes in double.
 */
public record STFT(boolean onesided) implements TensorOperator {
    static STFT read(Attributes attributes) {
        return new STFT(attributes.getFlag("onesided", true));
    }

    private static long scalar(InputTypes in, int i, String what) {
        if (!in.dtype(i).isInteger() || in.shape(i).elements() != 1) {
            throw new IllegalArgumentException("STFT: " + what + ": expected one integer, given " + in.get(i));
        }
        long value = in.value(i).getLong(0);
        if (value < 1) {
            throw new IllegalArgumentException("STFT: " + what + ": expected 1 or more, given " + value);
        }
        return value;
    }

    private static long frameLength(InputTypes in) {
        long length = in.has(3) ? scalar(in, 3, "frame_length") : in.shape(2).elements();
        if (in.has(2) && !in.shape(2).equals(Shape.of(length))) {
            throw new IllegalArgumentException(
                    "STFT: window: expected [" + length + "] as the frame length, given " + in.get(2));
        }
        return length;
    }

    private static boolean complex(Shape signal) {
        return signal.rank() == 3 && signal.size(2) == 2;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape signal = in.shape(0);
        boolean fits = signal.rank() == 2 || signal.rank() == 3 && (signal.size(2) == 1 || signal.size(2) == 2);
        if (!in.dtype(0).isFloat() || !fits) {
            throw new IllegalArgumentException("STFT: signal: expected floats [B, L, 1 or 2], given " + in.get(0));
        }
        if (onesided && complex(signal)) {
            throw new IllegalArgumentException("STFT: one-sided: expected a real signal, given " + in.get(0));
        }
        long step = scalar(in, 1, "frame_step");
        long length = frameLength(in);
        if (length < 1 || length > signal.size(1)) {
            throw new IllegalArgumentException(
                    "STFT: frame length: expected 1 to " + signal.size(1) + ", given " + length);
        }
        long frames = (signal.size(1) - length) / step + 1;
        return List.of(in.get(0).with(Shape.of(signal.size(0), frames, onesided ? length / 2 + 1 : length, 2)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        int length = (int) frameLength(in.types(1));
        int frames = (int) y.shape().size(1);
        int numbers = 2 * (int) y.shape().size(2);
        int parts = complex(x.shape()) ? 2 : 1;
        var fourier = new Fourier(length, false);
        for (int frame = 0; frame < y.size() / numbers; frame++) {
            int start = frame / frames * (int) x.shape().size(1)
                    + frame % frames * (int) in.get(1).getLong(0);
            double[] windowed = new double[2 * length];
            for (int i = 0; i < length; i++) {
                double weight = in.has(2) ? in.get(2).getDouble(i) : 1;
                for (int part = 0; part < parts; part++) {
                    windowed[2 * i + part] = weight * x.getDouble((start + i) * parts + part);
                }
            }
            double[] transformed = fourier.transform(windowed);
            for (int i = 0; i < numbers; i++) {
                y.set(frame * numbers + i, transformed[i]);
            }
        }
    }
}
