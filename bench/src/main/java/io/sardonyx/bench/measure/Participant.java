package io.sardonyx.bench.measure;

import io.sardonyx.bench.ChildProcess;
import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.record.Measurement.Cache;
import java.util.List;

/** A contender on a device, in a process of its own, as {@link Turns} see it. */
interface Participant extends AutoCloseable {
    Contender contender();

    /** What its line says: a contender may have several. */
    default String name() {
        return contender().toString();
    }

    String device();

    /** Runs once, and compares the result with what it has to be. */
    void verify();

    /** Warms up for at most so long; gives the calls of a sample. */
    int warm(double seconds, Cache cache);

    /** At least one sample. */
    List<Sample> sample(double seconds, Cache cache);

    @Override
    void close();

    /** One whose process computes what it was asked to open. */
    record Remote(Contender contender, String device, ChildProcess process) implements Participant {
        @Override
        public void verify() {
            process.ask("verify");
        }

        @Override
        public int warm(double seconds, Cache cache) {
            return Integer.parseInt(process.ask("warm", seconds, cache));
        }

        @Override
        public List<Sample> sample(double seconds, Cache cache) {
            return Sampler.parse(process.ask("sample", seconds, cache));
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
