package io.sardonyx.bench.collective;

import io.sardonyx.bench.RankProcesses;
import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.TransportProvider;
import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** All-reduces between processes on this machine, a JVM for each rank, by an engine on the class path. */
public record AllReduceProcesses(AllReduceSweep sweep, String engine) {
    /** @throws IllegalArgumentException if there is no such engine, or if it does not serve the devices */
    public void run(RankDevices devices, int ranks, AllReduceSweep.Listener listener) {
        requireEngine(Devices.get(devices.name(0)));
        if (sweep.algorithm().isPresent()) {
            throw new IllegalArgumentException(engine + " chooses its own algorithm, not "
                    + sweep.algorithm().get());
        }
        try (RankProcesses processes = new RankProcesses(
                ranks,
                rank -> RankProcesses.java(AllReduceRank.class, AllReduceRank.arguments(devices.name(rank), sweep)))) {
            for (long bytes : sweep.sizes()) {
                processes.tell(Long.toString(bytes));
                List<String> answers = processes.hear("its process has ended");
                requireTimes(answers, bytes);
                listener.timed(new AllReduceResult(
                        devices.name(),
                        engine,
                        ranks,
                        bytes,
                        sweep.dtype(),
                        sweep.reduction(),
                        Optional.empty(),
                        Quartiles.parse(answers.get(0).substring(AllReduceRank.OK.length())),
                        Optional.empty()));
            }
        }
    }

    private void requireEngine(Device device) {
        List<TransportProvider> engines = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        TransportProvider provider = engines.stream()
                .filter(e -> e.name().equals(engine))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no engine '" + engine
                        + "'; there are local"
                        + engines.stream().map(e -> ", " + e.name()).collect(Collectors.joining())));
        if (!provider.serves(device)) {
            throw new IllegalArgumentException(engine + " does not connect processes on " + device.name());
        }
    }

    /** What is wrong on one rank ends all others too; the cause is what the user wants to see. */
    private static void requireTimes(List<String> answers, long bytes) {
        for (String answer : answers) {
            if (answer.startsWith(AllReduceRank.WRONG)) {
                throw new VerificationException(answer);
            }
        }
        for (int rank = 0; rank < answers.size(); rank++) {
            if (!answers.get(rank).startsWith(AllReduceRank.OK)) {
                throw new CollectiveException(
                        CollectiveException.Reason.FAILED, rank, 0, bytes, answers.get(rank), null);
            }
        }
    }
}
