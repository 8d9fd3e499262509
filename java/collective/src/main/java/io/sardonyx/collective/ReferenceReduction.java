package io.sardonyx.collective;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.List;

/** What a reduction means, element by element: rank 0 first; float16 and bfloat16 as float32, rounded once at the end. */
final class ReferenceReduction {
    private ReferenceReduction() {}

    /** A new tensor of the type of all of {@code ranks}. */
    static HostTensor of(List<HostTensor> ranks, Reduction reduction) {
        HostTensor result = HostTensor.allocate(ranks.get(0).type());
        DType dtype = result.dtype();
        for (int i = 0; i < result.size(); i++) {
            if (dtype == DType.FLOAT64) {
                result.set(i, doubles(ranks, reduction, i));
            } else if (dtype.isFloat()) {
                result.set(i, floats(ranks, reduction, i));
            } else {
                result.set(i, longs(ranks, reduction, i));
            }
        }
        return result;
    }

    private static double doubles(List<HostTensor> ranks, Reduction reduction, int i) {
        double sum = ranks.get(0).getDouble(i);
        for (HostTensor next : ranks.subList(1, ranks.size())) {
            double x = next.getDouble(i);
            sum = switch (reduction) {
                case SUM, MEAN -> sum + x;
                case PRODUCT -> sum * x;
                case MIN -> x < sum || Double.isNaN(x) ? x : sum;
                case MAX -> x > sum || Double.isNaN(x) ? x : sum;
            };
        }
        return reduction == Reduction.MEAN ? sum / ranks.size() : sum;
    }

    private static float floats(List<HostTensor> ranks, Reduction reduction, int i) {
        float sum = (float) ranks.get(0).getDouble(i);
        for (HostTensor next : ranks.subList(1, ranks.size())) {
            float x = (float) next.getDouble(i);
            sum = switch (reduction) {
                case SUM, MEAN -> sum + x;
                case PRODUCT -> sum * x;
                case MIN -> x < sum || Float.isNaN(x) ? x : sum;
                case MAX -> x > sum || Float.isNaN(x) ? x : sum;
            };
        }
        return reduction == Reduction.MEAN ? sum / ranks.size() : sum;
    }

    /** Sums and products go round at the ends of the type, as Java's do. */
    private static long longs(List<HostTensor> ranks, Reduction reduction, int i) {
        long sum = ranks.get(0).getLong(i);
        for (HostTensor next : ranks.subList(1, ranks.size())) {
            long x = next.getLong(i);
            sum = switch (reduction) {
                case SUM -> sum + x;
                case PRODUCT -> sum * x;
                case MIN -> Math.min(sum, x);
                case MAX -> Math.max(sum, x);
                case MEAN -> throw new IllegalArgumentException("there is no mean of integers");
            };
        }
        return ranks.get(0).dtype() == DType.INT32 ? (int) sum : sum;
    }
}
