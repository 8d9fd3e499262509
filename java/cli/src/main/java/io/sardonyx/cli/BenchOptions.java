package io.sardonyx.cli;

import io.sardonyx.bench.contender.Contender;
import io.sardonyx.bench.define.Axis;
import io.sardonyx.bench.define.Benchmark;
import io.sardonyx.bench.define.ShapeList;
import io.sardonyx.bench.measure.Plan;
import io.sardonyx.bench.record.Measurement.Cache;
import io.sardonyx.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What all commands that measure by turns have. */
final class BenchOptions {
    @Option(
            names = "--axis",
            paramLabel = "AXIS",
            converter = AxisConverter.class,
            description =
                    "sizes along an axis: m=64,128 or m=512:8192:*2 or m=1:9:+2; more than one axis means all combinations")
    private List<Axis> axes = new ArrayList<>();

    @Option(
            names = "--device",
            split = ",",
            paramLabel = "NAME",
            description = "cpu, cuda:0, sim:0 (counts only), reference (default ${DEFAULT-VALUE})",
            defaultValue = "cpu")
    private List<String> devices;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "of the host, for all contenders alike (default ${DEFAULT-VALUE})",
            defaultValue = "1")
    private List<Integer> threads;

    @Option(
            names = "--against",
            split = ",",
            paramLabel = "NAME",
            converter = ContenderConverter.class,
            description = "onnxruntime, openblas, onednn, pytorch; on GPUs cublas, cudnn; they take turns with us")
    private List<Contender> against = new ArrayList<>();

    @Option(
            names = "--cache",
            split = ",",
            paramLabel = "STATE",
            description =
                    "warm, cold or both: what of the operands lies in the caches when a call begins (default: warm, on GPUs cold)")
    private List<Cache> caches = new ArrayList<>();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "of samples for a line; fewer if they are steady before (default ${DEFAULT-VALUE})",
            defaultValue = "1")
    private double seconds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "of all data (default ${DEFAULT-VALUE})",
            defaultValue = "1")
    private long seed;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "also writes everything there, with all samples and where it comes from")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--csv", paramLabel = "FILE", description = "also writes the lines there")
    private Optional<Path> csv = Optional.empty();

    /** @throws IllegalArgumentException if it makes no sense, in one line */
    Plan plan(List<Benchmark> benchmarks, Optional<ShapeList> shapes, List<DType> dtypes) {
        return new Plan(benchmarks, axes, shapes, dtypes, devices, threads, against, caches, seconds, seed);
    }

    long seed() {
        return seed;
    }

    Optional<Path> json() {
        return json;
    }

    Optional<Path> csv() {
        return csv;
    }

    static final class AxisConverter implements ITypeConverter<Axis> {
        @Override
        public Axis convert(String text) {
            try {
                return Axis.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class ContenderConverter implements ITypeConverter<Contender> {
        @Override
        public Contender convert(String name) {
            try {
                return Contender.of(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** By the long name or the short one of kernels: float32 or f32. */
    static final class TypeConverter implements ITypeConverter<DType> {
        @Override
        public DType convert(String name) {
            return Arrays.stream(DType.values())
                    .filter(d -> d.toString().equals(name) || d.key().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected a type such as float32, bf16 or int8, given " + name));
        }
    }
}
