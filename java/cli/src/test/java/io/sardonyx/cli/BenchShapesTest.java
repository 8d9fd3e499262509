package io.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code bench --shapes} refuses, in a line. */
class BenchShapesTest {
    @ParameterizedTest
    @CsvSource({
        "2, matmul --shapes trees, '--shapes trees: there is no such list; there are transformers, squares'",
        "1, conv --shapes transformers, '--shapes transformers: is of matmul and linear, not of conv'",
        "1, linear --shapes transformers --axis m=1, --shapes transformers has all sizes; leave --axis away"
    })
    void whatMakesNoSense(int status, String arguments, String message) {
        String text = CommandLineRun.execute(status, (Object[]) ("bench " + arguments).split(" "));
        assertTrue(text.contains(message), text);
    }
}
