package io.sardonyx.bench.report;

import java.util.Locale;

/** Numbers for people: three digits and a prefix. */
final class Quantity {
    private static final String[] LARGE = {"", "k", "M", "G", "T", "P", "E"};

    private Quantity() {}

    /** Such as {@code 123 GFLOP/s}. */
    static String rate(double value, String unit) {
        int prefix = 0;
        double rest = value;
        while (rest >= 999.5 && prefix < LARGE.length - 1) {
            rest /= 1000;
            prefix++;
        }
        return digits(rest) + " " + LARGE[prefix] + unit;
    }

    static String time(double nanoseconds) {
        if (nanoseconds < 999.5) {
            return digits(nanoseconds) + " ns";
        }
        if (nanoseconds < 999.5e3) {
            return digits(nanoseconds / 1e3) + " µs";
        }
        return nanoseconds < 999.5e6 ? digits(nanoseconds / 1e6) + " ms" : digits(nanoseconds / 1e9) + " s";
    }

    static String percent(double part) {
        return String.format(Locale.ROOT, Math.abs(part) < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * part);
    }

    static String factor(double ratio) {
        return String.format(Locale.ROOT, "%.2f×", ratio);
    }

    /** Three that count. */
    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value);
    }
}
