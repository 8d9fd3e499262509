package io.sardonyx.bench.define;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {
    @Test
    void listsAndRanges() {
        assertEquals(new Axis("m", List.of(64L, 128L)), Axis.parse("m=64,128"));
        assertEquals(new Axis("m", List.of(512L, 1024L, 2048L, 4096L, 8192L)), Axis.parse("m=512:8192:*2"));
        assertEquals(new Axis("n", List.of(1L, 3L, 5L, 7L, 9L)), Axis.parse("n=1:9:+2"));
        assertEquals(new Axis("n", List.of(3L, 9L)), Axis.parse("n=3:26:*3"), "what is behind the end is left out");
        assertEquals(new Axis("n", List.of(5L)), Axis.parse("n=5:5:+1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "m | expected NAME=VALUES",
                "m= | expected NAME=VALUES",
                "=3 | expected NAME=VALUES",
                "m=a | 'a' is no size",
                "m=-1 | '-1' is no size",
                "m=1,,2 | '' is no size",
                "m=1:2 | '1:2' is no size",
                "m=1:9:2 | is no size",
                "m=9:1:+2 | FIRST <= LAST",
                "m=1:9:*1 | never gets from 1 to 9",
                "m=0:9:*2 | never gets from 0 to 9",
                "m=1:9:+0 | never gets from 1 to 9",
                "m=1:99999999:+1 | more than 10000 values",
                "m=99999999999999999999 | is no size"
            })
    void nonsense(String text, String reason) {
        String message = assertThrows(IllegalArgumentException.class, () -> Axis.parse(text))
                .getMessage();
        assertTrue(message.startsWith("--axis " + text + ": ") && message.contains(reason), message);
    }

    @Test
    void theLastAxisChangesFastest() {
        assertEquals(
                List.of(
                        Map.of("m", 1L, "n", 3L),
                        Map.of("m", 1L, "n", 4L),
                        Map.of("m", 2L, "n", 3L),
                        Map.of("m", 2L, "n", 4L)),
                Axis.product(List.of(Axis.parse("m=1,2"), Axis.parse("n=3,4"))));
        assertEquals(List.of(Map.of()), Axis.product(List.of()));
        assertEquals(
                "--axis m is given twice",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Axis.product(List.of(Axis.parse("m=1"), Axis.parse("m=2"))))
                        .getMessage());
    }
}
