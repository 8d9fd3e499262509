package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * Turns pairs of each head's first {@code size} values by a position's angles: {@code (a, b)} becomes {@code (a cos - b sin, a
 * sin + b cos)}; the rest stays. The i-th pair is (2i, 2i + 1) if {@code interleaved}, else (i, i + size / 2).
 *
 * <p>Inputs: x [batch, heads, length, head size] or [batch, length, heads · head size]; the cosines and the sines, [positions,
 * size / 2] with input 3 giving the position of each row [batch, length], or without it [batch, length, size / 2]. ONNX
 * RotaryEmbedding, opset 23 on; accumulates in double.
 *
 * @param heads the number of heads of an x with three axes
 * @param rotaryDim {@code size}; 0 for the whole head
 */
public record RotaryEmbedding(boolean interleaved, long heads, long rotaryDim) implements TensorOperator {
    private static final int COS = 1;
    private static final int SIN = 2;
    private static final int POSITIONS = 3;

    static RotaryEmbedding read(Attributes attributes) {
        return new RotaryEmbedding(
                attributes.getFlag("interleaved", false),
                attributes.getInt("num_heads", 0),
                attributes.getInt("rotary_embedding_dim", 0));
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        boolean three = x.rank() == 3 && heads > 0 && x.size(2) % heads == 0;
        if (!in.dtype(0).isFloat() || !(three || x.rank() == 4)) {
            throw new IllegalArgumentException(
                    "RotaryEmbedding: expected float [batch, heads, length, size] or [batch, "
                            + "length, heads x size] with " + heads + " heads, given " + in.get(0));
        }
        long batch = x.size(0);
        long length = three ? x.size(1) : x.size(2);
        long headSize = three ? x.size(2) / heads : x.size(3);
        long size = rotaryDim == 0 ? headSize : rotaryDim;
        if (size < 0 || size > headSize || size % 2 != 0) {
            throw new IllegalArgumentException(
                    "RotaryEmbedding: expected an even size of at most " + headSize + ", given " + size);
        }
        Shape cos = in.shape(COS);
        boolean fits = in.has(POSITIONS)
                ? in.shape(POSITIONS).equals(Shape.of(batch, length)) && cos.rank() == 2 && cos.size(1) == size / 2
                : cos.equals(Shape.of(batch, length, size / 2));
        if (!fits || !cos.equals(in.shape(SIN))) {
            throw new IllegalArgumentException("RotaryEmbedding: angles " + in.get(COS) + " and " + in.get(SIN)
                    + " do not fit " + in.get(0) + " with " + size / 2 + " pairs");
        }
        return List.of(in.get(0));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        out.get(0).copyAll(in.get(0));
        Heads x = view(in.get(0));
        Heads y = view(out.get(0));
        int pairs = (int) in.get(COS).shape().size(-1);
        int step = interleaved ? 2 : 1;
        int apart = interleaved ? 1 : pairs;
        for (int b = 0; b < x.batch(); b++) {
            for (int s = 0; s < x.rows(); s++) {
                int angles = angles(in, b * x.rows() + s) * pairs;
                for (int h = 0; h < x.heads(); h++) {
                    for (int i = 0; i < pairs; i++) {
                        double cos = in.get(COS).getDouble(angles + i);
                        double sin = in.get(SIN).getDouble(angles + i);
                        double first = x.get(b, h, s, i * step);
                        double second = x.get(b, h, s, i * step + apart);
                        y.set(b, h, s, i * step, first * cos - second * sin);
                        y.set(b, h, s, i * step + apart, first * sin + second * cos);
                    }
                }
            }
        }
    }

    private Heads view(HostTensor tensor) {
        return tensor.shape().rank() == 4 ? Heads.of(tensor) : Heads.columns(tensor, (int) heads);
    }

    /** The row of the angles that belongs to row {@code row} of all batch items' rows. */
    private static int angles(Inputs in, int row) {
        if (!in.has(POSITIONS)) {
            return row;
        }
        long position = in.get(POSITIONS).getLong(row);
        long count = in.get(COS).shape().size(0);
        if (position < 0 || position >= count) {
            throw new IllegalArgumentException(
                    "RotaryEmbedding: position " + position + " is outside [0, " + count + ")");
        }
        return (int) position;
    }
}
