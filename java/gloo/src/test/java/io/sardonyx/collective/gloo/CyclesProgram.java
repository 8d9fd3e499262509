package io.sardonyx.collective.gloo;

import io.sardonyx.collective.EnvironmentRendezvous;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Rendezvous;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** One rank of {@link GlooCyclesTest}: joins, sums and closes, again and again, and looks at what the process holds meanwhile. */
final class CyclesProgram {
    private static final int CYCLES = 400;
    /** The allocator has its arenas and the JVM its code by then. */
    private static final int SETTLED = 100;

    private static final int COUNT = 1_000_000_000 / 4 / CYCLES + 1;
    /** A leak of a buffer, a thread's stack or a connection in each cycle would be at least 64 KiB times 300. */
    private static final long MOST_KIB = 10_000;

    private record Held(long threads, long descriptors, long kib) {
        static Held now() throws IOException {
            return new Held(status("Threads:"), openFiles(), status("VmRSS:"));
        }

        private static long status(String name) throws IOException {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }

        private static long openFiles() throws IOException {
            try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
                return open.count();
            }
        }
    }

    private CyclesProgram() {}

    public static void main(String[] arguments) throws Exception {
        Held settled = null;
        try (Rendezvous rendezvous = EnvironmentRendezvous.open();
                Tensor tensor = Tensor.full(DType.FLOAT32, 1, COUNT)) {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                if (cycle == SETTLED) {
                    settled = Held.now();
                }
                try (Group group = Group.join(rendezvous, Ranks.cpu())) {
                    group.member(rendezvous.rank())
                            .allReduce(tensor, Reduction.MAX)
                            .await();
                }
            }
            Held last = Held.now();
            System.out.println("after " + SETTLED + ": " + settled + ", after " + CYCLES + ": " + last);
            if (last.threads > settled.threads + 2
                    || last.descriptors > settled.descriptors + 2
                    || last.kib > settled.kib + MOST_KIB
                    || tensor.get("-1").item() != 1) {
                throw new AssertionError("something is left of every group");
            }
        }
    }
}
