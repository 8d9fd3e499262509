package io.sardonyx.collective;

import io.sardonyx.device.Device;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The devices of one process. The ranks' calls meet here: the last to come checks that all want the same and begins it on every device.
 * Nobody waits but in {@link Work#await}.
 */
final class LocalGroup implements Group {
    static final int MOST_RANKS = 8;

    /** Why nothing goes any more. */
    private record Failure(CollectiveException.Reason reason, String message, Throwable cause) {}

    private final List<Member> members = new ArrayList<>();
    private final Exchange exchange;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Of the steps that not all have come to, the earliest first. */
    private final Deque<Meeting> open = new ArrayDeque<>();

    private final long[] steps;
    private Optional<Failure> failure = Optional.empty();

    private LocalGroup(List<Device> devices, Exchange exchange) {
        this.exchange = exchange;
        steps = new long[devices.size()];
        for (int rank = 0; rank < devices.size(); rank++) {
            members.add(new LocalMember(this, rank, devices.get(rank), DEADLINE));
        }
    }

    /** @param forced for all-reduces of any size, whatever the model says */
    static LocalGroup open(List<Device> devices, Optional<AllReduceAlgorithm> forced) {
        if (devices.isEmpty() || devices.size() > MOST_RANKS) {
            throw new IllegalArgumentException("a group has 1 to " + MOST_RANKS + " devices, not " + devices.size());
        }
        Device first = devices.get(0);
        for (Device device : devices) {
            if (device.onHost() != first.onHost() || !device.reaches(first) || !first.reaches(device)) {
                throw new IllegalArgumentException(
                        first.name() + " and " + device.name() + " do not reach each other's memory");
            }
        }
        if (first.onHost()) {
            if (forced.isPresent()) {
                throw new IllegalArgumentException(first.name() + " has one way to all-reduce, not " + forced.get());
            }
            return new LocalGroup(devices, new HostExchange(first, devices.size()));
        }
        if (devices.stream().distinct().count() < devices.size()) {
            throw new IllegalArgumentException("a device that is two ranks would wait for itself: "
                    + devices.stream().map(Device::name).toList() + "; another() gives it a second queue");
        }
        return new LocalGroup(devices, new KernelExchange(devices, forced));
    }

    @Override
    public int size() {
        return steps.length;
    }

    @Override
    public List<Member> members() {
        return List.copyOf(members);
    }

    /** A rank comes to its next step, and gives {@code tensors} away. */
    Work come(int rank, Call call, TensorLease tensors, Duration deadline) {
        lock.lock();
        try {
            long step = steps[rank];
            if (failure.isPresent()) {
                tensors.close();
                throw failed(failure.get(), rank, step, call.bytes());
            }
            steps[rank]++;
            Meeting meeting = meeting(step);
            meeting.come(rank, call, tensors, System.nanoTime() + deadline.toNanos());
            if (meeting.isComplete()) {
                open.remove(meeting);
                begin(meeting);
            }
            return new LocalWork(this, meeting, rank);
        } finally {
            lock.unlock();
        }
    }

    private Meeting meeting(long step) {
        for (Meeting meeting : open) {
            if (meeting.step() == step) {
                return meeting;
            }
        }
        Meeting meeting = new Meeting(step, size());
        open.add(meeting);
        return meeting;
    }

    private void begin(Meeting meeting) {
        Optional<String> dispute = meeting.dispute();
        if (dispute.isPresent()) {
            fail(CollectiveException.Reason.MISMATCH, dispute.get(), null);
            return;
        }
        try {
            meeting.begin(exchange);
            changed.signalAll();
        } catch (RuntimeException e) {
            fail(CollectiveException.Reason.FAILED, e.getMessage(), e);
        }
    }

    /** The first failure stays. */
    private void fail(CollectiveException.Reason reason, String message, Throwable cause) {
        if (failure.isEmpty()) {
            failure = Optional.of(new Failure(reason, message, cause));
        }
        open.forEach(Meeting::abandon);
        open.clear();
        changed.signalAll();
    }

    private static CollectiveException failed(Failure failure, int rank, long step, long bytes) {
        return new CollectiveException(failure.reason, rank, step, bytes, failure.message, failure.cause);
    }

    /** Whether a rank would not have to wait for others. */
    boolean isOver(Meeting meeting) {
        lock.lock();
        try {
            return meeting.hasBegun() || failure.isPresent();
        } finally {
            lock.unlock();
        }
    }

    void await(Meeting meeting, int rank) {
        lock.lock();
        try {
            while (!meeting.hasBegun() && failure.isEmpty()) {
                long left = meeting.deadline(rank) - System.nanoTime();
                if (left <= 0) {
                    fail(CollectiveException.Reason.TIMEOUT, meeting.absent(), null);
                } else {
                    changed.awaitNanos(left);
                }
            }
            if (!meeting.hasBegun()) {
                throw failed(failure.orElseThrow(), rank, meeting.step(), meeting.bytes(rank));
            }
        } catch (InterruptedException e) {
            fail(CollectiveException.Reason.PEER_LOST, "rank " + rank + " was interrupted", e);
            Thread.currentThread().interrupt();
            throw new CollectiveException(
                    CollectiveException.Reason.INTERRUPTED,
                    rank,
                    meeting.step(),
                    meeting.bytes(rank),
                    "interrupted while waiting",
                    e);
        } finally {
            lock.unlock();
        }
        finish(meeting, rank);
    }

    private void finish(Meeting meeting, int rank) {
        Failure found;
        try {
            OptionalInt missing = exchange.finish(rank);
            if (missing.isEmpty()) {
                return;
            }
            found = new Failure(
                    CollectiveException.Reason.TIMEOUT,
                    "rank " + missing.getAsInt() + " did not come to " + meeting.describe() + " on its device in time",
                    null);
        } catch (RuntimeException e) {
            found = new Failure(CollectiveException.Reason.FAILED, e.getMessage(), e);
        }
        exchange.settle();
        lock.lock();
        try {
            fail(found.reason, found.message, found.cause);
            throw failed(failure.orElseThrow(), rank, meeting.step(), meeting.bytes(rank));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (failure.isEmpty() || failure.get().reason != CollectiveException.Reason.CLOSED) {
                failure = Optional.of(new Failure(CollectiveException.Reason.CLOSED, "the group is closed", null));
                fail(CollectiveException.Reason.CLOSED, "the group is closed", null);
                exchange.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
