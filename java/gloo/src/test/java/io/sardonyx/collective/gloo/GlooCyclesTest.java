package io.sardonyx.collective.gloo;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups that come and go leave nothing behind. */
@Timeout(120)
class GlooCyclesTest {
    @BeforeAll
    static void gloo() {
        Ranks.assumeGloo();
    }

    @Test
    void aGigabyteThroughFourHundredGroups() throws Exception {
        try (Ranks ranks = Ranks.start(2, CyclesProgram.class)) {
            ranks.assertSucceeded();
        }
    }
}
