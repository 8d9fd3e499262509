package io.sardonyx.cli;

import io.sardonyx.bench.collective.AllReduceResult;
import io.sardonyx.bench.collective.AllReduceSweep;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All-reduces as lines for people, as they come, and for programs in the end. */
final class AllReduceTable implements AllReduceSweep.Listener {
    private static final String SIMULATED = "simulator's own time";

    private final PrintWriter out;
    private final List<Map<String, Object>> lines = new ArrayList<>();
    private String machine = "";

    AllReduceTable(PrintWriter out) {
        this.out = out;
    }

    void title(String device, String description) {
        machine = description;
        out.println("all-reduce on " + device + ": " + description + "; GB/s are 10^9 bytes");
        out.println("ranks       size  dtype     reduction  algorithm      median us  [quartiles]"
                + "              algbw GB/s  busbw GB/s  of bound");
        out.flush();
    }

    @Override
    public void timed(AllReduceResult r) {
        out.println(String.format(
                        Locale.ROOT,
                        "%5d  %9s  %-8s  %-9s  %-9s  %13.2f  %-22s  %11.3f  %10.3f  %8s  %s",
                        r.ranks(),
                        Sizes.format(r.bytes()),
                        r.dtype(),
                        r.reduction().name().toLowerCase(Locale.ROOT),
                        r.algorithm().orElse(r.engine()),
                        r.times().median(),
                        String.format(
                                Locale.ROOT,
                                "[%.2f, %.2f]",
                                r.times().low(),
                                r.times().high()),
                        r.algbw() / 1e9,
                        r.busbw() / 1e9,
                        r.ofBound()
                                .map(part -> String.format(Locale.ROOT, "%.1f%%", 100 * part))
                                .orElse("-"),
                        r.isSimulated() ? SIMULATED : "")
                .stripTrailing());
        out.flush();
        lines.add(fields(r));
    }

    private static Map<String, Object> fields(AllReduceResult r) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("device", r.device());
        fields.put("engine", r.engine());
        fields.put("ranks", r.ranks());
        fields.put("bytes", r.bytes());
        fields.put("dtype", r.dtype().toString());
        fields.put("reduction", r.reduction().name());
        r.algorithm().ifPresent(algorithm -> fields.put("algorithm", algorithm));
        fields.put("simulated", r.isSimulated());
        fields.put("us", r.times().median());
        fields.put("us25", r.times().low());
        fields.put("us75", r.times().high());
        fields.put("samples", r.times().samples());
        fields.put("callsPerSample", r.times().calls());
        fields.put("algbwGBs", r.algbw() / 1e9);
        fields.put("busbwGBs", r.busbw() / 1e9);
        r.ofBound().ifPresent(part -> fields.put("ofBound", part));
        return fields;
    }

    @Override
    public void leftOut(int ranks, long bytes, String why) {
        out.println(String.format(Locale.ROOT, "%5d  %9s  left out: %s", ranks, Sizes.format(bytes), why));
        out.flush();
    }

    String json(String command, long seed) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        all.put("command", command);
        all.put("machine", machine);
        all.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        all.put("seed", seed);
        all.put("verified", "every element of every rank, before and after");
        all.put("lines", lines);
        return Json.of(all);
    }
}
