package io.sardonyx.bench.measure;

import io.sardonyx.bench.ConvLayer;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.bench.device.Batch;
import io.sardonyx.bench.device.Effort;
import io.sardonyx.bench.device.NvidiaLibrary;
import io.sardonyx.bench.device.Rival;
import io.sardonyx.bench.device.Samples;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;

/** Those of NVIDIA's libraries that were asked for and that this host has. */
final class GpuContenders implements AutoCloseable {
    private final Map<Contender, NvidiaLibrary> libraries = new EnumMap<>(Contender.class);
    private final Findings findings;

    /** @param elsewhere whether those of the host are measured on its devices */
    GpuContenders(List<Contender> wanted, String device, Effort effort, boolean elsewhere, Findings findings) {
        this.findings = findings;
        for (Contender contender : wanted) {
            if (device.startsWith("sim") && (contender.isForGpus() || !elsewhere)) {
                findings.absent(
                        contender + " beside " + device,
                        "a simulated GPU has no times to compare; see --device cuda:0");
            } else if (contender.isForGpus()) {
                int gpu = Integer.parseInt(device.substring(device.indexOf(':') + 1));
                NvidiaLibrary library = contender == Contender.CUBLAS
                        ? NvidiaLibrary.cublas(effort, gpu)
                        : NvidiaLibrary.cudnn(effort, gpu);
                if (library.missing().isEmpty()) {
                    libraries.put(contender, library);
                    findings.version(contender.toString(), library.version());
                } else {
                    findings.absent(contender.toString(), library.missing());
                    library.close();
                }
            } else if (!elsewhere) {
                findings.absent(contender + " beside " + device, "is measured on cpu alone; add --device cpu");
            }
        }
    }

    /** Gives batches that are ready to {@code found}, or a reason to the findings. */
    void open(Problem problem, Rival rival, BiConsumer<Contender, Batch> found) {
        libraries.forEach((contender, library) -> library.open(rival).ifPresent(opened -> {
            opened.batch().ifPresent(batch -> found.accept(contender, batch));
            if (opened.batch().isEmpty()) {
                findings.absent(contender + " for " + problem, opened.failure());
            }
        }));
    }

    /** The least microseconds of all of them. */
    OptionalDouble best(Rival rival) {
        return libraries.values().stream()
                .flatMap(library -> library.time(rival).stream())
                .flatMap(answer -> answer.samples().stream())
                .mapToDouble(Samples::least)
                .min();
    }

    /** A convolution as a layer of a network. */
    static ConvLayer layer(Problem problem) {
        return new ConvLayer(
                "bench",
                "Conv",
                problem.axis("channels"),
                problem.axis("filters"),
                problem.axis("size"),
                problem.axis("kernel"),
                problem.axis("stride"),
                problem.axis("kernel") / 2,
                problem.axis("group"));
    }

    @Override
    public void close() {
        libraries.values().forEach(NvidiaLibrary::close);
    }
}
