package io.sardonyx.bench.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one contender stands to another one, or to whoever was fastest besides it, over many points.
 *
 * @param to the other one, or {@link #BEST}
 * @param points where both have a line
 * @param mean the geometric mean of how many times as fast it is
 * @param least the least of them
 * @param reached at how many points it is at least as fast
 */
public record Standing(String to, int points, double mean, double least, int reached) {
    /** Whoever else is fastest at a point. */
    public static final String BEST = "the best of them";

    /** What all contenders have in common. */
    private record Place(String point, String device, int threads, Measurement.Cache cache) {
        static Place of(Measurement line) {
            return new Place(line.key().point(), line.device(), line.threads(), line.cache());
        }
    }

    /**
     * Beside each other contender, then beside the best of them.
     *
     * @param measurements of one kind; each line of another contender has its {@link Ratio} to {@code ours}
     */
    public static List<Standing> of(String ours, List<Measurement> measurements) {
        Map<String, List<Double>> speedUps = new LinkedHashMap<>();
        Map<Place, Double> best = new LinkedHashMap<>();
        for (Measurement line : measurements) {
            if (line.ratio().isPresent() && line.ratio().get().to().equals(ours)) {
                double speedUp = 1 / line.ratio().get().speedUp();
                speedUps.computeIfAbsent(line.contender(), c -> new ArrayList<>())
                        .add(speedUp);
                best.merge(Place.of(line), speedUp, Math::min);
            }
        }
        if (speedUps.size() > 1) {
            speedUps.put(BEST, List.copyOf(best.values()));
        }
        return speedUps.entrySet().stream()
                .map(entry -> over(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Standing over(String to, List<Double> speedUps) {
        double logarithms = speedUps.stream().mapToDouble(Math::log).sum();
        return new Standing(
                to,
                speedUps.size(),
                Math.exp(logarithms / speedUps.size()),
                speedUps.stream().mapToDouble(s -> s).min().orElseThrow(),
                (int) speedUps.stream().filter(s -> s >= 1).count());
    }
}
