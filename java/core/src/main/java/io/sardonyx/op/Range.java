package io.sardonyx.op;

import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/**
 * {@code y[i] = start + i·step} as long as it has not reached the limit: {@code max(⌈(limit − start) / step⌉, 0)} numbers, computed
 * exactly for integers and in double for floats. Inputs: start, limit, step. ONNX Range, all opsets.
 */
public record Range() implements TensorOperator {
    static Range read(Attributes attributes) {
        return new Range();
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        for (int i = 0; i < 3; i++) {
            boolean number = in.dtype(i).isFloat() || in.dtype(i).isInteger();
            if (!number || in.dtype(i) != in.dtype(0) || in.shape(i).elements() != 1) {
                throw new IllegalArgumentException("Range: expected three numbers of one type, given " + in.get(0)
                        + ", " + in.get(1) + ", " + in.get(2));
            }
        }
        HostTensor start = in.value(0);
        HostTensor limit = in.value(1);
        HostTensor step = in.value(2);
        return List.of(new TensorType(
                in.dtype(0),
                Shape.of(
                        in.dtype(0).isFloat()
                                ? count(start.getDouble(0), limit.getDouble(0), step.getDouble(0))
                                : count(start.getLong(0), limit.getLong(0), step.getLong(0)))));
    }

    private static long count(double start, double limit, double step) {
        double count = Math.ceil((limit - start) / step);
        if (step == 0 || !Double.isFinite(start) || !Double.isFinite(count) || count >= 0x1p63) {
            throw refuse(start, limit, step);
        }
        return (long) Math.max(count, 0);
    }

    private static long count(long start, long limit, long step) {
        if (step == 0) {
            throw refuse(start, limit, step);
        }
        if (step > 0 ? start >= limit : start <= limit) {
            return 0;
        }
        // As unsigned numbers these differences and the smallest long's magnitude do not overflow.
        long distance = step > 0 ? limit - start : start - limit;
        long count = Long.divideUnsigned(distance - 1, Math.abs(step)) + 1;
        if (count < 0) {
            throw refuse(start, limit, step);
        }
        return count;
    }

    private static IllegalArgumentException refuse(Object start, Object limit, Object step) {
        return new IllegalArgumentException("Range: no list of numbers from " + start + " to " + limit + " by " + step);
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor y = out.get(0);
        for (int i = 0; i < y.size(); i++) {
            if (y.dtype().isFloat()) {
                y.set(i, in.get(0).getDouble(0) + i * in.get(2).getDouble(0));
            } else {
                y.set(i, in.get(0).getLong(0) + i * in.get(2).getLong(0));
            }
        }
    }
}
