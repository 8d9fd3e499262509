package io.sardonyx.selftest;

import com.google.gson.JsonObject;
import io.sardonyx.bench.device.Contenders;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.KernelTimer;
import io.sardonyx.bench.device.Roof;
import io.sardonyx.bench.device.Samples;
import io.sardonyx.bench.device.Workload;
import io.sardonyx.device.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The table of kernels and shapes, with NVIDIA's libraries beside it where they are; small and meaningless on simulated devices. */
final class TimingCases {
    private TimingCases() {}

    static void run(Device device, Cases cases) {
        boolean gpu = device.name().startsWith("cuda:");
        List<Workload> table = gpu ? Workload.table() : Workload.tiny();
        Effort effort = gpu ? Effort.GPU : Effort.SMOKE;
        KernelTimer timer = new KernelTimer(device, effort);
        Roof roof = new Roof();
        try (Contenders contenders = Contenders.find(effort)) {
            cases.run(
                    "cuBLASLt",
                    () -> contenders.missing().isEmpty()
                            ? Outcome.pass("cuBLASLt", Map.of("version", contenders.version()))
                            : Outcome.leftOut("cuBLASLt", contenders.missing()));
            for (Workload workload : table) {
                cases.run(workload.name(), () -> time(workload, timer, contenders, roof));
            }
        }
    }

    private static Outcome time(Workload workload, KernelTimer timer, Contenders contenders, Roof roof) {
        Optional<KernelTimer.Result> ours = timer.time(workload);
        Optional<Samples> theirs = contenders.time(workload);
        ours.ifPresent(result -> roof.add(workload, result.samples().median()));
        theirs.ifPresent(samples -> roof.add(workload, samples.median()));
        Map<String, Object> data = new LinkedHashMap<>();
        ours.ifPresent(result -> {
            data.put("kernel", result.kernel());
            data.put("sets", result.sets());
            data.put("samples", result.samples().count());
            data.put("us", result.samples().median());
            data.put("us10", result.samples().low());
            data.put("us90", result.samples().high());
            data.put("tflops", workload.flops() / result.samples().median() / 1e6);
            data.put("gbs", workload.bytes() / result.samples().median() / 1e3);
            data.put("roof", roof.microseconds(workload) / result.samples().median());
        });
        theirs.ifPresent(samples -> {
            data.put("cublas_us", samples.median());
            data.put("cublas_us10", samples.low());
            data.put("cublas_us90", samples.high());
            ours.ifPresent(result ->
                    data.put("times_cublas", samples.median() / result.samples().median()));
        });
        return ours.isPresent()
                ? Outcome.pass(workload.name(), data)
                : new Outcome(workload.name(), Outcome.Status.NO_KERNEL, "", data);
    }

    /** A result as a line of the table. */
    static String line(JsonObject outcome) {
        JsonObject data = outcome.getAsJsonObject("data");
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "%-44s", outcome.get("name").getAsString()));
        if (!data.has("us")) {
            String message = outcome.get("message").getAsString();
            String why =
                    data.has("version") ? data.get("version").getAsString() : message.isEmpty() ? "no kernel" : message;
            return line.append(why).toString();
        }
        line.append(String.format(
                Locale.ROOT,
                "%10.2f us [%.2f, %.2f] %8.1f TFLOP/s %7.0f GB/s %4.0f %% of the roof",
                data.get("us").getAsDouble(),
                data.get("us10").getAsDouble(),
                data.get("us90").getAsDouble(),
                data.get("tflops").getAsDouble(),
                data.get("gbs").getAsDouble(),
                100 * data.get("roof").getAsDouble()));
        if (data.has("times_cublas")) {
            line.append(String.format(
                    Locale.ROOT, "  %.2f x cuBLAS", data.get("times_cublas").getAsDouble()));
        }
        return line.toString();
    }
}
