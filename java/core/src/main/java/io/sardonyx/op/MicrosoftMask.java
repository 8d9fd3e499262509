package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;

/**
 * The int32 masks of com.microsoft's attention operators, by shape:
 *
 * <ul>
 *   <li>[batch]: how many keys a batch item has;
 *   <li>[2 · batch]: where its keys end, for all items, and then where they begin;
 *   <li>[batch, total length]: not 0 for a key to be seen;
 *   <li>[batch, length, total length]: the same for each query;
 *   <li>[batch, 1, n, n]: the same for each position of a query, n being at least the total length.
 * </ul>
 */
final class MicrosoftMask {
    private MicrosoftMask() {}

    /** @param scores [batch, heads, length, total length] */
    static void check(String operator, TensorType mask, Shape scores) {
        Shape s = mask.shape();
        long batch = scores.size(0);
        long total = scores.size(3);
        boolean fits =
                switch (s.rank()) {
                    case 1 -> s.size(0) == batch || s.size(0) == 2 * batch;
                    case 2 -> s.equals(Shape.of(batch, total));
                    case 3 -> s.equals(Shape.of(batch, scores.size(2), total));
                    case 4 -> s.size(0) == batch && s.size(1) == 1 && s.size(2) >= total && s.size(3) >= total;
                    default -> false;
                };
        if (mask.dtype() != DType.INT32 || !fits) {
            throw new IllegalArgumentException(
                    operator + ": mask " + mask + " does not fit scores [batch, heads, length, total] " + scores);
        }
    }

    /** {@code value} where the mask hides a key, else 0. */
    static AttentionCore.Bias bias(HostTensor mask, int batch, int past, int length, double value) {
        Shape s = mask.shape();
        int n = (int) s.size(-1);
        return switch (s.rank()) {
            case 1 ->
                (b, h, q, t) -> {
                    long begin = n == batch ? 0 : mask.getLong(batch + b);
                    return t >= begin && t < mask.getLong(b) ? 0 : value;
                };
            case 2 -> (b, h, q, t) -> mask.getLong(b * n + t) > 0 ? 0 : value;
            case 3 -> (b, h, q, t) -> mask.getLong((b * length + q) * n + t) > 0 ? 0 : value;
            default -> (b, h, q, t) -> mask.getLong((b * n + past + q) * n + t) > 0 ? 0 : value;
        };
    }
}
