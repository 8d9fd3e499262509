package io.sardonyx.selftest;

import com.google.gson.JsonObject;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.NvidiaLibrary;
import io.sardonyx.bench.device.Roof;
import io.sardonyx.bench.device.Samples;
import io.sardonyx.bench.device.Workload;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What was timed, with another's time beside it: as a case, and as a line for people. */
final class TimingRow {
    private static final String TIMES = "times_";
    private static final String FAILURE = "_failure";

    private TimingRow() {}

    /** @param library as keys have it, as in {@code cublas_us} */
    static Outcome time(Workload workload, KernelTimer timer, String library, NvidiaLibrary rival, Roof roof) {
        Optional<KernelTimer.Result> ours = timer.time(workload);
        Optional<NvidiaLibrary.Answer> answer = rival.time(workload);
        Optional<Samples> theirs = answer.flatMap(NvidiaLibrary.Answer::samples);
        ours.ifPresent(result -> roof.add(workload, result.samples().median()));
        theirs.ifPresent(samples -> roof.add(workload, samples.median()));
        Map<String, Object> data = new LinkedHashMap<>();
        ours.ifPresent(result -> {
            data.put("kernel", result.kernel());
            data.put("sets", result.sets());
            putTimes(data, result.samples());
            data.put("tflops", workload.flops() / result.samples().median() / 1e6);
            data.put("gbs", workload.bytes() / result.samples().median() / 1e3);
            data.put("roof", roof.microseconds(workload) / result.samples().median());
        });
        theirs.ifPresent(samples -> putRival(data, library, samples.median()));
        answer.filter(a -> a.samples().isEmpty()).ifPresent(a -> data.put(library + FAILURE, a.failure()));
        return ours.isPresent()
                ? Outcome.pass(workload.name(), data)
                : new Outcome(workload.name(), Outcome.Status.NO_KERNEL, "", data);
    }

    static void putTimes(Map<String, Object> data, Samples samples) {
        data.put("samples", samples.count());
        data.put("us", samples.median());
        data.put("us10", samples.low());
        data.put("us90", samples.high());
    }

    /** Behind our own time. */
    static void putRival(Map<String, Object> data, String library, double microseconds) {
        data.put(library + "_us", microseconds);
        if (data.get("us") instanceof Double us) {
            data.put(TIMES + library, microseconds / us);
        }
    }

    static Outcome library(String name, NvidiaLibrary library) {
        return library.missing().isEmpty()
                ? Outcome.pass(name, Map.of("version", library.version()))
                : Outcome.leftOut(name, library.missing());
    }

    /** A result as a line of the table. */
    static String line(JsonObject outcome) {
        JsonObject data = outcome.getAsJsonObject("data");
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "%-52s", outcome.get("name").getAsString()));
        if (data.has("us")) {
            line.append(String.format(
                    Locale.ROOT,
                    "%10.2f us [%.2f, %.2f]",
                    data.get("us").getAsDouble(),
                    data.get(data.has("us10") ? "us10" : "us25").getAsDouble(),
                    data.get(data.has("us90") ? "us90" : "us75").getAsDouble()));
        } else {
            line.append(instead(outcome, data));
        }
        if (data.has("roof")) {
            line.append(String.format(
                    Locale.ROOT,
                    " %8.1f TFLOP/s %7.0f GB/s %4.0f %% of the roof",
                    data.get("tflops").getAsDouble(),
                    data.get("gbs").getAsDouble(),
                    100 * data.get("roof").getAsDouble()));
        }
        if (data.has("busbw_gbs")) {
            line.append(String.format(
                    Locale.ROOT, " %9.3f GB/s busbw", data.get("busbw_gbs").getAsDouble()));
        }
        if (data.has("bound")) {
            line.append(String.format(
                    Locale.ROOT,
                    " %6.1f %% of the bound",
                    100 * data.get("bound").getAsDouble()));
        }
        for (String key : data.keySet()) {
            if (key.startsWith(TIMES)) {
                line.append(String.format(
                        Locale.ROOT, "  %.2f x %s", data.get(key).getAsDouble(), key.substring(TIMES.length())));
            } else if (key.endsWith(FAILURE)) {
                line.append("  ")
                        .append(key.replace('_', ' '))
                        .append(": ")
                        .append(data.get(key).getAsString());
            }
        }
        return line.toString();
    }

    private static String instead(JsonObject outcome, JsonObject data) {
        for (String key : new String[] {"version", "verdict"}) {
            if (data.has(key)) {
                return data.get(key).getAsString();
            }
        }
        String message = outcome.get("message").getAsString();
        return !message.isEmpty()
                ? message
                : outcome.get("status").getAsString().equals(Outcome.Status.NO_KERNEL.name())
                        ? "no kernel"
                        : data.toString();
    }
}
