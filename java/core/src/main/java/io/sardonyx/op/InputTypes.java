package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** What is known of an operator's inputs when its output types and its launch are worked out. */
public final class InputTypes {
    private final List<TensorType> types;
    private final int outputs;
    private final IntFunction<HostTensor> values;
    private final IntPredicate constants;

    private InputTypes(List<TensorType> types, int outputs, IntFunction<HostTensor> values, IntPredicate constants) {
        this.types = types;
        this.outputs = outputs;
        this.values = values;
        this.constants = constants;
    }

    /**
     * @param types a {@code null} entry stands for an absent optional input
     * @param outputs how many outputs the node has
     * @param values the value of an input, or {@code null} where it is not known
     * @param constants whether an input is the same in all runs (a weight)
     */
    public static InputTypes of(
            List<TensorType> types, int outputs, IntFunction<HostTensor> values, IntPredicate constants) {
        return new InputTypes(Collections.unmodifiableList(new ArrayList<>(types)), outputs, values, constants);
    }

    /** Types alone, {@code null} where an optional input is absent, no values; one output. */
    public static InputTypes of(TensorType... types) {
        return of(Arrays.asList(types), 1, i -> null, i -> false);
    }

    /** The number of inputs named by the node, absent ones in between included. */
    public int size() {
        return types.size();
    }

    /** The number of outputs named by the node. */
    public int outputs() {
        return outputs;
    }

    public boolean has(int i) {
        return i < types.size() && types.get(i) != null;
    }

    /**
     * The type of input {@code i}.
     *
     * @throws IllegalArgumentException if it is absent
     */
    public TensorType get(int i) {
        if (!has(i)) {
            throw new IllegalArgumentException("input " + i + " is missing");
        }
        return types.get(i);
    }

    public Shape shape(int i) {
        return get(i).shape();
    }

    public DType dtype(int i) {
        return get(i).dtype();
    }

    /** Whether {@link #value} would answer. */
    public boolean known(int i) {
        return has(i) && values.apply(i) != null;
    }

    /**
     * The value of input {@code i}. Where it is not known yet, this throws {@link ValueNeeded}; the planner then runs what
     * comes before, and asks again.
     */
    public HostTensor value(int i) {
        get(i);
        HostTensor value = values.apply(i);
        if (value == null) {
            throw new ValueNeeded(i);
        }
        return value;
    }

    /** Whether input {@code i} is a weight, the same in all runs, so that it may be packed once. */
    public boolean constant(int i) {
        return has(i) && constants.test(i);
    }

    /** Thrown by {@link #value}; not an error, and without a stack trace. */
    public static final class ValueNeeded extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int input;

        ValueNeeded(int input) {
            super("the value of input " + input + " is needed", null, false, false);
            this.input = input;
        }

        public int input() {
            return input;
        }
    }
}
