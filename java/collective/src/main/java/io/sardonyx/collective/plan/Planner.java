package io.sardonyx.collective.plan;

import io.sardonyx.collective.plan.Estimate.Choice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/**
 * Estimates all-reduces of a cluster by a cost model: latencies of hops in a row, and the bytes of the slowest link over its rate,
 * with the parts of a hierarchical algorithm at work at the same time. Nothing else is on the links, and no rank is late.
 *
 * @param algorithms what to choose from
 */
public record Planner(Cluster cluster, Set<Algorithm> algorithms) {
    public Planner {
        algorithms = Collections.unmodifiableSet(new TreeSet<>(algorithms));
    }

    /** With what the cluster's engine has. */
    public Planner(Cluster cluster) {
        this(cluster, cluster.engine().algorithms());
    }

    /** The fastest algorithm's time for a message of {@code bytes} on each of so many GPUs. */
    public Estimate estimate(int gpus, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("size: expected at least 1 byte, given " + bytes);
        }
        Layout layout = cluster.layout(gpus);
        if (gpus == 1) {
            return new Estimate(1, bytes, 0, 0, Optional.empty());
        }
        List<Estimate> ways = new ArrayList<>();
        for (Algorithm algorithm : algorithms) {
            algorithm.schedule(layout, bytes).ifPresent(schedule -> {
                for (Protocol protocol : cluster.engine().protocols()) {
                    if (algorithm.runsBy(protocol)) {
                        ways.add(new Estimate(
                                gpus,
                                bytes,
                                schedule.seconds(layout, protocol),
                                bound(layout, bytes),
                                Optional.of(new Choice(algorithm, protocol))));
                    }
                }
            });
        }
        return ways.stream()
                .min(Comparator.comparingDouble(Estimate::seconds))
                .orElseThrow(() -> new IllegalArgumentException(cluster.name() + ": none of " + algorithms + " runs on "
                        + layout.nodes() + " nodes of " + layout.gpusPerNode() + " GPUs"));
    }

    private static double bound(Layout layout, long bytes) {
        double inside = fewest(layout, bytes, s -> s.inside().bytes()) / layout.insideLineRate();
        double between = fewest(layout, bytes, s -> s.between().bytes()) / layout.betweenLineRate();
        return Math.max(inside, between);
    }

    private static double fewest(Layout layout, long bytes, ToDoubleFunction<Schedule> sent) {
        double fewest = Double.POSITIVE_INFINITY;
        for (Algorithm algorithm : Algorithm.values()) {
            Optional<Schedule> schedule = algorithm.schedule(layout, bytes);
            fewest = Math.min(fewest, schedule.map(s -> sent.applyAsDouble(s)).orElse(fewest));
        }
        return fewest;
    }
}
