package io.sardonyx.collective;

import io.sardonyx.collective.CollectiveException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call of a {@link ProcessGroup} that was begun. */
final class ProcessWork implements Work {
    /** What an aborted transport may take to let go of the tensors. */
    private static final Duration LETTING_GO = Duration.ofSeconds(1);

    /** The transport's deadline is that much earlier, at most: it knows best which rank it waited for. */
    private static final Duration LEAD = Duration.ofMillis(50);

    private final ProcessGroup group;
    private final Call call;
    private final long step;
    private final Duration limit;
    private final long deadline;
    private final CompletableFuture<Optional<CollectiveException>> result = new CompletableFuture<>();

    ProcessWork(ProcessGroup group, Call call, long step, Duration limit) {
        this.group = group;
        this.call = call;
        this.step = step;
        this.limit = limit;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    Call call() {
        return call;
    }

    long step() {
        return step;
    }

    /** What is left for the transport; not negative. */
    Duration remaining() {
        long lead = Math.min(LEAD.toNanos(), limit.toNanos() / 20);
        return Duration.ofNanos(Math.max(0, deadline - lead - System.nanoTime()));
    }

    /** @param failure null if there was none */
    void complete(CollectiveException failure) {
        result.complete(Optional.ofNullable(failure));
    }

    CollectiveException exception(Reason reason, String message, Throwable cause) {
        return new CollectiveException(
                reason, group.rank(), step, call.bytes(), call.describe() + ": " + message, cause);
    }

    @Override
    public boolean isDone() {
        return result.isDone();
    }

    @Override
    public void await() {
        Optional<CollectiveException> failure;
        try {
            failure = result.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            failure = Optional.of(giveUp(Reason.TIMEOUT, "not done after " + limit.toMillis() + " ms", e));
        } catch (InterruptedException e) {
            failure = Optional.of(giveUp(Reason.INTERRUPTED, "the waiting thread was interrupted", e));
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // complete() is all there is
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private CollectiveException giveUp(Reason reason, String message, Exception cause) {
        CollectiveException failure = group.fail(this, reason, message, cause);
        try {
            result.get(LETTING_GO.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | InterruptedException | ExecutionException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
