package io.sardonyx.collective.gloo;

import io.sardonyx.collective.gloo.LoopProgram.Operation;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process dies, or stands still, in the middle of a call. */
@Timeout(240)
class GlooPeerTest {
    private static final int KILLS = 20;
    private static final int PATIENT_MILLIS = 20_000;
    private static final int SHORT_MILLIS = 1_500;

    @BeforeAll
    static void gloo() {
        Ranks.assumeGloo();
    }

    /** In every round another rank of three, and at another point of its calls; the two that remain go on to the next. */
    @ParameterizedTest
    @EnumSource
    void everySurvivorOfAKillGetsItsException(Operation operation) throws Exception {
        Random random = new Random(5);
        try (Ranks ranks = Ranks.start(2, LoopProgram.class)) {
            Queue<Integer> victims = new ArrayDeque<>();
            for (int round = 0; round < KILLS; round++) {
                while (victims.size() < 2 && round + victims.size() < KILLS) {
                    victims.add(ranks.add(LoopProgram.class)); // the next one starts while this one works
                }
                int victim = victims.remove();
                int port = Ranks.freePort();
                for (int i = 0; i < 3; i++) {
                    int process = i == 0 ? victim : i - 1;
                    ranks.tell(process, operation + " " + (i + round) % 3 + " 3 " + port + " " + PATIENT_MILLIS);
                }
                ranks.awaitLine(victim, "running");
                Thread.sleep(random.nextInt(40));
                ranks.signal(victim, "KILL");
                for (int survivor = 0; survivor < 2; survivor++) {
                    ranks.awaitLine(survivor, "running");
                    ranks.awaitLine(survivor, "PEER_LOST");
                }
            }
        }
    }

    /** Also by the one that stood still, when it goes on, whatever it was in the middle of. */
    @ParameterizedTest
    @EnumSource
    void aRankThatStandsStillIsADeadline(Operation operation) throws Exception {
        int port = Ranks.freePort();
        try (Ranks ranks = Ranks.start(3, LoopProgram.class)) {
            for (int rank = 0; rank < 3; rank++) {
                // Only rank 0 is in a hurry.
                ranks.tell(
                        rank,
                        operation + " " + rank + " 3 " + port + " " + (rank == 0 ? SHORT_MILLIS : PATIENT_MILLIS));
            }
            ranks.awaitLine(2, "running");
            ranks.signal(2, "STOP");
            ranks.awaitLine(0, "running");
            ranks.awaitLine(0, "TIMEOUT");
            ranks.awaitLine(1, "running");
            ranks.awaitLine(1, "PEER_LOST"); // of rank 0, which has given up
            ranks.signal(2, "CONT");
            ranks.awaitLine(2, "PEER_LOST");
        }
    }
}
