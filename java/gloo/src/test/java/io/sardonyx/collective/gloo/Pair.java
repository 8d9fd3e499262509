package io.sardonyx.collective.gloo;

import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Rendezvous;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Two ranks in this process, connected over Gloo as two processes would be. */
record Pair(Group first, Group second) implements AutoCloseable {
    static Pair join() {
        int port = Ranks.freePort();
        CompletableFuture<Group> second = CompletableFuture.supplyAsync(() -> join(1, 2, port, Group.DEADLINE));
        return new Pair(join(0, 2, port, Group.DEADLINE), second.join());
    }

    static Group join(int rank, int size, int port, Duration deadline) {
        try (Rendezvous rendezvous = EnvironmentRendezvous.of(Ranks.variables(rank, size, port))) {
            return Group.join(rendezvous, Ranks.cpu(), deadline);
        }
    }

    Member zero() {
        return first.member(0);
    }

    Member one() {
        return second.member(1);
    }

    /** What {@code action} throws on a thread of its own. */
    static CompletableFuture<Throwable> failureOf(Runnable action) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        action.run();
                        failure.complete(new AssertionError("nothing was thrown"));
                    } catch (RuntimeException | Error e) {
                        failure.complete(e);
                    }
                })
                .start();
        return failure;
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
