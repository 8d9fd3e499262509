package io.sardonyx.bench.record;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One line: one contender at one point of the axes.
 *
 * @param benchmark such as {@code matmul}, {@code conv}, {@code model}
 * @param axes the point, in the order of the axes: {@code m -> 512}, {@code model -> minilm}
 * @param dtype of the operands, such as {@code float32}; empty for models, which know their own
 * @param device that computed
 * @param threads of the host; 0 where the device has its own
 * @param contender such as {@code sardonyx} or {@code onnxruntime}
 * @param flops multiplications and additions; 0 where they do not count
 * @param bytes each input read once and each output written once; 0 where they are not known
 * @param ofRoof part of the time that the roof would need; empty where there is no roof. Above 1 something is wrong
 * @param roof the {@link Roof#name} that binds; empty where there is none
 * @param ratio beside the contender that all others are compared with; empty on its own line
 * @param counts what was counted beside the time, by name: {@code launches}, {@code mma.m16n8k16}, {@code peak resident MiB}
 */
public record Measurement(
        String benchmark,
        Map<String, String> axes,
        String dtype,
        String device,
        int threads,
        String contender,
        Instrument instrument,
        Cache cache,
        double flops,
        double bytes,
        Times times,
        Optional<Double> ofRoof,
        Optional<String> roof,
        Optional<Ratio> ratio,
        Map<String, Double> counts) {
    private static final int DIGITS = 4;

    /** Keeps the order of the axes. Files leave out what is empty. */
    public Measurement {
        ofRoof = Objects.requireNonNullElse(ofRoof, Optional.empty());
        roof = Objects.requireNonNullElse(roof, Optional.empty());
        ratio = Objects.requireNonNullElse(ratio, Optional.empty());
        axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
        counts = Collections.unmodifiableMap(new TreeMap<>(Objects.requireNonNullElse(counts, Map.of())));
    }

    /** A line for which nothing was counted. */
    public Measurement(
            String benchmark,
            Map<String, String> axes,
            String dtype,
            String device,
            int threads,
            String contender,
            Instrument instrument,
            Cache cache,
            double flops,
            double bytes,
            Times times,
            Optional<Double> ofRoof,
            Optional<String> roof,
            Optional<Ratio> ratio) {
        this(
                benchmark,
                axes,
                dtype,
                device,
                threads,
                contender,
                instrument,
                cache,
                flops,
                bytes,
                times,
                ofRoof,
                roof,
                ratio,
                Map.of());
    }

    /** What took the time; times of different instruments do not compare. */
    public enum Instrument {
        /** Calls from Java, absolute, by JMH. */
        JMH,
        /** Child processes that take turns. */
        TURNS,
        /** The device's own clock. */
        EVENTS,
        /** A simulator's counters: no time of any hardware. */
        COUNTS
    }

    /** What lies in the caches when a call begins. */
    public enum Cache {
        /** The operands, as far as they fit. */
        WARM,
        /** Nothing of the operands. */
        COLD
    }

    /** The line without what was measured: equal for lines of two records that compare. */
    public record Key(
            String benchmark,
            Map<String, String> axes,
            String dtype,
            String device,
            int threads,
            String contender,
            Instrument instrument,
            Cache cache) {
        /** The benchmark and its point, such as {@code matmul m=512 k=64 float32} or {@code model minilm}. */
        public String point() {
            StringBuilder text = new StringBuilder(benchmark);
            axes.forEach((axis, value) -> text.append(' ')
                    .append(axis.equals(benchmark) ? "" : axis + "=")
                    .append(value));
            return dtype.isEmpty()
                    ? text.toString()
                    : text.append(' ').append(dtype).toString();
        }

        /** All of it in words. */
        @Override
        public String toString() {
            return point() + " on " + device
                    + (threads == 0 ? "" : ", " + threads + (threads == 1 ? " thread" : " threads")) + ", " + contender
                    + ", " + (instrument + ", " + cache).toLowerCase(Locale.ROOT);
        }
    }

    /** The same line with what was counted beside the time. */
    public Measurement counting(Map<String, Double> found) {
        return new Measurement(
                benchmark,
                axes,
                dtype,
                device,
                threads,
                contender,
                instrument,
                cache,
                flops,
                bytes,
                times,
                ofRoof,
                roof,
                ratio,
                found);
    }

    /** What was counted, in words: {@code 512 mma.m16n8k16, 0.25 scratch MiB}. Whole numbers are exact, others have four digits. */
    public String countsInWords() {
        return counts.entrySet().stream()
                .map(count -> digits(count.getValue()) + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String digits(double value) {
        BigDecimal exact = BigDecimal.valueOf(value);
        return (value == Math.rint(value) ? exact : exact.round(new MathContext(DIGITS)))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** What this line is of. */
    public Key key() {
        return new Key(benchmark, axes, dtype, device, threads, contender, instrument, cache);
    }
}
