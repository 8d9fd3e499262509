package io.sardonyx.cli;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import java.util.Locale;

/** An output's type and the statistics of its values; {@code nan} counts what is not a number. */
record OutputSummary(String name, String type, double min, double max, double mean, long nan) {
    static OutputSummary of(String name, HostValue value) {
        if (!(value instanceof HostTensor tensor)) {
            return new OutputSummary(name, value.toString(), Double.NaN, Double.NaN, Double.NaN, 0);
        }
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        long nan = 0;
        for (int i = 0; i < tensor.size() && tensor.dtype() != DType.STRING; i++) {
            double v = tensor.getDouble(i);
            if (Double.isNaN(v)) {
                nan++;
            } else {
                min = Math.min(min, v);
                max = Math.max(max, v);
                sum += v;
            }
        }
        return new OutputSummary(name, tensor.type().toString(), min, max, sum / (tensor.size() - nan), nan);
    }

    @Override
    public String toString() {
        return min > max || Double.isNaN(mean)
                ? name + ": " + type
                : String.format(
                        Locale.ROOT, "%s: %s  min %.6g  max %.6g  mean %.6g  nan %d", name, type, min, max, mean, nan);
    }
}
