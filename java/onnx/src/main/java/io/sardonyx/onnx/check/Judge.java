package io.sardonyx.onnx.check;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.HostValue.HostOptional;
import io.sardonyx.tensor.HostValue.HostSequence;
import java.util.Optional;

/** Decides whether an output is right: element by element, or by its direction where arithmetic is too coarse for that. */
public interface Judge {
    /** What is wrong with {@code actual}; empty if it is right. */
    default Optional<String> judge(HostValue actual, HostValue expected) {
        if (actual instanceof HostTensor a && expected instanceof HostTensor e) {
            return a.type().equals(e.type())
                    ? compare(a, e)
                    : Optional.of("expected " + e.type() + ", given " + a.type());
        }
        if (actual instanceof HostSequence a && expected instanceof HostSequence e) {
            if (a.items().size() != e.items().size()) {
                return Optional.of("expected a sequence of " + e.items().size() + ", given "
                        + a.items().size());
            }
            for (int i = 0; i < e.items().size(); i++) {
                Optional<String> wrong = judge(a.items().get(i), e.items().get(i));
                if (wrong.isPresent()) {
                    return wrong.map(new Prefix("item " + i + ": "));
                }
            }
            return Optional.empty();
        }
        if (actual instanceof HostOptional a
                && expected instanceof HostOptional e
                && a.value().isPresent() == e.value().isPresent()) {
            return e.value().flatMap(value -> judge(a.value().get(), value));
        }
        return Optional.of("expected " + expected + ", given " + actual);
    }

    Optional<String> compare(HostTensor actual, HostTensor expected);

    /** {@code |actual - expected| <= absolute + relative · |expected|} for each element; NaN matches NaN alone. */
    record Elementwise(double relative, double absolute) implements Judge {
        @Override
        public Optional<String> compare(HostTensor actual, HostTensor expected) {
            int wrong = 0;
            int worst = -1;
            double worstError = -1;
            for (int i = 0; i < expected.size(); i++) {
                if (matches(actual, expected, i)) {
                    continue;
                }
                wrong++;
                double error =
                        expected.dtype() == DType.STRING ? 0 : Math.abs(actual.getDouble(i) - expected.getDouble(i));
                if (worst < 0 || !(error <= worstError)) {
                    worst = i;
                    worstError = error;
                }
            }
            return wrong == 0
                    ? Optional.empty()
                    : Optional.of(wrong + " of " + expected.size() + " elements differ; worst at " + worst
                            + ": expected " + text(expected, worst) + ", given " + text(actual, worst));
        }

        private boolean matches(HostTensor actual, HostTensor expected, int i) {
            return switch (expected.dtype().kind()) {
                case STRING -> actual.getString(i).equals(expected.getString(i));
                case COMPLEX ->
                    near(actual.getDouble(i), expected.getDouble(i))
                            && near(actual.getImaginary(i), expected.getImaginary(i));
                case FLOAT -> near(actual.getDouble(i), expected.getDouble(i));
                default -> actual.getLong(i) == expected.getLong(i);
            };
        }

        private boolean near(double actual, double expected) {
            if (Double.isNaN(expected)
                    || Double.isNaN(actual)
                    || Double.isInfinite(expected)
                    || Double.isInfinite(actual)) {
                return Double.compare(actual, expected) == 0 || actual == expected;
            }
            return Math.abs(actual - expected) <= absolute + relative * Math.abs(expected);
        }

        private static String text(HostTensor t, int i) {
            return t.dtype() == DType.STRING ? '"' + t.getString(i) + '"' : Double.toString(t.getDouble(i));
        }

        @Override
        public String toString() {
            return "rtol " + relative + ", atol " + absolute;
        }
    }

    /** Finite values, the cosine between both at least {@code least}, the ratio of their norms within 0.9 and 1.1. */
    record Cosine(double least) implements Judge {
        @Override
        public Optional<String> compare(HostTensor actual, HostTensor expected) {
            double dot = 0;
            double a2 = 0;
            double e2 = 0;
            for (int i = 0; i < expected.size(); i++) {
                double a = actual.getDouble(i);
                double e = expected.getDouble(i);
                if (!Double.isFinite(a)) {
                    return Optional.of("element " + i + " is " + a);
                }
                dot += a * e;
                a2 += a * a;
                e2 += e * e;
            }
            if (a2 == 0 || e2 == 0) {
                return a2 == e2 ? Optional.empty() : Optional.of("one of both is all zeros");
            }
            double cosine = dot / Math.sqrt(a2) / Math.sqrt(e2);
            double ratio = Math.sqrt(a2 / e2);
            return cosine >= least && ratio >= 0.9 && ratio <= 1.1
                    ? Optional.empty()
                    : Optional.of(String.format(
                            java.util.Locale.ROOT, "cosine %.6f (at least %s), norm ratio %.4f", cosine, least, ratio));
        }

        @Override
        public String toString() {
            return "cosine >= " + least;
        }
    }

    /** Puts a place before a message. */
    record Prefix(String place) implements java.util.function.UnaryOperator<String> {
        @Override
        public String apply(String message) {
            return place + message;
        }
    }
}
