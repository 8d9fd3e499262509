package io.sardonyx.bench.jmh;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** all-MiniLM-L6-v2 out of its jar, and inputs for it. */
final class MiniLm {
    private static final String RESOURCE = "/all-minilm-l6-v2.onnx";
    private static final int VOCABULARY = 30_522;

    private MiniLm() {}

    static byte[] bytes() throws IOException {
        try (InputStream in = MiniLm.class.getResourceAsStream(RESOURCE)) {
            return in.readAllBytes();
        }
    }

    static ModelBuilder builder() throws IOException {
        return Model.builder(bytes());
    }

    /** Sentences of words at random, none of them padded. */
    static Map<String, Tensor> inputs(int batch, int tokens) {
        long[] ones = new long[batch * tokens];
        Arrays.fill(ones, 1);
        return Map.of(
                "input_ids",
                        Tensor.of(
                                new Random(1).longs(ones.length, 0, VOCABULARY).toArray(), batch, tokens),
                "attention_mask", Tensor.of(ones, batch, tokens),
                "token_type_ids", Tensor.of(new long[ones.length], batch, tokens));
    }
}
