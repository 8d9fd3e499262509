package io.sardonyx.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * One part of an index expression, as in NumPy's {@code x[0, 1:3, ..., None]}. Negative positions count from the end; a range is
 * cut to what is there, a position outside is an {@code IllegalArgumentException}.
 */
public sealed interface Index {
    /** Every position of an axis. */
    Index ALL = new Range(OptionalLong.empty(), OptionalLong.empty(), 1);

    /** As many whole axes as the expression leaves out; at most once. */
    Index ELLIPSIS = new Ellipsis();

    /** A new axis of size 1. */
    Index NEW_AXIS = new NewAxis();

    /** One position; the axis goes away. */
    record At(long position) implements Index {}

    /** Positions {@code start}, {@code start + step} … before {@code stop}. */
    record Range(OptionalLong start, OptionalLong stop, long step) implements Index {
        public Range {
            if (step == 0) {
                throw new IllegalArgumentException("Index: a range needs a step other than 0");
            }
        }
    }

    record Ellipsis() implements Index {}

    record NewAxis() implements Index {}

    static Index at(long position) {
        return new At(position);
    }

    /** {@code start:stop} */
    static Index range(long start, long stop) {
        return range(start, stop, 1);
    }

    /** {@code start:stop:step} */
    static Index range(long start, long stop, long step) {
        return new Range(OptionalLong.of(start), OptionalLong.of(stop), step);
    }

    /** {@code start:} */
    static Index from(long start) {
        return new Range(OptionalLong.of(start), OptionalLong.empty(), 1);
    }

    /** {@code :stop} */
    static Index to(long stop) {
        return new Range(OptionalLong.empty(), OptionalLong.of(stop), 1);
    }

    /** {@code ::step}; with a negative step from the end to the beginning. */
    static Index every(long step) {
        return new Range(OptionalLong.empty(), OptionalLong.empty(), step);
    }

    /**
     * Reads NumPy's notation: {@code "0, 1:3, ::-1, ..., None"}.
     *
     * @throws IllegalArgumentException for anything else
     */
    static Index[] parse(String expression) {
        List<Index> parts = new ArrayList<>();
        for (String part : expression.split(",", -1)) {
            parts.add(part(part.strip(), expression));
        }
        return parts.toArray(Index[]::new);
    }

    private static Index part(String part, String expression) {
        if (part.equals("...")) {
            return ELLIPSIS;
        }
        if (part.equals("None") || part.equals("newaxis")) {
            return NEW_AXIS;
        }
        try {
            String[] words = part.split(":", -1);
            if (words.length == 1) {
                return at(Long.parseLong(part));
            }
            if (words.length <= 3) {
                OptionalLong step = words.length == 3 ? number(words[2]) : OptionalLong.empty();
                return new Range(number(words[0]), number(words[1]), step.orElse(1));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("Index: cannot read '" + part + "' in '" + expression + "'", e);
        }
        throw new IllegalArgumentException("Index: cannot read '" + part + "' in '" + expression + "'");
    }

    private static OptionalLong number(String word) {
        return word.isBlank() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(word.strip()));
    }

    /** The view that {@code indices} select of {@code layout}. */
    static Layout select(Layout layout, Index... indices) {
        long consuming = Arrays.stream(indices)
                .filter(i -> i instanceof At || i instanceof Range)
                .count();
        long ellipses =
                Arrays.stream(indices).filter(i -> i instanceof Ellipsis).count();
        int rank = layout.shape().rank();
        if (consuming > rank || ellipses > 1) {
            throw new IllegalArgumentException(
                    "Index: " + Arrays.toString(indices) + " does not fit " + layout.shape());
        }
        List<Long> sizes = new ArrayList<>();
        List<Long> strides = new ArrayList<>();
        long offset = layout.offset();
        int axis = 0;
        for (Index index : indices) {
            if (index instanceof At at) {
                long position = at.position < 0 ? at.position + layout.shape().size(axis) : at.position;
                if (position < 0 || position >= layout.shape().size(axis)) {
                    throw new IllegalArgumentException(
                            "Index: position " + at.position + " is outside axis " + axis + " of " + layout.shape());
                }
                offset += position * layout.stride(axis++);
            } else if (index instanceof Range range) {
                long size = layout.shape().size(axis);
                long first = first(range, size);
                long count = count(range, first, size);
                sizes.add(count);
                strides.add(layout.stride(axis) * range.step);
                offset += count == 0 ? 0 : first * layout.stride(axis);
                axis++;
            } else if (index instanceof NewAxis) {
                sizes.add(1L);
                strides.add(0L);
            } else {
                for (long skip = rank - consuming; skip > 0; skip--, axis++) {
                    sizes.add(layout.shape().size(axis));
                    strides.add(layout.stride(axis));
                }
            }
        }
        for (; axis < rank; axis++) {
            sizes.add(layout.shape().size(axis));
            strides.add(layout.stride(axis));
        }
        long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
        return new Layout(
                Shape.of(shape), strides.stream().mapToLong(Long::longValue).toArray(), offset);
    }

    private static long first(Range range, long size) {
        long start = range.start.orElse(range.step > 0 ? 0 : size - 1);
        start = start < 0 ? start + size : start;
        return range.step > 0 ? Math.min(Math.max(start, 0), size) : Math.min(Math.max(start, -1), size - 1);
    }

    private static long count(Range range, long first, long size) {
        if (range.step > 0) {
            long stop = range.stop.orElse(size);
            stop = Math.min(Math.max(stop < 0 ? stop + size : stop, 0), size);
            return Math.max(0, (stop - first + range.step - 1) / range.step);
        }
        long stop = range.stop.isPresent() ? range.stop.getAsLong() : -1 - size;
        stop = Math.max(stop < 0 ? stop + size : stop, -1);
        return Math.max(0, (first - stop - range.step - 1) / -range.step);
    }
}
