package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The strings of [n] or [1, n] without stop words, changed to one case; a single empty string if none is left. ONNX
 * StringNormalizer, opset 10 on.
 */
public record StringNormalizer(CaseChange caseChange, boolean caseSensitive, List<String> stopWords, Locale locale)
        implements DynamicOperator {
    /** What happens to the words that stay. */
    public enum CaseChange {
        NONE,
        LOWER,
        UPPER;

        String apply(String word, Locale locale) {
            return switch (this) {
                case NONE -> word;
                case LOWER -> word.toLowerCase(locale);
                case UPPER -> word.toUpperCase(locale);
            };
        }
    }

    static StringNormalizer read(Attributes attributes) {
        String change = attributes.getString("case_change_action", "NONE");
        String locale = attributes.getString("locale", "");
        try {
            return new StringNormalizer(
                    CaseChange.valueOf(change),
                    attributes.getFlag("is_case_sensitive", false),
                    attributes.getStrings("stopwords"),
                    locale.isEmpty() ? Locale.ROOT : Locale.forLanguageTag(locale.replace('_', '-')));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "StringNormalizer: case_change_action: expected NONE, LOWER or UPPER, given " + change, e);
        }
    }

    @Override
    public List<? extends HostValue> evaluate(Values in, Evaluation evaluation) {
        HostTensor x = in.tensor(0);
        Shape shape = x.shape();
        if (x.dtype() != DType.STRING || !(shape.rank() == 1 || shape.rank() == 2 && shape.size(0) == 1)) {
            throw new IllegalArgumentException("StringNormalizer: expected string [n] or [1, n], given " + x);
        }
        List<String> stop = stopWords.stream().map(this::compared).toList();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < x.size(); i++) {
            if (!stop.contains(compared(x.getString(i)))) {
                words.add(caseChange.apply(x.getString(i), locale));
            }
        }
        if (words.isEmpty()) {
            words.add("");
        }
        return List.of(HostTensor.of(shape.with(-1, words.size()), words.toArray(String[]::new)));
    }

    private String compared(String word) {
        return caseSensitive ? word : word.toLowerCase(locale);
    }
}
