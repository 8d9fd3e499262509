package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = (x - mean[c]) / sqrt(variance[c] + epsilon) · scale[c] + bias[c]} for X [N, C, …]. In training, mean and (population)
 * variance are those of the batch, and outputs 1 and 2 are the running ones: {@code running · momentum + batch · (1 -
 * momentum)}; before opset 14 outputs 3 and 4 are those of the batch.
 *
 * <p>ONNX BatchNormalization, opsets 1, 6, 7, 9, 14, 15. Inputs X, scale, bias, mean, variance. Before opset 14 a node trains if
 * it names more than one output; before opset 9, {@code spatial} = 0 normalises every element of a sample on its own.
 */
public record BatchNormalization(float epsilon, float momentum, boolean spatial, boolean training)
        implements TensorOperator {
    static BatchNormalization read(Attributes attributes) {
        boolean training = attributes.opset() >= 14
                ? attributes.getFlag("training_mode", false)
                : attributes.outputs() > 1 && !attributes.getFlag("is_test", false);
        return new BatchNormalization(
                attributes.getFloat("epsilon", 1e-5f),
                attributes.getFloat("momentum", 0.9f),
                attributes.opset() >= 9 || attributes.getFlag("spatial", true),
                training);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        Shape channels = !spatial ? x.slice(1, x.rank()) : x.rank() < 2 ? Shape.of(1) : x.slice(1, 2);
        for (int i = 0; i < 5; i++) {
            if (!in.dtype(i).isFloat() || (i > 0 && !in.shape(i).equals(channels))) {
                throw new IllegalArgumentException("BatchNormalization: input " + i
                        + " of X, scale, bias, mean, variance: " + "expected a float type"
                        + (i > 0 ? " and shape " + channels : "") + ", given " + in.get(i));
            }
        }
        if (in.outputs() > 1 && !training) {
            throw new IllegalArgumentException(
                    "BatchNormalization: expected 1 output outside training, given " + in.outputs());
        }
        List<TensorType> types = new ArrayList<>(List.of(in.get(0)));
        for (int i = 1; i < in.outputs(); i++) {
            types.add(in.get(i % 2 == 1 ? 3 : 4));
        }
        return types;
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        int channels = in.get(1).size();
        int batch = x.shape().rank() == 0 ? 1 : (int) x.shape().size(0);
        int inner = spatial && x.shape().rank() > 2
                ? (int) x.shape().elements(2, x.shape().rank())
                : 1;
        for (int c = 0; c < channels; c++) {
            double mean = in.get(3).getDouble(c);
            double variance = in.get(4).getDouble(c);
            if (training) {
                double sum = 0;
                for (int i = 0; i < batch * inner; i++) {
                    sum += x.getDouble((i / inner * channels + c) * inner + i % inner);
                }
                double batchMean = sum / (batch * inner);
                double squares = 0;
                for (int i = 0; i < batch * inner; i++) {
                    double d = x.getDouble((i / inner * channels + c) * inner + i % inner) - batchMean;
                    squares += d * d;
                }
                double batchVariance = squares / (batch * inner);
                setStatistics(
                        out,
                        1,
                        c,
                        mean * momentum + batchMean * (1 - momentum),
                        variance * momentum + batchVariance * (1 - momentum));
                setStatistics(out, 3, c, batchMean, batchVariance);
                mean = batchMean;
                variance = batchVariance;
            }
            double factor = in.get(1).getDouble(c) / Math.sqrt(variance + epsilon);
            double bias = in.get(2).getDouble(c);
            for (int i = 0; i < batch * inner; i++) {
                int at = (i / inner * channels + c) * inner + i % inner;
                y.set(at, (x.getDouble(at) - mean) * factor + bias);
            }
        }
    }

    /** Outputs {@code first} and {@code first + 1}, as far as the node names them. */
    private static void setStatistics(List<HostTensor> out, int first, int c, double mean, double variance) {
        if (out.size() > first) {
            out.get(first).set(c, mean);
        }
        if (out.size() > first + 1) {
            out.get(first + 1).set(c, variance);
        }
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        for (int i = 0; i < 5; i++) {
            if (training || in.dtype(i) != in.dtype(0)) {
                return Optional.empty();
            }
        }
        Shape x = in.shape(0);
        long channels = in.shape(1).elements();
        long batch = x.rank() == 0 ? 1 : x.size(0);
        Launch launch = Launch.of("batch_normalization", in.dtype(0));
        for (int i = 0; i < 5; i++) {
            launch.input(i);
        }
        return Optional.of(launch.output(0)
                .params(batch, channels, spatial && x.rank() > 2 ? x.elements(2, x.rank()) : 1)
                .param((double) epsilon)
                .scratch(4 * channels)
                .inPlace(0));
    }
}
