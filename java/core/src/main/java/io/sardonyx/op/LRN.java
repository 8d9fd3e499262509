package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Local response normalisation: {@code y[n, c, …] = x[n, c, …] / (bias + alpha / size · Σ x[n, i, …]²)^beta} over the {@code
 * size} channels {@code i} from {@code c - (size - 1) / 2} to {@code c + size / 2}, as far as there are any. Accumulates in
 * double (reference) or float32 (kernels).
 *
 * <p>ONNX LRN, opsets 1, 13.
 */
public record LRN(long size, float alpha, float beta, float bias) implements TensorOperator {
    static LRN read(Attributes attributes) {
        return new LRN(
                attributes.getInt("size"),
                attributes.getFloat("alpha", 1e-4f),
                attributes.getFloat("beta", 0.75f),
                attributes.getFloat("bias", 1));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (!in.dtype(0).isFloat() || in.shape(0).rank() < 2) {
            throw new IllegalArgumentException("LRN: expected a float tensor [batch, channels, …], given " + in.get(0));
        }
        if (size < 1) {
            throw new IllegalArgumentException("LRN: expected a size of 1 or more, given " + size);
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        Shape shape = x.shape();
        int channels = (int) shape.size(1);
        int inner = (int) shape.elements(2, shape.rank());
        for (int at = 0; at < x.size(); at++) {
            int c = at / inner % channels;
            int first = (int) Math.max(0, c - (size - 1) / 2);
            int last = (int) Math.min(channels - 1, c + size / 2);
            double squares = 0;
            for (int i = first; i <= last; i++) {
                double v = x.getDouble(at + (i - c) * inner);
                squares += v * v;
            }
            out.get(0).set(at, x.getDouble(at) / Math.pow(bias + (double) alpha / size * squares, beta));
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        Shape x = in.shape(0);
        return Optional.of(Launch.of("lrn", in.dtype(0))
                .input(0)
                .output(0)
                .params(x.size(0), x.size(1), x.elements(2, x.rank()), (size - 1) / 2, size / 2)
                .param((double) alpha / size)
                .param((double) beta)
                .param((double) bias));
    }
}
