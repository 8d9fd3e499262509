package io.sardonyx.onnx.rewrite;

import io.sardonyx.onnx.graph.Node;
import io.sardonyx.op.Abs;
import io.sardonyx.op.Add;
import io.sardonyx.op.Alignment;
import io.sardonyx.op.Clip;
import io.sardonyx.op.Div;
import io.sardonyx.op.ElementFunction;
import io.sardonyx.op.Erf;
import io.sardonyx.op.Exp;
import io.sardonyx.op.Gelu;
import io.sardonyx.op.HardSigmoid;
import io.sardonyx.op.HardSwish;
import io.sardonyx.op.LeakyRelu;
import io.sardonyx.op.Log;
import io.sardonyx.op.Max;
import io.sardonyx.op.Min;
import io.sardonyx.op.Mul;
import io.sardonyx.op.Neg;
import io.sardonyx.op.Operator;
import io.sardonyx.op.Reciprocal;
import io.sardonyx.op.Relu;
import io.sardonyx.op.Sigmoid;
import io.sardonyx.op.Softplus;
import io.sardonyx.op.Sqrt;
import io.sardonyx.op.Sub;
import io.sardonyx.op.Swish;
import io.sardonyx.op.Tanh;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A node as a step of a fused chain: its function, the values that it is applied to, and the function's attributes. */
record ElementCall(ElementFunction function, List<String> operands, float a, float b) {
    private static final Map<Operator, ElementFunction> PLAIN = Map.ofEntries(
            Map.entry(new Add(Alignment.NUMPY), ElementFunction.ADD),
            Map.entry(new Sub(Alignment.NUMPY), ElementFunction.SUB),
            Map.entry(new Mul(Alignment.NUMPY), ElementFunction.MUL),
            Map.entry(new Div(Alignment.NUMPY), ElementFunction.DIV),
            Map.entry(new Max(), ElementFunction.MAX),
            Map.entry(new Min(), ElementFunction.MIN),
            Map.entry(new Neg(), ElementFunction.NEG),
            Map.entry(new Abs(), ElementFunction.ABS),
            Map.entry(new Sqrt(), ElementFunction.SQRT),
            Map.entry(new Reciprocal(), ElementFunction.RECIPROCAL),
            Map.entry(new Exp(), ElementFunction.EXP),
            Map.entry(new Log(), ElementFunction.LOG),
            Map.entry(new Tanh(), ElementFunction.TANH),
            Map.entry(new Erf(), ElementFunction.ERF),
            Map.entry(new Relu(), ElementFunction.RELU),
            Map.entry(new HardSwish(), ElementFunction.HARDSWISH),
            Map.entry(new Sigmoid(), ElementFunction.SIGMOID),
            Map.entry(new Softplus(), ElementFunction.SOFTPLUS),
            Map.entry(new Gelu(false), ElementFunction.GELU),
            Map.entry(new Gelu(true), ElementFunction.GELUTANH));

    /** Empty for another operator, and where bounds are no constants. */
    static Optional<ElementCall> of(Match match, Node node) {
        Operator operator = node.operator();
        ElementFunction plain = PLAIN.get(operator);
        if (plain != null) {
            return Optional.of(new ElementCall(plain, node.inputs(), 0, 0))
                    .filter(call -> call.operands.size() == plain.operands());
        } else if (operator instanceof LeakyRelu leaky) {
            return unary(ElementFunction.LEAKYRELU, node, leaky.alpha(), 0);
        } else if (operator instanceof Swish swish) {
            return unary(ElementFunction.SWISH, node, swish.alpha(), 0);
        } else if (operator instanceof HardSigmoid hard) {
            return unary(ElementFunction.HARDSIGMOID, node, hard.alpha(), hard.beta());
        } else if (operator instanceof Clip clip) {
            OptionalDouble lowest = bound(match, node.input(1), clip.lowest());
            OptionalDouble highest = bound(match, node.input(2), clip.highest());
            return lowest.isPresent() && highest.isPresent()
                    ? unary(ElementFunction.CLIP, node, (float) lowest.getAsDouble(), (float) highest.getAsDouble())
                    : Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<ElementCall> unary(ElementFunction function, Node node, float a, float b) {
        return Optional.of(new ElementCall(function, List.of(node.input(0)), a, b));
    }

    private static OptionalDouble bound(Match match, String value, double otherwise) {
        return value.isEmpty() ? OptionalDouble.of(otherwise) : match.scalar(value);
    }
}
