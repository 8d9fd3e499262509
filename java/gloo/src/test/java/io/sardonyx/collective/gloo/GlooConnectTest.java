package io.sardonyx.collective.gloo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rank that has gone by the time that another connects to it. */
@Timeout(60)
class GlooConnectTest {
    private static final int RANKS = 3;
    private static final int LIMIT_MILLIS = 100;

    @BeforeAll
    static void gloo() {
        Ranks.assumeGloo();
        GlooLibrary.require();
    }

    /** Which of two ranks calls the other is Gloo's choice, by their ports: whoever calls is refused, whoever listens waits in vain. */
    @Test
    void isAnError() {
        for (int round = 0; round < 12; round++) {
            long[] ranks = new long[RANKS];
            ByteBuffer addresses = addressesOf(ranks);
            int gone = round % RANKS;
            GlooNative.sx_gloo_close(ranks[gone]);
            long caller = ranks[(gone + 1) % RANKS];
            int code = GlooNative.sx_gloo_connect(caller, addresses, addresses.capacity());
            assertTrue(code == GlooNative.PEER_LOST || code == GlooNative.TIMEOUT, GlooNative::sx_gloo_last_error);
            GlooNative.sx_gloo_close(caller);
            GlooNative.sx_gloo_close(ranks[(gone + 2) % RANKS]);
        }
    }

    /** @param ranks gets new ones */
    private static ByteBuffer addressesOf(long[] ranks) {
        ByteBuffer addresses = ByteBuffer.allocateDirect(1 << 16);
        for (int rank = 0; rank < ranks.length; rank++) {
            ranks[rank] = GlooNative.sx_gloo_create(rank, ranks.length, "127.0.0.1", LIMIT_MILLIS);
            int bytes = (int) GlooNative.sx_gloo_address_bytes(ranks[rank]);
            addresses.limit(addresses.position() + bytes);
            GlooNative.sx_gloo_address(ranks[rank], addresses.slice());
            addresses.position(addresses.limit());
        }
        return addresses.flip().slice();
    }
}
