package io.sardonyx.op;

import io.sardonyx.device.Launch;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * {@code y = softmax(scale · q·kᵀ + mask)·v} for each head of q, k and v as they come out of their projections: [batch, length,
 * heads · size], or the same as [batch, length, heads, size]. What rewrites make of MatMul, Add, Softmax and MatMul with the
 * reshapes and transposes around them.
 *
 * <p>Inputs: q; k; v, whose heads may have another size; optionally a mask, added, that broadcasts to [batch, heads, length of
 * q, length of k]. Output: like q, with the sizes of v's heads. Of the domain {@code io.sardonyx}; accumulates in double
 * (reference) or float32 (kernels).
 */
public record ScaledDotProductAttention(long heads, float scale) implements TensorOperator {
    private static final int MASK = 3;

    static ScaledDotProductAttention read(Attributes attributes) {
        return new ScaledDotProductAttention(attributes.getInt("heads"), attributes.getFloat("scale"));
    }

    private Shape fourAxes(InputTypes in, int i) {
        Shape shape = in.shape(i);
        boolean split = shape.rank() == 4 && shape.size(2) == heads;
        if (!split && (shape.rank() != 3 || heads <= 0 || shape.size(2) % heads != 0)) {
            throw new IllegalArgumentException(
                    name() + ": expected [batch, length, heads x size] with " + heads + " heads, given " + in.get(i));
        }
        return split ? shape : Shape.of(shape.size(0), shape.size(1), heads, shape.size(2) / heads);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape q = fourAxes(in, 0);
        Shape k = fourAxes(in, 1);
        Shape v = fourAxes(in, 2);
        if (!in.dtype(0).isFloat()
                || in.dtype(0) != in.dtype(1)
                || in.dtype(0) != in.dtype(2)
                || !k.equals(q.with(1, k.size(1)))
                || !k.with(3, v.size(3)).equals(v)) {
            throw new IllegalArgumentException(
                    name() + ": q, k and v do not fit: " + in.get(0) + ", " + in.get(1) + " and " + in.get(2));
        }
        Shape scores = Shape.of(q.size(0), heads, q.size(1), k.size(1));
        if (in.has(MASK)
                && !(in.dtype(MASK).isFloat()
                        && in.shape(MASK).broadcast(scores).equals(scores))) {
            throw new IllegalArgumentException(
                    name() + ": mask: expected float that broadcasts to " + scores + ", given " + in.get(MASK));
        }
        Shape y = q.with(3, v.size(3));
        return List.of(in.get(0).with(in.shape(0).rank() == 4 ? y : Shape.of(y.size(0), y.size(1), heads * v.size(3))));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        int count = (int) heads;
        new AttentionCore(scale, 0, in.has(MASK) ? AttentionCore.of(in.get(MASK)) : AttentionCore.Bias.NONE)
                .run(
                        Heads.columns(in.get(0), count),
                        Heads.columns(in.get(1), count),
                        Heads.columns(in.get(2), count),
                        Heads.columns(out.get(0), count));
    }

    @Override
    public Optional<Launch> launch(InputTypes in, List<TensorType> out) {
        if (!AttentionCore.hasKernel(in.dtype(0)) || in.has(MASK) && in.dtype(MASK) != in.dtype(0)) {
            return Optional.empty();
        }
        return Optional.of(AttentionCore.launch(
                "attention",
                in.dtype(0),
                HeadLayout.columns(in.shape(0), heads),
                HeadLayout.columns(in.shape(1), heads),
                HeadLayout.columns(in.shape(2), heads),
                HeadLayout.columns(out.get(0).shape(), heads),
                in.has(MASK) ? Optional.of(in.shape(MASK)) : Optional.empty(),
                in.size(),
                false,
                0,
                scale,
                0));
    }
}
