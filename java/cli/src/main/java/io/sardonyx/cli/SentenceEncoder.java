package io.sardonyx.cli;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * all-MiniLM-L6-v2: sentences to unit vectors of 384 numbers, close for sentences of close meaning. Tokenizes, runs the model, and
 * averages the vectors of each sentence's tokens.
 */
final class SentenceEncoder implements AutoCloseable {
    private static final String MODEL = "/all-minilm-l6-v2.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-tokenizer.json";

    private final HuggingFaceTokenizer tokenizer;
    private final Model model;
    private long tokens;

    SentenceEncoder(UnaryOperator<ModelBuilder> configure) {
        System.setProperty("RUST_FLAVOR", "cpu"); // any other flavour would be downloaded
        try (InputStream tokenizerFile = resource(TOKENIZER);
                InputStream modelFile = resource(MODEL)) {
            tokenizer = HuggingFaceTokenizer.newInstance(tokenizerFile, Map.of("padding", "true"));
            model = configure.apply(Model.builder(modelFile)).load();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String name) {
        InputStream stream = SentenceEncoder.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IllegalStateException("the MiniLM jar is not on the class path: no " + name);
        }
        return stream;
    }

    Model model() {
        return model;
    }

    /** Tokens encoded so far, padding not counted. */
    long tokens() {
        return tokens;
    }

    /** A unit vector for each sentence. */
    float[][] encode(List<String> sentences) {
        Encoding[] encodings = tokenizer.batchEncode(sentences);
        int batch = encodings.length;
        int length = encodings[0].getIds().length;
        HostTensor ids = HostTensor.of(Shape.of(batch, length), new long[batch * length]);
        HostTensor mask = HostTensor.of(Shape.of(batch, length), new long[batch * length]);
        HostTensor types = HostTensor.of(Shape.of(batch, length), new long[batch * length]);
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < length; t++) {
                ids.set(b * length + t, encodings[b].getIds()[t]);
                mask.set(b * length + t, encodings[b].getAttentionMask()[t]);
                types.set(b * length + t, encodings[b].getTypeIds()[t]);
                tokens += encodings[b].getAttentionMask()[t];
            }
        }
        try (Outputs outputs = model.run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            return meanOfTokens(outputs.get(0).toHost(), mask);
        }
    }

    /** Averages hidden states [batch, length, width] over each sentence's own tokens, and scales to length 1. */
    private static float[][] meanOfTokens(HostTensor states, HostTensor mask) {
        int batch = (int) states.shape().size(0);
        int length = (int) states.shape().size(1);
        int width = (int) states.shape().size(2);
        float[][] vectors = new float[batch][width];
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < length; t++) {
                if (mask.getLong(b * length + t) != 0) {
                    for (int w = 0; w < width; w++) {
                        vectors[b][w] += (float) states.getDouble((b * length + t) * width + w);
                    }
                }
            }
            double square = 0;
            for (float v : vectors[b]) {
                square += (double) v * v;
            }
            for (int w = 0; w < width; w++) {
                vectors[b][w] /= (float) Math.sqrt(square);
            }
        }
        return vectors;
    }

    static double cosine(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
        }
        return dot;
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
