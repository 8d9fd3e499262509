package io.sardonyx.bench.device;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where this host has NVIDIA's libraries: in {@code LD_LIBRARY_PATH}, below {@code CUDA_HOME}, in the loader's cache, or in a Python's
 * {@code site-packages/nvidia}.
 */
final class CudaLibraries {
    /**
     * Names of files.
     *
     * @param useful what the needed ones load themselves, of one CUDA or another
     */
    record Wanted(List<String> needed, List<String> useful) {
        private boolean mentions(String line) {
            return Stream.concat(needed.stream(), useful.stream()).anyMatch(line::contains);
        }
    }

    static final Wanted RUNTIME = new Wanted(List.of("libcudart.so.13"), List.of());

    static final Wanted CUBLAS =
            new Wanted(List.of("libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13"), List.of());

    /** Those that the Java library is linked to. */
    static final Wanted CUDNN = new Wanted(
            List.of(
                    "libcudart.so.13",
                    "libcublasLt.so.13",
                    "libcublas.so.13",
                    "libcudnn_graph.so.9",
                    "libcudnn_ops.so.9",
                    "libcudnn_cnn.so.9",
                    "libcudnn_adv.so.9"),
            List.of("libcublasLt.so.12", "libcublas.so.12", "libnvrtc.so.13", "libnvrtc.so.12"));

    static final Wanted NCCL = new Wanted(List.of("libcudart.so.13", "libnccl.so.2"), List.of());

    private static final String SITES =
            "import site,sys; print('\\n'.join(site.getsitepackages()+[site.getusersitepackages()]+sys.path))";

    private CudaLibraries() {}

    /**
     * @param folders that hold what is needed
     * @param missing what is needed and nowhere
     */
    record Found(Set<Path> folders, List<String> missing) {
        /** Empty where all are there. */
        String whyMissing() {
            return missing.isEmpty()
                    ? ""
                    : "not found on this host: " + String.join(", ", missing)
                            + " (looked in LD_LIBRARY_PATH, CUDA_HOME, the loader's cache, Python's site-packages/nvidia)";
        }
    }

    static Found find(Wanted wanted) {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("LD_LIBRARY_PATH", "").split(File.pathSeparator)) {
            candidates.add(Path.of(folder));
        }
        for (String home : List.of(System.getenv().getOrDefault("CUDA_HOME", "/usr/local/cuda"), "/usr/local/cuda")) {
            candidates.add(Path.of(home, "lib64"));
            candidates.add(Path.of(home, "targets", "x86_64-linux", "lib"));
        }
        lines("/sbin/ldconfig", "-p")
                .filter(line -> wanted.mentions(line) && line.contains("=> "))
                .map(line -> Path.of(line.substring(line.indexOf("=> ") + 3).strip()))
                .forEach(file -> candidates.add(file.getParent()));
        for (String python : List.of("python3", "python")) {
            lines(python, "-c", SITES).filter(line -> !line.isBlank()).forEach(site -> {
                candidates.addAll(below(Path.of(site, "nvidia")));
            });
        }
        Set<Path> folders = new LinkedHashSet<>();
        List<String> missing = new ArrayList<>();
        for (String library : wanted.needed()) {
            holding(library, candidates).ifPresentOrElse(folders::add, () -> missing.add(library));
        }
        wanted.useful().forEach(library -> holding(library, candidates).ifPresent(folders::add));
        return new Found(folders, missing);
    }

    private static Optional<Path> holding(String library, List<Path> folders) {
        return folders.stream().filter(f -> Files.exists(f.resolve(library))).findFirst();
    }

    /** The folders {@code lib} of the wheels. */
    private static List<Path> below(Path nvidia) {
        if (!Files.isDirectory(nvidia)) {
            return List.of();
        }
        try (Stream<Path> packages = Files.list(nvidia)) {
            return packages.map(p -> p.resolve("lib"))
                    .filter(Files::isDirectory)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** What a program says; nothing if it is not there. */
    private static Stream<String> lines(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            try (BufferedReader in =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                return in.lines().toList().stream();
            }
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
