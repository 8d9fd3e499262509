package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Whether each string matches {@code pattern} as a whole. The pattern is one of RE2's: no references back to groups, no looking
 * ahead or behind. A match that takes more than {@value #STEPS} steps is refused. ONNX RegexFullMatch, opset 20 on.
 */
public record RegexFullMatch(String pattern) implements TensorOperator {
    /** Far more than a pattern needs that does not run into exponential backtracking. */
    private static final int STEPS = 50_000_000;

    static RegexFullMatch read(Attributes attributes) {
        RegexFullMatch operator = new RegexFullMatch(attributes.getString("pattern"));
        operator.compiled();
        return operator;
    }

    @Override
    public List<TensorType> infer(InputTypes in) {
        if (in.dtype(0) != DType.STRING) {
            throw new IllegalArgumentException("RegexFullMatch: expected strings, given " + in.get(0));
        }
        return List.of(in.get(0).with(DType.BOOL));
    }

    @Override
    public void reference(Inputs in, List<HostTensor> out) {
        Pattern compiled = compiled();
        for (int i = 0; i < in.get(0).size(); i++) {
            String text = in.get(0).getString(i);
            boolean matches;
            try {
                matches = compiled.matcher(new CountedText(text)).matches();
            } catch (StackOverflowError | CountedText.Exhausted e) {
                throw new IllegalArgumentException("RegexFullMatch: matching " + pattern + " against a string of "
                        + text.length() + " characters takes too long");
            }
            out.get(0).set(i, matches ? 1L : 0L);
        }
    }

    private Pattern compiled() {
        requireRe2();
        try {
            return Pattern.compile(pattern.replace("(?P<", "(?<"), Pattern.UNIX_LINES);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("RegexFullMatch: pattern: " + e.getDescription() + ": " + pattern, e);
        }
    }

    /** Refuses what RE2 does not know. */
    private void requireRe2() {
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
                if (!inClass && i < pattern.length() && "123456789k".indexOf(pattern.charAt(i)) >= 0) {
                    throw new IllegalArgumentException("RegexFullMatch: pattern: references to groups: " + pattern);
                }
            } else if (c == '[') {
                inClass = true;
            } else if (c == ']') {
                inClass = false;
            } else if (c == '(' && !inClass && pattern.startsWith("(?", i)) {
                String rest = pattern.substring(i + 2);
                if (rest.startsWith("=")
                        || rest.startsWith("!")
                        || rest.startsWith(">")
                        || rest.startsWith("<=")
                        || rest.startsWith("<!")) {
                    throw new IllegalArgumentException(
                            "RegexFullMatch: pattern: looking around, and atomic groups: " + pattern);
                }
            }
        }
    }

    /** A text that allows a number of accesses only; parts of it share that number. */
    private static final class CountedText implements CharSequence {
        private final CharSequence text;
        private final int[] left;

        CountedText(String text) {
            this(text, new int[] {STEPS});
        }

        private CountedText(CharSequence text, int[] left) {
            this.text = text;
            this.left = left;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw new Exhausted();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new CountedText(text.subSequence(start, end), left);
        }

        @Override
        public String toString() {
            return text.toString();
        }

        private static final class Exhausted extends RuntimeException {
            private static final long serialVersionUID = 1;

            Exhausted() {
                super(null, null, false, false);
            }
        }
    }
}
