package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers as Cast writes them in strings and reads them there. */
final class DecimalText {
    private static final Pattern INTEGER = Pattern.compile("\\s*[+-]?\\d+\\s*");
    private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*");

    private DecimalText() {}

    /** Element {@code i} without an exponent; floats with the fewest digits that give them back. */
    static String of(HostTensor x, int i) {
        if (x.dtype().isFloat()) {
            return of(x.dtype(), x.getDouble(i));
        }
        if (x.dtype() == DType.BOOL) {
            return x.getBoolean(i) ? "1" : "0";
        }
        return x.dtype() == DType.UINT64 ? Long.toUnsignedString(x.getLong(i)) : Long.toString(x.getLong(i));
    }

    private static String of(DType type, double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "INF" : "-INF";
        }
        String sign = value == 0 && 1 / value < 0 ? "-" : "";
        String digits = sign + shortest(type, value).toPlainString();
        return digits.contains(".") ? digits : digits + ".0";
    }

    /** Not by {@code Double.toString}, whose digits differ between Java versions. */
    private static BigDecimal shortest(DType type, double value) {
        BigDecimal exact = new BigDecimal(value);
        var scratch = HostTensor.of(type, io.sardonyx.tensor.Shape.SCALAR, 0);
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits));
            scratch.set(0, rounded.doubleValue());
            if (scratch.getDouble(0) == value) {
                return strip(rounded);
            }
        }
        return strip(exact.round(new MathContext(17)));
    }

    private static BigDecimal strip(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    static boolean isInteger(String text) {
        return INTEGER.matcher(text).matches();
    }

    /** The integer in {@code text}, with the bits of an unsigned one where {@code type} is uint64. */
    static long parseLong(String text, DType type) {
        BigInteger value = new BigInteger(text.strip());
        if (value.bitLength() > (type == DType.UINT64 ? 64 : 63)) {
            throw new IllegalArgumentException("Cast: " + text.strip() + " does not fit " + type);
        }
        return value.longValue();
    }

    static double parseDouble(String text) {
        switch (text.strip().toUpperCase(Locale.ROOT)) {
            case "INF", "+INF" -> {
                return Double.POSITIVE_INFINITY;
            }
            case "-INF" -> {
                return Double.NEGATIVE_INFINITY;
            }
            case "NAN" -> {
                return Double.NaN;
            }
            default -> {
                if (!NUMBER.matcher(text).matches()) {
                    throw new IllegalArgumentException("Cast: \"" + text + "\" is not a number");
                }
                return Double.parseDouble(text);
            }
        }
    }
}
