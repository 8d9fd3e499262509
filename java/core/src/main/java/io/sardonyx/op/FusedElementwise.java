package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A short program of elementwise steps over inputs that broadcast by NumPy's rule; the result is that of the last step. What each
 * step gives is rounded to the inputs' type, as if it were an operator of its own. The result has at least {@code rank} axes: a
 * constant of one element may have had them. {@code io.sardonyx} FusedElementwise, which rewrites make.
 */
public record FusedElementwise(List<ElementStep> steps, int rank) implements TensorOperator {
    /** The most inputs that there may be. */
    public static final int MAX_INPUTS = ElementStep.MAX_INPUTS;

    /** The most steps that there may be. */
    public static final int MAX_STEPS = 8; // kElementSteps

    public FusedElementwise {
        steps = List.copyOf(steps);
        if (steps.isEmpty() || steps.size() > MAX_STEPS) {
            throw new IllegalArgumentException("steps: expected 1 to " + MAX_STEPS + ", given " + steps.size());
        }
        boolean[] used = new boolean[MAX_INPUTS + steps.size()];
        for (int s = 0; s < steps.size(); s++) {
            for (int operand : List.of(steps.get(s).left(), steps.get(s).right())) {
                if (operand >= MAX_INPUTS + s) {
                    throw new IllegalArgumentException(
                            "steps: step " + s + " needs the result of step " + (operand - MAX_INPUTS));
                }
                if (operand != ElementStep.CONSTANT) {
                    used[operand] = true;
                }
            }
        }
        for (int s = 0; s < steps.size() - 1; s++) {
            if (!used[MAX_INPUTS + s]) {
                throw new IllegalArgumentException("steps: nothing uses the result of step " + s);
            }
        }
        for (int i = 0; i < inputs(steps); i++) {
            if (!used[i]) {
                throw new IllegalArgumentException("steps: nothing uses input " + i);
            }
        }
        if (rank < 0) {
            throw new IllegalArgumentException("rank: expected 0 or more, given " + rank);
        }
    }

    static FusedElementwise read(Attributes attributes) {
        return new FusedElementwise(
                attributes.getStrings("steps").stream().map(ElementStep::read).toList(),
                Math.toIntExact(attributes.getInt("rank", 0)));
    }

    /** How many inputs the steps name. */
    private static int inputs(List<ElementStep> steps) {
        return 1
                + steps.stream()
                        .flatMap(step -> List.of(step.left(), step.right()).stream())
                        .filter(operand -> !ElementStep.isResult(operand))
                        .max(Integer::compare)
                        .orElse(ElementStep.CONSTANT);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.size() != inputs(steps)) {
            throw new IllegalArgumentException(name() + ": expected " + inputs(steps) + " inputs, given " + in.size());
        }
        TensorType y = Broadcast.type(name(), Domain.FLOATS, in);
        long[] ones = new long[Math.max(0, rank - y.shape().rank())];
        Arrays.fill(ones, 1);
        return List.of(y.with(Shape.of(ones).concat(y.shape())));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        IntUnaryOperator[] positions = new IntUnaryOperator[inputs(steps)];
        for (int n = 0; n < positions.length; n++) {
            positions[n] = Broadcast.positions(in.get(n).shape(), y.shape());
        }
        // Inputs and results by the numbers that operands have; a tensor rounds them.
        HostTensor values = HostTensor.allocate(new TensorType(y.dtype(), Shape.of(MAX_INPUTS + steps.size())));
        for (int i = 0; i < y.size(); i++) {
            for (int n = 0; n < positions.length; n++) {
                values.set(n, in.get(n).getDouble(positions[n].applyAsInt(i)));
            }
            for (int s = 0; s < steps.size(); s++) {
                values.set(ElementStep.result(s), apply(steps.get(s), values));
            }
            y.set(i, values.getDouble(ElementStep.result(steps.size() - 1)));
        }
    }

    private static double apply(ElementStep step, HostTensor values) {
        double left = step.left() == ElementStep.CONSTANT ? step.a() : values.getDouble(step.left());
        double right = step.right() == ElementStep.CONSTANT ? step.a() : values.getDouble(step.right());
        return step.function().apply(left, right, step.a(), step.b());
    }

    /** The key of the kernel for such floats, which a device may have. */
    public static String kernel(DType dtype) {
        return Launch.of("fused_elementwise", dtype).kernel();
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (out.get(0).shape().rank() > 8) {
            return Optional.empty();
        }
        Launch launch = Launch.ofKey(kernel(in.dtype(0)));
        for (int i = 0; i < MAX_INPUTS; i++) {
            launch.input(i);
        }
        launch.output(0).params(in.size(), steps.size());
        for (int s = 0; s < MAX_STEPS; s++) {
            if (s < steps.size()) {
                ElementStep step = steps.get(s);
                launch.params(step.function().ordinal(), step.left(), step.right())
                        .param((double) step.a())
                        .param((double) step.b());
            } else {
                launch.params(0, 0, 0, 0, 0);
            }
        }
        for (int i = in.size() - 1; i >= 0; i--) {
            if (in.get(i).equals(out.get(0))) {
                launch.inPlace(i);
            }
        }
        return Optional.of(launch);
    }
}
