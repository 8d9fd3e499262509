package io.sardonyx.collective;

import io.sardonyx.device.Device;
import java.util.List;
import java.util.Optional;

/** How kernels of our own all-reduce between devices that reach each other's memory. */
public enum AllReduceAlgorithm {
    /** Every rank sends all that it has to every other, each word with a flag of its own: for few bytes. */
    ONE_SHOT("all_reduce_one_shot", 1 << 18), // what fits the slots behind a workspace; kOneShotBytes of one_shot.h
    /** Every rank reduces its share of all tensors, and writes it to all of them, between two meetings. */
    TWO_SHOT("all_reduce_two_shot", Long.MAX_VALUE);

    private final String key;
    private final long mostBytes;

    AllReduceAlgorithm(String key, long mostBytes) {
        this.key = key;
        this.mostBytes = mostBytes;
    }

    /** What a group of these devices takes for so many bytes; empty where the host's threads do it, who have no choice. */
    public static Optional<AllReduceAlgorithm> chosen(long bytes, List<Device> devices) {
        return devices.get(0).onHost()
                ? Optional.empty()
                : Optional.of(AllReduceChoice.of(bytes, devices.size(), AllReduceChoice.processors(devices))
                        .algorithm());
    }

    /** The kernel's, without the type. */
    String key() {
        return key;
    }

    /** What it carries in one call. */
    public long mostBytes() {
        return mostBytes;
    }

    /** As in {@code one-shot}. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
