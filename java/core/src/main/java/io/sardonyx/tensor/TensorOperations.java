package io.sardonyx.tensor;

import io.sardonyx.op.Abs;
import io.sardonyx.op.Add;
import io.sardonyx.op.Alignment;
import io.sardonyx.op.And;
import io.sardonyx.op.ArgMax;
import io.sardonyx.op.ArgMin;
import io.sardonyx.op.Cast;
import io.sardonyx.op.Ceil;
import io.sardonyx.op.Clip;
import io.sardonyx.op.Cos;
import io.sardonyx.op.CumSum;
import io.sardonyx.op.Div;
import io.sardonyx.op.Equal;
import io.sardonyx.op.Erf;
import io.sardonyx.op.Exp;
import io.sardonyx.op.Floor;
import io.sardonyx.op.Gather;
import io.sardonyx.op.Gelu;
import io.sardonyx.op.Greater;
import io.sardonyx.op.GreaterOrEqual;
import io.sardonyx.op.IsNaN;
import io.sardonyx.op.Less;
import io.sardonyx.op.LessOrEqual;
import io.sardonyx.op.Log;
import io.sardonyx.op.LogSoftmax;
import io.sardonyx.op.MatMul;
import io.sardonyx.op.Max;
import io.sardonyx.op.Min;
import io.sardonyx.op.Mod;
import io.sardonyx.op.Mul;
import io.sardonyx.op.Neg;
import io.sardonyx.op.NonZero;
import io.sardonyx.op.Not;
import io.sardonyx.op.Or;
import io.sardonyx.op.Pow;
import io.sardonyx.op.Reciprocal;
import io.sardonyx.op.ReduceMax;
import io.sardonyx.op.ReduceMean;
import io.sardonyx.op.ReduceMin;
import io.sardonyx.op.ReduceProd;
import io.sardonyx.op.ReduceSum;
import io.sardonyx.op.Relu;
import io.sardonyx.op.Round;
import io.sardonyx.op.Sigmoid;
import io.sardonyx.op.Sin;
import io.sardonyx.op.Softmax;
import io.sardonyx.op.Sqrt;
import io.sardonyx.op.Sub;
import io.sardonyx.op.Tanh;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.op.Where;
import io.sardonyx.op.Xor;
import java.util.Arrays;
import java.util.List;

/**
 * The arithmetic of {@link Tensor}: each method is one ONNX operator, run at once. Operands have one element type and are on one
 * device; shapes broadcast by NumPy's rule; a plain number takes the tensor's element type. Integers wrap; NaN and infinities
 * behave as IEEE 754 says.
 */
public abstract sealed class TensorOperations permits Tensor {
    TensorOperations() {}

    abstract Tensor self();

    /** A scalar of this tensor's element type and device. */
    abstract Tensor scalar(double value);

    private Tensor run(TensorOperator operator) {
        return Eager.run(operator, self());
    }

    private Tensor run(TensorOperator operator, Tensor other) {
        return Eager.run(operator, self(), other);
    }

    private Tensor run(TensorOperator operator, double other) {
        try (Tensor scalar = scalar(other)) {
            return Eager.run(operator, self(), scalar);
        }
    }

    // --- two operands ---

    public Tensor add(Tensor other) {
        return run(new Add(Alignment.NUMPY), other);
    }

    public Tensor add(double other) {
        return run(new Add(Alignment.NUMPY), other);
    }

    public Tensor sub(Tensor other) {
        return run(new Sub(Alignment.NUMPY), other);
    }

    public Tensor sub(double other) {
        return run(new Sub(Alignment.NUMPY), other);
    }

    public Tensor mul(Tensor other) {
        return run(new Mul(Alignment.NUMPY), other);
    }

    public Tensor mul(double other) {
        return run(new Mul(Alignment.NUMPY), other);
    }

    /** Division; of integers, truncated towards zero. */
    public Tensor div(Tensor other) {
        return run(new Div(Alignment.NUMPY), other);
    }

    public Tensor div(double other) {
        return run(new Div(Alignment.NUMPY), other);
    }

    public Tensor pow(Tensor other) {
        return run(new Pow(Alignment.NUMPY), other);
    }

    public Tensor pow(double other) {
        return run(new Pow(Alignment.NUMPY), other);
    }

    /** The remainder with the sign of the divisor for integers, of the dividend for floats. */
    public Tensor mod(Tensor other) {
        return run(new Mod(self().dtype().isFloat()), other);
    }

    /** The larger of both; NaN if either is. */
    public Tensor maximum(Tensor other) {
        return run(new Max(), other);
    }

    /** The smaller of both; NaN if either is. */
    public Tensor minimum(Tensor other) {
        return run(new Min(), other);
    }

    /** {@code [..., M, K] x [..., K, N] -> [..., M, N]}, as NumPy's matmul; accumulates in float32 for float32. */
    public Tensor matmul(Tensor other) {
        return run(new MatMul(), other);
    }

    // --- comparisons and logic; the results are bool ---

    public Tensor equal(Tensor other) {
        return run(new Equal(Alignment.NUMPY), other);
    }

    public Tensor greater(Tensor other) {
        return run(new Greater(Alignment.NUMPY), other);
    }

    public Tensor greater(double other) {
        return run(new Greater(Alignment.NUMPY), other);
    }

    public Tensor greaterOrEqual(Tensor other) {
        return run(new GreaterOrEqual(), other);
    }

    public Tensor less(Tensor other) {
        return run(new Less(Alignment.NUMPY), other);
    }

    public Tensor less(double other) {
        return run(new Less(Alignment.NUMPY), other);
    }

    public Tensor lessOrEqual(Tensor other) {
        return run(new LessOrEqual(), other);
    }

    public Tensor and(Tensor other) {
        return run(new And(Alignment.NUMPY), other);
    }

    public Tensor or(Tensor other) {
        return run(new Or(Alignment.NUMPY), other);
    }

    public Tensor xor(Tensor other) {
        return run(new Xor(Alignment.NUMPY), other);
    }

    public Tensor not() {
        return run(new Not());
    }

    public Tensor isNaN() {
        return run(new IsNaN());
    }

    /** Where this (bool) is true {@code yes}, else {@code no}. */
    public Tensor where(Tensor yes, Tensor no) {
        return Eager.run(new Where(), self(), yes, no);
    }

    // --- one operand, element by element ---

    public Tensor neg() {
        return run(new Neg());
    }

    public Tensor abs() {
        return run(new Abs());
    }

    public Tensor exp() {
        return run(new Exp());
    }

    public Tensor log() {
        return run(new Log());
    }

    public Tensor sqrt() {
        return run(new Sqrt());
    }

    public Tensor reciprocal() {
        return run(new Reciprocal());
    }

    public Tensor sin() {
        return run(new Sin());
    }

    public Tensor cos() {
        return run(new Cos());
    }

    public Tensor tanh() {
        return run(new Tanh());
    }

    public Tensor erf() {
        return run(new Erf());
    }

    public Tensor floor() {
        return run(new Floor());
    }

    public Tensor ceil() {
        return run(new Ceil());
    }

    /** To the nearest integer, halves to even. */
    public Tensor round() {
        return run(new Round());
    }

    public Tensor relu() {
        return run(new Relu());
    }

    public Tensor sigmoid() {
        return run(new Sigmoid());
    }

    /** {@code x · (1 + erf(x / √2)) / 2} */
    public Tensor gelu() {
        return run(new Gelu(false));
    }

    /** {@code min(max(x, lowest), highest)} */
    public Tensor clip(double lowest, double highest) {
        return run(new Clip(lowest, highest));
    }

    /** The same values as another element type; floats are truncated to integers and saturate. */
    public Tensor cast(DType to) {
        return run(new Cast(to, true, Cast.Rounding.UP));
    }

    // --- along axes; negative axes count from the end, no axes means all ---

    public Tensor sum(long... axes) {
        return run(new ReduceSum(list(axes), false, false));
    }

    public Tensor mean(long... axes) {
        return run(new ReduceMean(list(axes), false, false));
    }

    public Tensor max(long... axes) {
        return run(new ReduceMax(list(axes), false, false));
    }

    public Tensor min(long... axes) {
        return run(new ReduceMin(list(axes), false, false));
    }

    public Tensor prod(long... axes) {
        return run(new ReduceProd(list(axes), false, false));
    }

    /** The position (int64) of the largest element along {@code axis}, the first of equal ones. */
    public Tensor argmax(long axis) {
        return run(new ArgMax(axis, false, false));
    }

    public Tensor argmin(long axis) {
        return run(new ArgMin(axis, false, false));
    }

    /** Running sums along {@code axis}. */
    public Tensor cumsum(long axis) {
        try (Tensor at = Tensor.of(HostTensor.of(Shape.SCALAR, axis), self().device())) {
            return run(new CumSum(false, false), at);
        }
    }

    /** {@code exp(x) / Σ exp(x)} along {@code axis} */
    public Tensor softmax(long axis) {
        return run(new Softmax(axis, false));
    }

    public Tensor logSoftmax(long axis) {
        return run(new LogSoftmax(axis, false));
    }

    /** Elements at {@code indices} (int64) of axis {@code axis}; the axis is replaced by those of {@code indices}. */
    public Tensor gather(Tensor indices, long axis) {
        return run(new Gather(axis), indices);
    }

    /** The indices of what is not zero: int64 [rank, count]. */
    public Tensor nonZero() {
        return Eager.run(new NonZero(), 1, self()).get(0);
    }

    private static List<Long> list(long... axes) {
        return Arrays.stream(axes).boxed().toList();
    }
}
