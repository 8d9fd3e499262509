package io.sardonyx.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Message sizes in bytes, ascending: written {@code 1K,1M,1G} or, each so many times the last,
 * {@code 8:8G:*4}. K, M and G are powers of 1024.
 */
record Sizes(List<Long> bytes) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KMG]?)");
    private static final Pattern RANGE = Pattern.compile("([^:]+):([^:]+):\\*(\\d{1,6})");
    private static final String UNITS = "KMG";

    static Sizes parse(String text) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return new Sizes(Arrays.stream(text.split(","))
                    .map(Sizes::size)
                    .distinct()
                    .sorted()
                    .toList());
        }
        long last = size(range.group(2));
        int factor = Integer.parseInt(range.group(3));
        if (factor < 2) {
            throw new IllegalArgumentException("expected a factor of at least 2, given " + text);
        }
        List<Long> bytes = new ArrayList<>();
        for (double size = size(range.group(1)); size <= last; size *= factor) {
            bytes.add((long) size);
        }
        if (bytes.isEmpty()) {
            throw new IllegalArgumentException("expected FIRST:LAST:*FACTOR with FIRST <= LAST, given " + text);
        }
        return new Sizes(bytes);
    }

    private static long size(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
            throw new IllegalArgumentException("expected a size such as 8, 4K, 25M or 1G, given " + text);
        }
        return Long.parseLong(size.group(1)) << unit(size.group(2));
    }

    private static int unit(String letter) {
        return letter.isEmpty() ? 0 : 10 * (1 + UNITS.indexOf(letter));
    }

    /** In the largest unit that leaves no fraction: 8 B, 4 KiB. */
    static String format(long bytes) {
        int unit = Math.min(UNITS.length(), Long.numberOfTrailingZeros(bytes) / 10);
        return (bytes >> 10 * unit) + (unit == 0 ? " B" : " " + UNITS.charAt(unit - 1) + "iB");
    }

    static final class Converter implements ITypeConverter<Sizes> {
        @Override
        public Sizes convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
