package io.sardonyx.bench.measure;

import com.google.gson.Gson;
import io.sardonyx.bench.contender.Call;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.device.Device;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A child's side of sampling: one {@link Sampler} for each state of the caches. Answers are one line each. */
public final class CallSampling {
    private final Call call;
    private final Map<Cache, Sampler> samplers = new EnumMap<>(Cache.class);

    public CallSampling(Call call) {
        this.call = call;
    }

    /** Warms up, and says how many calls a sample has. */
    public String warm(double seconds, Cache cache) {
        Sampler sampler = samplers.computeIfAbsent(cache, this::sampler);
        sampler.warmUp(seconds);
        return Integer.toString(sampler.calls());
    }

    /** Samples as numbers; see {@link Sampler#parse}. */
    public String sample(double seconds, Cache cache) {
        return Sampler.words(samplers.get(cache).samples(seconds));
    }

    /** The CPU's roofs as JSON. */
    public static String roofs(Device device) {
        return new Gson().toJson(CpuRoofs.measure(device, CpuCaches.here()));
    }

    private Sampler sampler(Cache cache) {
        Runnable flush = cache == Cache.COLD ? Flush.HERE : () -> {};
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean(); // null if all is interpreted
        LongSupplier compilation = compiler == null ? () -> 0 : compiler::getTotalCompilationTime;
        return new Sampler(call, cache, flush, Pulse.HERE, compilation, System::nanoTime);
    }

    /** A process has one. */
    private static final class Pulse {
        static final ClockPulse HERE = new ClockPulse();
    }

    /** A process has one, if it measures without caches. */
    private static final class Flush {
        static final CacheFlush HERE = new CacheFlush(CpuCaches.here());
    }
}
