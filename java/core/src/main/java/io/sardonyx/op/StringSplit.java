package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Each string of x [...] cut at {@code delimiter} into at most {@code maxSplit + 1} parts: the parts [..., most parts], filled up
 * with empty strings, and how many there are [...]. An empty delimiter stands for any run of white space, which is dropped at
 * the front and, unless the last part is a rest, at the end. ONNX StringSplit, opset 20 on.
 */
public record StringSplit(String delimiter, long maxSplit) implements DynamicOperator {
    static StringSplit read(Attributes attributes) {
        return new StringSplit(attributes.getString("delimiter", ""), attributes.getInt("maxsplit", Long.MAX_VALUE));
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        HostTensor x = in.tensor(0);
        if (x.dtype() != DType.STRING) {
            throw new IllegalArgumentException("StringSplit: expected strings, given " + x);
        }
        List<List<String>> all = new ArrayList<>();
        int most = 0;
        for (int i = 0; i < x.size(); i++) {
            List<String> parts = delimiter.isEmpty() ? words(x.getString(i)) : parts(x.getString(i));
            most = Math.max(most, parts.size());
            all.add(parts);
        }
        String[] strings = new String[Math.multiplyExact(most, all.size())];
        long[] counts = new long[all.size()];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = all.get(i).size();
            for (int k = 0; k < most; k++) {
                strings[i * most + k] = k < counts[i] ? all.get(i).get(k) : "";
            }
        }
        return List.of(HostTensor.of(x.shape().concat(Shape.of(most)), strings), HostTensor.of(x.shape(), counts));
    }

    private List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int end = text.indexOf(delimiter);
                end >= 0 && parts.size() < maxSplit;
                end = text.indexOf(delimiter, from)) {
            parts.add(text.substring(from, end));
            from = end + delimiter.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int from = skip(text, 0, true);
        while (from < text.length()) {
            int end = words.size() < maxSplit ? skip(text, from, false) : text.length();
            words.add(text.substring(from, end));
            from = skip(text, end, true);
        }
        return words;
    }

    /** The first position from {@code at} on that is not white space, or that is. */
    private static int skip(String text, int at, boolean space) {
        int end = at;
        while (end < text.length() && Character.isWhitespace(text.charAt(end)) == space) {
            end++;
        }
        return end;
    }
}
