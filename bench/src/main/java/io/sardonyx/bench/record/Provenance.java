package io.sardonyx.bench.record;

import java.util.List;
import java.util.Map;

/**
 * What would have to be the same to measure again.
 *
 * @param date ISO 8601, UTC, to the second
 * @param commit of the build, with {@code -dirty} where files had changed; {@code unknown} outside a checkout
 * @param command as it was typed, without the folder of the program
 * @param seed of all random data
 * @param processor the model's name
 * @param flags of the processor that kernels are chosen by, such as {@code avx512vnni}
 * @param cores that this process may use
 * @param memoryBytes of the machine
 * @param system operating system and kernel
 * @param java name and version of the virtual machine, and its flags
 * @param devices each device that took part, described by itself: a GPU with compute capability, memory, driver and clocks
 * @param versions of contenders, by name
 */
public record Provenance(
        String date,
        String commit,
        String command,
        long seed,
        String processor,
        List<String> flags,
        int cores,
        long memoryBytes,
        String system,
        String java,
        Map<String, String> devices,
        Map<String, String> versions) {
    /** Copies the collections. */
    public Provenance {
        flags = List.copyOf(flags);
        devices = Map.copyOf(devices);
        versions = Map.copyOf(versions);
    }
}
