package io.sardonyx.bench.contender;

import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.HostTensor;
import java.util.List;
import java.util.Optional;

/**
 * An adapter to something that computes. A new one is a class that implements this, and its constructor in the line of {@link
 * Contender} that names it; nothing else knows it. It is made in a JVM that runs no other contender, which is stopped by a signal
 * between its turns, so it may spin inside a run. Its constructor must not load the library: only {@link #absence}, {@link #version}
 * and {@link #open} may, so that the table can be printed where there is none.
 */
public interface Library {
    /** Why it cannot be used here, and what to do about it, in one sentence; empty where it can. */
    Optional<String> absence();

    /** As it says itself: {@code 0.3.30 (SkylakeX)}. */
    String version();

    /**
     * Makes a problem ready, by the best settings that the library has for so many threads.
     *
     * @param inputs the values of the problem's operands, which the call copies if it needs them later
     * @throws UnsupportedProblemException if the library has no such operation or type
     */
    Call open(Problem problem, List<HostTensor> inputs, Setting setting);
}
