package io.sardonyx.testkit;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.util.Arrays;

/**
 * Compares a tensor with an oracle:
 *
 * <pre>{@code Verify.that(actual).matches(expected).within(Tolerance.of(1e-5, 1e-6));}</pre>
 *
 * A failure is an {@code AssertionError} that names the number of wrong elements, the first and the worst with both values, and
 * the histogram of errors in units in the last place.
 */
public final class Verify {
    private final HostTensor actual;

    private Verify(HostTensor actual) {
        this.actual = actual;
    }

    public static Verify that(HostTensor actual) {
        return new Verify(actual);
    }

    /** Type and shape are compared at once. */
    public Comparison matches(HostTensor expected) {
        if (!actual.type().equals(expected.type())) {
            throw new AssertionError("expected " + expected.type() + ", given " + actual.type());
        }
        return new Comparison(expected);
    }

    /** An oracle, waiting for its tolerance. */
    public final class Comparison {
        private final HostTensor expected;

        private Comparison(HostTensor expected) {
            this.expected = expected;
        }

        /** @throws AssertionError if an element lies outside */
        public void within(Tolerance tolerance) {
            int wrong = 0;
            int first = -1;
            int worst = -1;
            double worstError = -1;
            for (int i = 0; i < expected.size(); i++) {
                if (accepts(tolerance, i)) {
                    continue;
                }
                first = wrong++ == 0 ? i : first;
                double error =
                        expected.dtype() == DType.STRING ? 1 : Math.abs(actual.getDouble(i) - expected.getDouble(i));
                if (!(error <= worstError)) {
                    worst = i;
                    worstError = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
                }
            }
            if (wrong > 0) {
                throw new AssertionError(
                        wrong + " of " + expected.size() + " elements of " + expected.type() + " differ by more than "
                                + tolerance + "; first at " + describe(first) + "; worst at " + describe(worst)
                                + (expected.dtype().isFloat() ? "; ulps " + histogram() : ""));
            }
        }

        private boolean accepts(Tolerance tolerance, int i) {
            return switch (expected.dtype().kind()) {
                case STRING -> actual.getString(i).equals(expected.getString(i));
                case FLOAT -> tolerance.accepts(actual.getDouble(i), expected.getDouble(i));
                case COMPLEX ->
                    tolerance.accepts(actual.getDouble(i), expected.getDouble(i))
                            && tolerance.accepts(actual.getImaginary(i), expected.getImaginary(i));
                default ->
                    actual.getLong(i) == expected.getLong(i)
                            || tolerance.accepts(actual.getLong(i), expected.getLong(i));
            };
        }

        private String describe(int i) {
            long[] index = new long[expected.shape().rank()];
            long rest = i;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                index[axis] = rest % expected.shape().size(axis);
                rest /= expected.shape().size(axis);
            }
            return Arrays.toString(index) + ": expected " + text(expected, i) + ", given " + text(actual, i);
        }

        private static String text(HostTensor t, int i) {
            return switch (t.dtype().kind()) {
                case STRING -> '"' + t.getString(i) + '"';
                case FLOAT -> Double.toString(t.getDouble(i));
                case COMPLEX -> t.getDouble(i) + "+" + t.getImaginary(i) + "i";
                default -> Long.toString(t.getLong(i));
            };
        }

        /** How many elements lie 0, 1, 2–3, 4–7 … float32 ulps away, as in {@code {0: 90, 1: 7, 4: 1}}. */
        private String histogram() {
            var counts = new java.util.TreeMap<Long, Integer>();
            for (int i = 0; i < expected.size(); i++) {
                double e = expected.getDouble(i);
                double ulps = Math.abs(actual.getDouble(i) - e) / Math.ulp((float) e);
                counts.merge(ulps < 1 ? 0 : Long.highestOneBit((long) Math.min(ulps, 0x1p62)), 1, Integer::sum);
            }
            return counts.toString();
        }
    }
}
