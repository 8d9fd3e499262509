package io.sardonyx.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The settings of every class here; JMH's command line overrides each of them.
 *
 * <ul>
 *   <li>Forks: two JVMs of its own for each line, because what the compiler inlines differs from one JVM to the next by more than it
 *       does within one, and nothing that ran before may have taught it.
 *   <li>Warm-up: 5 s, for the optimising compiler, which wants many thousand calls and a core of its own. Where the iterations that
 *       JMH prints still fall, give it more: {@code -wi 10}.
 *   <li>Samples: 5 of 1 s in each JVM, so that the error that JMH prints is that of both.
 *   <li>State: one for each thread, so that {@code -t 2} measures two callers and not their quarrel about one tensor.
 *   <li>Mode: the average, in nanoseconds; a single call is too short for the clock.
 *   <li>Threads of the kernels: as many as the machine has cores; {@code -jvmArgsAppend -Dsardonyx.threads=1} sets them.
 * </ul>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
abstract class CallBenchmark {}
