package io.sardonyx.bench.measure;

import io.sardonyx.bench.ChildProcess;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.contender.UnsupportedProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The processes of all contenders for one number of threads. What is missing is told to the findings. */
final class Crew implements AutoCloseable {
    private final Map<Seat, ChildProcess> processes = new LinkedHashMap<>();

    /** Who computes where. */
    record Seat(Contender contender, String device) {
        @Override
        public String toString() {
            return device.equals("cpu") ? contender.toString() : contender + " on " + device;
        }
    }

    /** Starts what there is. */
    Crew(List<Seat> seats, int threads, Findings findings) {
        try {
            for (Seat seat : seats) {
                ChildProcess process = ChildProcess.of(seat.contender.toString(), threads);
                processes.put(seat, process);
                try {
                    findings.version(seat.contender.toString(), process.ask("version"));
                } catch (UnsupportedProblemException e) {
                    findings.absent(seat.contender.toString(), e.getMessage());
                    processes.remove(seat).close();
                }
            }
        } catch (RuntimeException e) {
            kill();
            throw e;
        }
    }

    /** Of those that open what they are asked to; the others are absent for {@code what}. */
    List<Participant> open(
            String what,
            Function<Seat, Object[]> command,
            Function<Participant.Remote, Participant> as,
            Findings findings) {
        List<Participant> participants = new ArrayList<>();
        processes.forEach((seat, process) -> {
            try {
                process.ask(command.apply(seat));
                participants.add(as.apply(new Participant.Remote(seat.contender, seat.device, process)));
            } catch (UnsupportedProblemException e) {
                findings.absent(seat + " for " + what, e.getMessage());
            }
        });
        return participants;
    }

    /** The process of a seat that there is. */
    ChildProcess process(Seat seat) {
        return processes.get(seat);
    }

    /** Ends all at once. */
    void kill() {
        processes.values().forEach(ChildProcess::kill);
    }

    @Override
    public void close() {
        processes.values().forEach(ChildProcess::close);
    }
}
