package io.sardonyx.collective.gloo;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation on every type, between processes. */
class GlooOperationsTest {
    @BeforeAll
    static void gloo() {
        Ranks.assumeGloo();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void operations(int size) throws Exception {
        try (Ranks ranks = Ranks.start(size, OperationsProgram.class)) {
            ranks.assertSucceeded();
        }
    }
}
