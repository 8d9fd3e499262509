package io.sardonyx.op;

import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.OperatorTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The operators over strings. */
class TextTest extends OperatorTest {
    @Override
    protected Stream<Case> cases() {
        return Stream.of(normalized(), split(), concat(), matches(), counts()).flatMap(c -> c);
    }

    private static Stream<Case> normalized() {
        HostTensor days = words("Monday", "tuesday", "MONDAY");
        return Stream.of(
                normalizer("nothing", Map.of()).input(days).expect(days),
                normalizer("upper", Map.of("case_change_action", "UPPER"))
                        .input(days)
                        .expect(words("MONDAY", "TUESDAY", "MONDAY")),
                normalizer("stop words of any case", Map.of("stopwords", List.of("monday")))
                        .input(days.reshaped(Shape.of(1, 3)))
                        .expect(words("tuesday").reshaped(Shape.of(1, 1))),
                normalizer("stop words of one case", Map.of("stopwords", List.of("MONDAY"), "is_case_sensitive", 1L))
                        .input(days)
                        .expect(words("Monday", "tuesday")),
                normalizer("nothing left", Map.of("stopwords", List.of("a")))
                        .input(words("A"))
                        .expect(words("")),
                normalizer("two rows", Map.of())
                        .input(words("a", "b").reshaped(Shape.of(2, 1)))
                        .rejects("given string[2, 1]"));
    }

    private static Case normalizer(String name, Map<String, Object> attributes) {
        return Case.of("normalizer: " + name, StringNormalizer.read(Attributes.of(10, attributes)));
    }

    private static Stream<Case> split() {
        return Stream.of(
                Case.of("split", new StringSplit(",", Long.MAX_VALUE))
                        .input(words("a,b,,c", "", "d"))
                        .expect(
                                words("a", "b", "", "c", "", "", "", "", "d", "", "", "")
                                        .reshaped(Shape.of(3, 4)),
                                HostTensor.of(Shape.of(3), 4L, 1L, 1L)),
                Case.of("split once", new StringSplit("--", 1))
                        .input(words("a--b--c"))
                        .expect(words("a", "b--c").reshaped(Shape.of(1, 2)), HostTensor.of(Shape.of(1), 2L)),
                Case.of("split at white space", new StringSplit("", Long.MAX_VALUE))
                        .input(words("  a \t b ", " "))
                        .expect(words("a", "b", "", "").reshaped(Shape.of(2, 2)), HostTensor.of(Shape.of(2), 2L, 0L)),
                Case.of("split at white space once", new StringSplit("", 1))
                        .input(words(" a b  c "))
                        .expect(words("a", "b  c ").reshaped(Shape.of(1, 2)), HostTensor.of(Shape.of(1), 2L)),
                Case.of("split of numbers", new StringSplit("", 1))
                        .input(HostTensor.of(Shape.of(1), 1L))
                        .rejects("expected strings"));
    }

    private static Stream<Case> concat() {
        return Stream.of(
                Case.of("concat", new StringConcat())
                        .input(words("a", "b"))
                        .input(words("c", "d"))
                        .expect(words("ac", "bd")),
                Case.of("concat with broadcasting", new StringConcat())
                        .input(words("a", "b").reshaped(Shape.of(2, 1)))
                        .input(words("c", "d", "e"))
                        .expect(words("ac", "ad", "ae", "bc", "bd", "be").reshaped(Shape.of(2, 3))),
                Case.of("concat of scalars", new StringConcat())
                        .input(HostTensor.of(Shape.SCALAR, "ä"))
                        .input(HostTensor.of(Shape.SCALAR, "😀"))
                        .expect(HostTensor.of(Shape.SCALAR, "ä😀")),
                Case.of("concat of two lengths", new StringConcat())
                        .input(words("a", "b"))
                        .input(words("c", "d", "e"))
                        .rejects("shapes do not broadcast"));
    }

    private static Stream<Case> matches() {
        return Stream.of(
                Case.of("match", new RegexFullMatch("(?P<host>www\\.)?[a-z]+\\.org"))
                        .input(words("www.onnx.org", "onnx.org", "onnx.org/x", "a\n"))
                        .expect(HostTensor.of(DType.BOOL, Shape.of(4), 1, 1, 0, 0)),
                Case.of("match of nothing", new RegexFullMatch(".*"))
                        .input(HostTensor.of(Shape.of(0), new String[0]))
                        .expect(HostTensor.of(DType.BOOL, Shape.of(0))),
                Case.of("endless backtracking", new RegexFullMatch("(\\w*\\w*\\w*\\w*\\w*\\w*\\w*)b!"))
                        .input(words("a".repeat(150)))
                        .rejects("takes too long"),
                Case.of("deep recursion", new RegexFullMatch("(a|b)*"))
                        .input(words("ab".repeat(200_000)))
                        .rejects("takes too long"));
    }

    private static Stream<Case> counts() {
        HostTensor x = HostTensor.of(Shape.of(2, 6), 1L, 1L, 3L, 3L, 3L, 7L, 8L, 6L, 7L, 5L, 6L, 8L);
        return Stream.of(
                tfIdf("words", "TF", 0, List.of())
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 4), 3f, 0f, 0f, 0f, 0f, 1f, 0f, 1f)),
                tfIdf("weights", "IDF", 0, List.of(2f, 3f, 4f, 5f))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 4), 2f, 0f, 0f, 0f, 0f, 3f, 0f, 5f)),
                tfIdf("weighted counts", "TFIDF", 0, List.of(2f, 3f, 4f, 5f))
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 4), 6f, 0f, 0f, 0f, 0f, 3f, 0f, 5f)),
                tfIdf("skips", "TF", 2, List.of())
                        .input(x)
                        .expect(HostTensor.of(Shape.of(2, 4), 3f, 0f, 0f, 0f, 0f, 1f, 1f, 1f)),
                tfIdf("floats", "TF", 0, List.of())
                        .input(HostTensor.of(Shape.of(2), 1f, 2f))
                        .rejects("expected string, int32 or int64"));
    }

    /** The items 3 and 5, and the pairs (7, 8) and (5, 6). */
    private static Case tfIdf(String name, String mode, long maxSkip, List<Float> weights) {
        return Case.of(
                "n-grams: " + name,
                TfIdfVectorizer.read(Attributes.of(
                        9,
                        Map.of(
                                "mode",
                                mode,
                                "min_gram_length",
                                1L,
                                "max_gram_length",
                                2L,
                                "max_skip_count",
                                maxSkip,
                                "ngram_counts",
                                List.of(0L, 2L),
                                "ngram_indexes",
                                List.of(0L, 1L, 2L, 3L),
                                "pool_int64s",
                                List.of(3L, 5L, 8L, 7L, 5L, 6L),
                                "weights",
                                weights))));
    }

    private static HostTensor words(String... words) {
        return HostTensor.of(Shape.of(words.length), words);
    }
}
