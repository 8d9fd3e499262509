package io.sardonyx.bench.contender;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.DevicePolicy;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.RunOptions;
import io.sardonyx.onnx.UnsupportedModelException;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ourselves, through the public API: a model, loaded once, on inputs that lie on its device. */
final class SardonyxLibrary implements ModelLibrary {
    @Override
    public Optional<String> absence() {
        return Optional.empty();
    }

    @Override
    public String version() {
        String version = Model.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0" : version;
    }

    @Override
    public Call open(Path model, Map<String, HostTensor> inputs, Setting setting) {
        return new ModelCall(
                Model.builder(model).threads(setting.threads()).device(Devices.get(setting.device())), inputs, false);
    }

    /** A single operator runs on the device or not at all: what Java would do instead is the reference, a device of its own. */
    @Override
    public Call open(byte[] model, Map<String, HostTensor> inputs, Setting setting) {
        Device device = Devices.get(setting.device());
        DevicePolicy where = device.kernels().isEmpty() ? DevicePolicy.prefer(device) : DevicePolicy.require(device);
        try {
            return new ModelCall(Model.builder(model).threads(setting.threads()).device(where), inputs, true);
        } catch (UnsupportedModelException e) {
            throw new UnsupportedProblemException(setting.device() + " has no kernel for it", e);
        }
    }

    private static final class ModelCall implements Call {
        private final Model model;
        private final Map<String, Tensor> inputs = new LinkedHashMap<>();
        private final boolean again;
        private RunOptions options = RunOptions.DEFAULT;
        private Outputs outputs;

        /** @param again whether all runs write where the first one did, as those of libraries of single operators do */
        ModelCall(ModelBuilder builder, Map<String, HostTensor> values, boolean again) {
            this.again = again;
            model = builder.load();
            values.forEach((name, value) ->
                    inputs.put(name, Tensor.of(value, model.device().device())));
        }

        @Override
        public void run() {
            if (again && outputs != null) {
                model.run(inputs, options).close();
                return;
            }
            drop();
            outputs = model.run(inputs);
            for (ValueInfo output : again ? model.outputs() : List.<ValueInfo>of()) {
                options = options.into(output.name(), outputs.get(output.name()));
            }
        }

        @Override
        public HostTensor output() {
            return outputs.get(0).toHost();
        }

        @Override
        public List<HostTensor> outputs() {
            return outputs.toHost().values().stream()
                    .filter(HostTensor.class::isInstance)
                    .map(HostTensor.class::cast)
                    .filter(tensor -> tensor.dtype() != DType.STRING)
                    .toList();
        }

        private void drop() {
            if (outputs != null) {
                outputs.close();
            }
        }

        @Override
        public void close() {
            drop();
            inputs.values().forEach(Tensor::close);
            model.close();
        }
    }
}
