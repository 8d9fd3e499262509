package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * One step of an optimiser on any number of tensors, in double. Inputs: the learning rate R and the step's number T, both scalars,
 * then all parameters X, all gradients G, and all tensors of each state. Outputs: all new X, then all of each new state.
 */
interface TrainingStep extends TensorOperator {
    /** How many states the optimiser keeps of each parameter. */
    int states();

    /**
     * One element: {@code values} holds X, G and the states; X and the states are replaced.
     *
     * @param rate the learning rate
     * @param step the number of steps done before
     */
    void update(double[] values, double rate, long step);

    private int tensors(int inputs) {
        int roles = 2 + states();
        if (inputs < 2 + roles || (inputs - 2) % roles != 0) {
            throw new IllegalArgumentException(
                    name() + ": expected R, T and " + roles + " inputs for each tensor, given " + inputs);
        }
        return (inputs - 2) / roles;
    }

    @Override
    default List<TensorType> infer(InputTypes in) {
        int tensors = tensors(in.size());
        if (in.shape(0).elements() != 1 || in.shape(1).elements() != 1) {
            throw new IllegalArgumentException(
                    name() + ": R and T: expected scalars, given " + in.get(0) + " and " + in.get(1));
        }
        List<TensorType> out = new ArrayList<>();
        for (int i = 0; i < in.size() - 2; i++) {
            TensorType x = in.get(2 + i % tensors);
            if (!x.dtype().isFloat() || !in.get(2 + i).equals(x)) {
                throw new IllegalArgumentException(
                        name() + ": input " + (2 + i) + ": expected floats like " + x + ", given " + in.get(2 + i));
            }
            boolean gradient = i / tensors == 1;
            if (!gradient) {
                out.add(x);
            }
        }
        if (in.outputs() > out.size()) {
            throw new IllegalArgumentException(name() + ": has " + out.size() + " outputs, given " + in.outputs());
        }
        return out.subList(0, in.outputs());
    }

    @Override
    default void reference(Inputs in, List<HostTensor> out) {
        int tensors = tensors(in.size());
        double rate = in.get(0).getDouble(0);
        long step = in.get(1).getLong(0);
        double[] values = new double[2 + states()];
        for (int t = 0; t < tensors; t++) {
            for (int i = 0; i < in.get(2 + t).size(); i++) {
                for (int role = 0; role < values.length; role++) {
                    values[role] = in.get(2 + role * tensors + t).getDouble(i);
                }
                update(values, rate, step);
                for (int role = 0; role < values.length; role++) {
                    int o = (role == 0 ? 0 : role - 1) * tensors + t;
                    if (role != 1 && o < out.size()) {
                        out.get(o).set(i, values[role]);
                    }
                }
            }
        }
    }
}
