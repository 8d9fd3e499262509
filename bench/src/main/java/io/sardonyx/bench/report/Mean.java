package io.sardonyx.bench.report;

import io.sardonyx.bench.record.Measurement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The geometric mean of how much faster one contender is than another, with the least of them. */
record Mean(String contender, String other, Place place, List<Double> speedUps) {
    private record Group(String contender, String other, Place place) {}

    /** One for each pair of contenders, device and number of threads; lines that are wrong or simulated do not count. */
    static List<Mean> of(List<Measurement> lines) {
        Map<Group, List<Double>> groups = new LinkedHashMap<>();
        for (Measurement line : lines) {
            if (Mark.of(line) == Mark.NONE) {
                line.ratio().ifPresent(ratio -> groups.computeIfAbsent(
                                new Group(ratio.to(), line.contender(), new Place(line.device(), line.threads())),
                                group -> new ArrayList<>())
                        .add(1 / ratio.speedUp()));
            }
        }
        List<Mean> means = new ArrayList<>();
        groups.forEach((group, values) -> means.add(new Mean(group.contender, group.other, group.place, values)));
        return means;
    }

    @Override
    public String toString() {
        double logarithm = speedUps.stream().mapToDouble(Math::log).average().orElseThrow();
        double least = speedUps.stream().mapToDouble(v -> v).min().orElseThrow();
        return contender + " beside " + other + " on " + place + ": geometric mean "
                + Quantity.factor(Math.exp(logarithm)) + ", least " + Quantity.factor(least) + ", of " + speedUps.size()
                + (speedUps.size() == 1 ? " line" : " lines");
    }
}
