package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Ranks that exchange tensors: the devices of one process ({@link #of}), or one device in each of several processes ({@link #join}).
 * The bits of a result are the same on every rank and in every run. Nothing waits for ever: a rank that does not come, or that dies,
 * is an exception on every other rank within the deadline, and the group has failed then.
 *
 * <pre>{@code
 * try (Group group = Group.of(Devices.get("cuda:0"), Devices.get("cuda:1"))) {
 *     group.allReduce(List.of(onFirst, onSecond), Reduction.SUM); // from one thread
 *     group.member(1).allReduce(onSecond, Reduction.SUM).await(); // or from one thread a rank
 * }
 * }</pre>
 */
public interface Group extends AutoCloseable {
    /** The deadline of calls that are given no other. */
    Duration DEADLINE = Duration.ofSeconds(30);

    /** The devices of this process, rank by rank. */
    static Group of(Device... devices) {
        return of(List.of(devices));
    }

    /**
     * The same, whose all-reduces take this algorithm whatever their size: to measure it. Calls that are larger than it carries fail.
     *
     * @throws IllegalArgumentException also for devices whose memory is the host's, which have no choice
     */
    static Group of(List<Device> devices, AllReduceAlgorithm algorithm) {
        return LocalGroup.open(devices, Optional.of(algorithm));
    }

    /**
     * The devices of this process, rank by rank; a device that is named more than once is that many ranks.
     *
     * @throws IllegalArgumentException if there are none, more than {@value LocalGroup#MOST_RANKS}, or some that cannot reach each other
     */
    static Group of(List<Device> devices) {
        return LocalGroup.open(devices, Optional.empty());
    }

    /** {@link #join(Rendezvous, Device, Duration)} with {@link #DEADLINE}. */
    static Group join(Rendezvous rendezvous, Device device) {
        return join(rendezvous, device, DEADLINE);
    }

    /**
     * This process' device as one rank among those of the other processes, connected by the engine on the class path that serves it.
     *
     * @param deadline for all processes to come and be connected
     * @throws IllegalArgumentException if no engine serves the device
     * @throws CollectiveException if a process does not come, or cannot be reached, or if the engine's library is missing
     */
    static Group join(Rendezvous rendezvous, Device device, Duration deadline) {
        return Joining.join(rendezvous, device, deadline);
    }

    /** How many ranks there are, in all processes. */
    int size();

    /** The ranks of this process. */
    List<Member> members();

    /** @throws IllegalArgumentException if that rank is not of this process */
    default Member member(int rank) {
        return members().stream()
                .filter(m -> m.rank() == rank)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("rank " + rank + " is not of this process, which has "
                        + members().stream().map(Member::rank).toList() + " of " + size()));
    }

    /** All-reduces from one thread: a tensor for each of {@link #members}, in place, and waits. */
    default void allReduce(List<Tensor> tensors, Reduction reduction) {
        if (tensors.size() != members().size()) {
            throw new IllegalArgumentException(
                    tensors.size() + " tensors for " + members().size() + " ranks of this process");
        }
        forEach(m -> m.allReduce(tensors.get(members().indexOf(m)), reduction));
    }

    /** Begins a call on every rank of this process, then waits for them all. */
    default void forEach(Function<Member, Work> call) {
        List<Work> begun = new ArrayList<>();
        members().forEach(member -> begun.add(call.apply(member)));
        begun.forEach(Work::await);
    }

    /** Ends the group; calls that wait on any rank fail. Closing twice does nothing. */
    @Override
    void close();
}
