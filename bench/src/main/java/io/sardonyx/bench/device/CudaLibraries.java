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
    static final List<String> NEEDED = List.of("libcudart.so.13", "libcublasLt.so.13", "libcublas.so.13");

    private static final String SITES =
            "import site,sys; print('\\n'.join(site.getsitepackages()+[site.getusersitepackages()]+sys.path))";

    private CudaLibraries() {}

    /**
     * @param folders that hold what is needed
     * @param missing what is needed and nowhere
     */
    record Found(Set<Path> folders, List<String> missing) {}

    static Found find() {
        List<Path> candidates = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("LD_LIBRARY_PATH", "").split(File.pathSeparator)) {
            candidates.add(Path.of(folder));
        }
        for (String home : List.of(System.getenv().getOrDefault("CUDA_HOME", "/usr/local/cuda"), "/usr/local/cuda")) {
            candidates.add(Path.of(home, "lib64"));
            candidates.add(Path.of(home, "targets", "x86_64-linux", "lib"));
        }
        lines("/sbin/ldconfig", "-p")
                .filter(line -> NEEDED.stream().anyMatch(line::contains) && line.contains("=> "))
                .map(line -> Path.of(line.substring(line.indexOf("=> ") + 3).strip()))
                .forEach(file -> candidates.add(file.getParent()));
        for (String python : List.of("python3", "python")) {
            lines(python, "-c", SITES).filter(line -> !line.isBlank()).forEach(site -> {
                candidates.addAll(below(Path.of(site, "nvidia")));
            });
        }
        Set<Path> folders = new LinkedHashSet<>();
        List<String> missing = new ArrayList<>();
        for (String library : NEEDED) {
            Optional<Path> folder = candidates.stream()
                    .filter(f -> Files.exists(f.resolve(library)))
                    .findFirst();
            folder.ifPresentOrElse(folders::add, () -> missing.add(library));
        }
        return new Found(folders, missing);
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
