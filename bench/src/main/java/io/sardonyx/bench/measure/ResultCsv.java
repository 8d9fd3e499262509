package io.sardonyx.bench.measure;

import io.sardonyx.bench.record.Measurement;
import io.sardonyx.bench.record.Ratio;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A record's lines as comma-separated values, with a header that has the units; samples are only in JSON. */
public final class ResultCsv {
    private static final String HEADER =
            "benchmark,axes,dtype,device,threads,contender,instrument,cache,flops,bytes,median_ns,quartile1_ns,quartile3_ns,"
                    + "p99_ns,noise,samples,calls,dropped,stopped_by,of_roof,roof,speed_up,speed_up_low,speed_up_high,speed_up_to,"
                    + "counts";

    private ResultCsv() {}

    /** One line for each measurement, behind the header. */
    public static String text(List<Measurement> lines) {
        return HEADER + "\n" + lines.stream().map(line -> line(line) + "\n").collect(Collectors.joining());
    }

    private static String line(Measurement m) {
        Optional<Ratio> ratio = m.ratio();
        return List.of(
                        m.benchmark(),
                        pairs(m.axes()),
                        m.dtype(),
                        m.device(),
                        m.threads(),
                        m.contender(),
                        m.instrument(),
                        m.cache(),
                        m.flops(),
                        m.bytes(),
                        m.times().median(),
                        m.times().low(),
                        m.times().high(),
                        m.times().p99(),
                        m.times().noise(),
                        m.times().samples().size(),
                        m.times().calls(),
                        m.times().dropped(),
                        m.times().stoppedBy(),
                        orNothing(m.ofRoof()),
                        orNothing(m.roof()),
                        orNothing(ratio.map(Ratio::speedUp)),
                        orNothing(ratio.map(Ratio::low)),
                        orNothing(ratio.map(Ratio::high)),
                        orNothing(ratio.map(Ratio::to)),
                        pairs(m.counts()))
                .stream()
                .map(value -> quoted(value.toString()))
                .collect(Collectors.joining(","));
    }

    private static Object orNothing(Optional<?> value) {
        return value.isPresent() ? value.get() : "";
    }

    private static String pairs(Map<String, ?> map) {
        return map.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(" "));
    }

    private static String quoted(String value) {
        return value.contains(",") || value.contains("\"") ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }
}
