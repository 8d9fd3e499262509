package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Absence;
import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Provenance;
import io.sardonyx.bench.record.Roof;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was found so far. Thread-safe: whoever interrupts the run takes what there is. */
public final class Findings {
    private final Provenance provenance;
    private final Map<String, String> devices = new TreeMap<>();
    private final Map<String, String> versions = new TreeMap<>();
    private final List<Roof> roofs = new ArrayList<>();
    private final List<Measurement> measurements = new ArrayList<>();
    private final Set<Absence> absences = new LinkedHashSet<>();

    /** @param provenance without devices and versions, which come while it runs */
    public Findings(Provenance provenance) {
        this.provenance = provenance;
    }

    synchronized void device(String name, String description) {
        devices.put(name, description);
    }

    synchronized void version(String contender, String version) {
        versions.put(contender, version);
    }

    synchronized void add(List<Roof> more) {
        roofs.addAll(more);
    }

    synchronized void add(Measurement measurement) {
        measurements.add(measurement);
    }

    /** Once for all lines that lack it. */
    synchronized void absent(String what, String why) {
        absences.add(new Absence(what, why));
    }

    synchronized List<Roof> roofs(String device, int threads) {
        return roofs.stream()
                .filter(r -> r.device().equals(device) && r.threads() == threads)
                .toList();
    }

    /** All of it as a record. */
    public synchronized BenchmarkRecord record() {
        Provenance whole = new Provenance(
                provenance.date(),
                provenance.commit(),
                provenance.command(),
                provenance.seed(),
                provenance.processor(),
                provenance.flags(),
                provenance.cores(),
                provenance.memoryBytes(),
                provenance.system(),
                provenance.java(),
                devices,
                versions);
        return new BenchmarkRecord(BenchmarkRecord.FORMAT, whole, roofs, measurements, List.copyOf(absences));
    }
}
