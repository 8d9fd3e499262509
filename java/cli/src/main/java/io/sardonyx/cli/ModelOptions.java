package io.sardonyx.cli;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of every command that loads a model. */
final class ModelOptions {
    @Option(names = "--device", paramLabel = "NAME", description = "cpu, reference, …; the best one without this")
    private Optional<String> device = Optional.empty();

    @Option(
            names = "--require-device",
            description = "refuse a model with nodes that the device has no kernel for; without this, Java runs those")
    private boolean required;

    @Option(names = "--threads", paramLabel = "N", description = "threads for each run; all cores without this")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--dim",
            paramLabel = "SYMBOL=SIZE",
            description = "fixes a symbolic dimension, as in --dim batch=2")
    private Map<String, Long> dims = new LinkedHashMap<>();

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description =
                    "of float32: strict, float32 (the default) or fast, which lets a GPU round operands of products to tf32")
    private Optional<Precision> precision = Optional.empty();

    Map<String, Long> dims() {
        return dims;
    }

    boolean isDeviceRequired() {
        return required;
    }

    ModelBuilder configure(ModelBuilder builder) {
        Device where = device.map(Devices::get).orElseGet(Devices::best);
        builder.device(required ? DevicePolicy.require(where) : DevicePolicy.prefer(where));
        threads.ifPresent(builder::threads);
        precision.ifPresent(builder::precision);
        dims.forEach(builder::bind);
        return builder;
    }

    ModelBuilder builder(Path model) {
        if (!Files.exists(model)) {
            throw new IllegalArgumentException("there is no file " + model);
        }
        return configure(Model.builder(model));
    }
}
