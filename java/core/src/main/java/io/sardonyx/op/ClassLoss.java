package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.OptionalLong;

/**
 * What {@link NegativeLogLikelihoodLoss} and {@link SoftmaxCrossEntropyLoss} share: {@code loss = -w[c] · p[n, c, d...]} with class
 * {@code c = target[n, d...]} and optional weights w, then none, the sum or the weighted mean of them. Targets equal to
 * {@code ignoreIndex} count for nothing; any other one outside the classes is refused. Accumulates in double.
 */
interface ClassLoss extends TensorOperator {
    String reduction();

    OptionalLong ignoreIndex();

    /** The log-probabilities of input 0, in its order. */
    double[] logProbabilities(HostTensor x);

    /** Makes the record of a member. */
    interface Constructor<R> {
        R of(String reduction, OptionalLong ignoreIndex);
    }

    static <R> R read(Attributes attributes, Constructor<R> constructor) {
        return constructor.of(
                attributes.getString("reduction", "mean"),
                attributes.has("ignore_index")
                        ? OptionalLong.of(attributes.getInt("ignore_index"))
                        : OptionalLong.empty());
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        if (!in.dtype(0).isFloat() || x.rank() < 2) {
            throw new IllegalArgumentException(name() + ": expected floats [N, C, ...], given " + in.get(0));
        }
        Shape expected = x.slice(0, 1).concat(x.slice(2, x.rank()));
        if (!in.dtype(1).isInteger() || !in.shape(1).equals(expected)) {
            throw new IllegalArgumentException(
                    name() + ": target: expected integers " + expected + ", given " + in.get(1));
        }
        if (in.has(2) && (!in.dtype(2).isFloat() || !in.shape(2).equals(x.slice(1, 2)))) {
            throw new IllegalArgumentException(
                    name() + ": weight: expected floats " + x.slice(1, 2) + ", given " + in.get(2));
        }
        if (!List.of("none", "sum", "mean").contains(reduction())) {
            throw new IllegalArgumentException(
                    name() + ": reduction: expected none, sum or mean, given " + reduction());
        }
        TensorType loss = in.get(0).with(reduction().equals("none") ? expected : Shape.SCALAR);
        return List.of(loss, in.get(0)).subList(0, in.outputs());
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        HostTensor target = in.get(1);
        double[] p = logProbabilities(in.get(0));
        int classes = (int) in.get(0).shape().size(1);
        int inner = (int) target.shape().elements() == 0
                ? 1
                : (int) target.shape().elements(1, target.shape().rank());
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < target.size(); i++) {
            long c = target.getLong(i);
            boolean ignored = ignoreIndex().isPresent() && c == ignoreIndex().getAsLong();
            if (!ignored && (c < 0 || c >= classes)) {
                throw new IllegalArgumentException(name() + ": class " + c + " is outside [0, " + classes + ")");
            }
            double weight = ignored ? 0 : in.has(2) ? in.get(2).getDouble((int) c) : 1;
            double loss = ignored ? 0 : -weight * p[(i / inner * classes + (int) c) * inner + i % inner];
            if (reduction().equals("none")) {
                out.get(0).set(i, loss);
            }
            sum += loss;
            weights += weight;
        }
        if (!reduction().equals("none")) {
            out.get(0).set(0, reduction().equals("sum") ? sum : sum / weights);
        }
        for (int i = 0; i < p.length && out.size() > 1; i++) {
            out.get(1).set(i, p[i]);
        }
    }
}
