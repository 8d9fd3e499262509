package io.sardonyx.bench.define;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of one axis: written {@code m=64,128}, {@code m=512:8192:*2} (each twice the last) or {@code m=1:9:+2}.
 *
 * @param values at least one
 */
public record Axis(String name, List<Long> values) {
    private static final Pattern AXIS = Pattern.compile("([A-Za-z_][A-Za-z0-9_.]*)=(.+)");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,18}):(\\d{1,18}):([*+])(\\d{1,18})");
    private static final Pattern SIZE = Pattern.compile("\\d{1,18}");
    private static final int MOST = 10_000;

    /** Copies the values. */
    public Axis {
        values = List.copyOf(values);
    }

    /** @throws IllegalArgumentException if it is written otherwise */
    public static Axis parse(String text) {
        Matcher axis = AXIS.matcher(text);
        if (!axis.matches()) {
            throw new IllegalArgumentException(
                    "--axis " + text + ": expected NAME=VALUES, as in m=64,128 or m=512:8192:*2 or m=1:9:+2");
        }
        Matcher range = RANGE.matcher(axis.group(2));
        return new Axis(axis.group(1), range.matches() ? range(text, range) : list(text, axis.group(2)));
    }

    private static List<Long> list(String text, String values) {
        List<Long> sizes = new ArrayList<>();
        for (String value : values.split(",", -1)) {
            if (!SIZE.matcher(value).matches()) {
                throw new IllegalArgumentException("--axis " + text + ": '" + value
                        + "' is no size; expected numbers as in 64,128 or a range as in 512:8192:*2 or 1:9:+2");
            }
            sizes.add(Long.parseLong(value));
        }
        return sizes;
    }

    private static List<Long> range(String text, Matcher range) {
        long first = Long.parseLong(range.group(1));
        long last = Long.parseLong(range.group(2));
        boolean times = range.group(3).equals("*");
        long step = Long.parseLong(range.group(4));
        if (first > last) {
            throw new IllegalArgumentException("--axis " + text + ": expected FIRST <= LAST");
        }
        if (step < (times ? 2 : 1) || times && first == 0) {
            throw new IllegalArgumentException("--axis " + text + ": never gets from " + first + " to " + last
                    + "; expected a step of at least " + (times ? "*2 from at least 1" : "+1"));
        }
        List<Long> values = new ArrayList<>();
        for (double value = first; value <= last; value = times ? value * step : value + step) {
            values.add((long) value);
            if (values.size() > MOST) {
                throw new IllegalArgumentException("--axis " + text + ": has more than " + MOST + " values");
            }
        }
        return values;
    }

    /**
     * All points of these axes, the last one changing fastest.
     *
     * @throws IllegalArgumentException if an axis is there twice
     */
    public static List<Map<String, Long>> product(List<Axis> axes) {
        List<Map<String, Long>> points = new ArrayList<>(List.of(Map.of()));
        for (Axis axis : axes) {
            List<Map<String, Long>> longer = new ArrayList<>();
            for (Map<String, Long> point : points) {
                if (point.containsKey(axis.name)) {
                    throw new IllegalArgumentException("--axis " + axis.name + " is given twice");
                }
                for (Long value : axis.values) {
                    Map<String, Long> next = new LinkedHashMap<>(point);
                    next.put(axis.name, value);
                    longer.add(next);
                }
            }
            points = longer;
        }
        return points;
    }
}
