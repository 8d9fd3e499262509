package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts n-grams of each row of x, [n] or [rows, n] of strings or integers, and weighs the counts: {@code TF} the count, {@code
 * IDF} the weight where the count is not 0, {@code TFIDF} their product. An n-gram is n items with the same number of items, 0 to
 * {@code maxSkip}, left out between neighbours. ONNX TfIdfVectorizer, opset 9 on.
 *
 * @param columns the column of the result in which each n-gram of the pool is counted
 * @param weights one for each n-gram; empty for 1
 */
public record TfIdfVectorizer(
        Mode mode,
        long minLength,
        long maxLength,
        long maxSkip,
        Map<List<Object>, Integer> pool,
        List<Long> columns,
        List<Float> weights)
        implements TensorOperator {
    /** How counts are weighed. */
    public enum Mode {
        TF,
        IDF,
        TFIDF
    }

    static TfIdfVectorizer read(Attributes attributes) {
        List<Object> items = new ArrayList<>(attributes.getStrings("pool_strings"));
        for (long item : attributes.getInts("pool_int64s")) {
            items.add(item);
        }
        List<Long> columns = new ArrayList<>();
        for (long column : attributes.getInts("ngram_indexes")) {
            if (column < 0 || column == Long.MAX_VALUE) {
                throw new IllegalArgumentException("TfIdfVectorizer: ngram_indexes: " + column + " is no column");
            }
            columns.add(column);
        }
        List<Float> weights = new ArrayList<>();
        for (float weight : attributes.getFloats("weights")) {
            weights.add(weight);
        }
        Map<List<Object>, Integer> pool = pool(items, attributes.getInts("ngram_counts"));
        if (pool.size() > columns.size() || !weights.isEmpty() && weights.size() < columns.size()) {
            throw new IllegalArgumentException("TfIdfVectorizer: " + pool.size() + " n-grams, " + columns.size()
                    + " columns and " + weights.size() + " weights do not fit");
        }
        return new TfIdfVectorizer(
                Mode.valueOf(attributes.getString("mode")),
                attributes.getInt("min_gram_length"),
                attributes.getInt("max_gram_length"),
                attributes.getInt("max_skip_count"),
                pool,
                columns,
                weights);
    }

    /** The n-grams in order; {@code starts} says where those of 1, of 2 … items begin. */
    private static Map<List<Object>, Integer> pool(List<Object> items, long[] starts) {
        Map<List<Object>, Integer> pool = new HashMap<>();
        for (int n = 1; n <= starts.length; n++) {
            long end = n < starts.length ? starts[n] : items.size();
            if (starts[n - 1] < 0 || end < starts[n - 1] || end > items.size() || (end - starts[n - 1]) % n != 0) {
                throw new IllegalArgumentException("TfIdfVectorizer: ngram_counts: n-grams of " + n + " from item "
                        + starts[n - 1] + " to " + end + " of " + items.size());
            }
            for (int at = (int) starts[n - 1]; at < end; at += n) {
                pool.put(List.copyOf(items.subList(at, at + n)), pool.size());
            }
        }
        return Map.copyOf(pool);
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        Shape x = in.shape(0);
        DType type = in.dtype(0);
        if (!(type == DType.STRING || type == DType.INT32 || type == DType.INT64) || x.rank() < 1 || x.rank() > 2) {
            throw new IllegalArgumentException(
                    "TfIdfVectorizer: expected string, int32 or int64 [n] or [rows, n], given " + in.get(0));
        }
        long width = columns.stream().mapToLong(c -> c).max().orElse(-1) + 1;
        return List.of(new TensorType(DType.FLOAT32, x.with(-1, width)));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        HostTensor x = in.get(0);
        HostTensor y = out.get(0);
        int length = (int) x.shape().size(-1);
        int width = (int) y.shape().size(-1);
        int rows = x.shape().rank() == 1 ? 1 : (int) x.shape().size(0);
        for (int row = 0; row < rows; row++) {
            List<Object> items = new ArrayList<>();
            for (int i = row * length; i < (row + 1) * length; i++) {
                items.add(x.dtype() == DType.STRING ? x.getString(i) : (Object) x.getLong(i));
            }
            double[] counts = new double[width];
            double[] weight = new double[width];
            java.util.Arrays.fill(weight, 1);
            for (int gram : grams(items)) {
                int column = columns.get(gram).intValue();
                counts[column]++;
                weight[column] = weights.isEmpty() ? 1 : weights.get(gram);
            }
            for (int c = 0; c < width; c++) {
                y.set(
                        row * width + c,
                        switch (mode) {
                            case TF -> counts[c];
                            case IDF -> counts[c] > 0 ? weight[c] : 0;
                            case TFIDF -> counts[c] * weight[c];
                        });
            }
        }
    }

    /** The n-grams of the pool that {@code items} hold, each as often as it occurs. */
    private List<Integer> grams(List<Object> items) {
        List<Integer> found = new ArrayList<>();
        for (long n = Math.max(1, minLength); n <= Math.min(maxLength, items.size()); n++) {
            // Single items have no neighbours to skip.
            for (long step = 1; step <= (n == 1 ? 1 : maxSkip + 1) && (n - 1) * step < items.size(); step++) {
                for (int start = 0; start + (n - 1) * step < items.size(); start++) {
                    List<Object> gram = new ArrayList<>();
                    for (int k = 0; k < n; k++) {
                        gram.add(items.get((int) (start + k * step)));
                    }
                    if (pool.containsKey(gram)) {
                        found.add(pool.get(gram));
                    }
                }
            }
        }
        return found;
    }
}
