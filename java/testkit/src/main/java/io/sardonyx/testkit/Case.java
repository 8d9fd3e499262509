package io.sardonyx.testkit;

import io.sardonyx.op.Operator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One fact about an operator: these inputs give these outputs, or are refused. Each method returns this case, extended. */
public final class Case {
    private final String name;
    private final Operator operator;
    private final List<HostValue> inputs = new ArrayList<>();
    private final List<Boolean> constants = new ArrayList<>();
    private int outputs = 1;
    private List<HostValue> expected = List.of();
    private Optional<Tolerance> tolerance = Optional.empty();
    private Optional<String> rejection = Optional.empty();

    private Case(String name, Operator operator) {
        this.name = name;
        this.operator = operator;
    }

    public static Case of(String name, Operator operator) {
        return new Case(name, operator);
    }

    /** The next input. */
    public Case input(HostValue value) {
        inputs.add(value);
        constants.add(false);
        return this;
    }

    /** The next input, a weight: the same in all runs, so that it may be packed. */
    public Case constant(HostTensor value) {
        inputs.add(value);
        constants.add(true);
        return this;
    }

    /** The next input is an optional one that is left out. */
    public Case absent() {
        inputs.add(null);
        constants.add(false);
        return this;
    }

    /** How many outputs the node names; 1 if this is not called, or as many as are expected. */
    public Case outputs(int count) {
        outputs = count;
        return this;
    }

    /** What must come out. Without it, devices are compared with the reference only. */
    public Case expect(HostValue... values) {
        expected = List.of(values);
        outputs = values.length;
        return this;
    }

    public Case within(Tolerance other) {
        tolerance = Optional.of(other);
        return this;
    }

    /** The inputs must be refused with a message that contains {@code message}. */
    public Case rejects(String message) {
        rejection = Optional.of(message);
        return this;
    }

    public String name() {
        return name;
    }

    Operator operator() {
        return operator;
    }

    /** With {@code null} for absent ones. */
    List<HostValue> inputs() {
        return inputs;
    }

    boolean isConstant(int input) {
        return constants.get(input);
    }

    int outputs() {
        return outputs;
    }

    List<HostValue> expected() {
        return expected;
    }

    Optional<Tolerance> tolerance() {
        return tolerance;
    }

    Optional<String> rejection() {
        return rejection;
    }
}
