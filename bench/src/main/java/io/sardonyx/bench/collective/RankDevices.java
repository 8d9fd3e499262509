package io.sardonyx.bench.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What ranks of one process run on: {@code cuda} or {@code sim}, the GPUs from number 0 on, one for each; {@code cuda:0} or {@code
 * sim:0}, virtual ranks with a queue each that share this one; or {@code cpu}, whose memory all ranks share anyway.
 */
public final class RankDevices {
    private final String name;
    private final List<Device> opened = new ArrayList<>();

    public RankDevices(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Of one rank's. */
    String name(int rank) {
        return several().isPresent() ? name + ":" + rank : name;
    }

    /**
     * For ranks from 0 to {@code ranks - 1}; those that were there before stay.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public List<Device> first(int ranks) {
        while (opened.size() < ranks) {
            opened.add(open(opened.size()));
        }
        return List.copyOf(opened.subList(0, ranks));
    }

    private Device open(int rank) {
        if (several().isPresent()) {
            return Devices.get(name(rank));
        }
        Device first = opened.isEmpty() ? Devices.get(name) : opened.get(0);
        return rank == 0 || first.onHost() ? first : first.another();
    }

    /** Whether the ranks share one GPU, and the speed of its memory. */
    boolean areVirtual() {
        return several().isEmpty() && !first(1).get(0).onHost();
    }

    /** The kind of GPU, where the name stands for all of them. */
    private Optional<String> several() {
        return Optional.of(name).filter(n -> n.equals("cuda") || n.equals("sim"));
    }
}
