package io.sardonyx.cli;

import io.sardonyx.collective.plan.Cluster;
import io.sardonyx.collective.plan.Cluster.Link;
import io.sardonyx.collective.plan.Cluster.Network;
import io.sardonyx.collective.plan.Cluster.Nvls;
import io.sardonyx.collective.plan.Engine;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A cluster as JSON, bandwidths in GB/s and latencies in microseconds; {@code bench/systems} has some. */
final class ClusterFile {
    private static final double GB = 1e9;
    private static final double MICROSECOND = 1e-6;

    private ClusterFile() {}

    /** @throws IllegalArgumentException in one line if a field is missing, unknown, of another type, or contradicts the others */
    static Cluster read(Path file) {
        try (Reader text = Files.newBufferedReader(file)) {
            return cluster(JsonFields.read(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Cluster cluster(JsonFields json) {
        Optional<JsonFields> inside = json.optional("inside", JsonFields.class);
        Optional<JsonFields> between = json.optional("between", JsonFields.class);
        Cluster cluster = new Cluster(
                json.required("name", String.class),
                engine(json.required("engine", String.class)),
                json.integer("nodes"),
                json.integer("gpusPerNode"),
                inside.map(ClusterFile::link),
                between.map(ClusterFile::network));
        json.end();
        return cluster;
    }

    private static Engine engine(String name) {
        return switch (name) {
            case "nccl" -> Engine.NCCL;
            case "gloo" -> Engine.GLOO;
            default -> throw new IllegalArgumentException("engine: expected nccl or gloo, given " + name);
        };
    }

    private static Link link(JsonFields json) {
        Link link = new Link(
                json.number("bandwidthGBs") * GB,
                json.number("latencyUs") * MICROSECOND,
                json.number("efficiency"),
                json.optional("shared", Boolean.class).orElse(false),
                json.optional("nvls", JsonFields.class).map(ClusterFile::nvls));
        json.end();
        return link;
    }

    private static Nvls nvls(JsonFields json) {
        Nvls nvls = new Nvls(json.number("efficiency"), json.number("latencyUs") * MICROSECOND);
        json.end();
        return nvls;
    }

    private static Network network(JsonFields json) {
        Network network = new Network(
                json.integer("nicsPerNode"),
                json.number("bandwidthGBs") * GB,
                json.number("latencyUs") * MICROSECOND,
                json.number("efficiency"),
                json.optional("oversubscription", Double.class).orElse(1.0));
        json.end();
        return network;
    }
}
