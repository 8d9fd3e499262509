package io.sardonyx.bench;

import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.check.CaseFolder;
import io.sardonyx.onnx.graph.DeclaredType;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.read.TensorFiles;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Npy;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A workload's inputs, the same in every process: the parent makes them, for which it looks into the model, and the children read
 * them, so that none holds a model's bytes for their sake.
 */
final class Inputs {
    private static final long SEED = 20_261_123;

    private Inputs() {}

    /** A temporary {@code .npz} file of them. */
    static Path write(Workload workload, Path model) throws IOException {
        Path file = Files.createTempFile("sardonyx-bench-", ".npz");
        file.toFile().deleteOnExit();
        Npy.writeAll(file, of(workload, model));
        return file;
    }

    private static Map<String, HostTensor> of(Workload workload, Path file) {
        List<ValueInfo> declared = Model.inspect(file).inputs();
        return workload.shapes().isEmpty() ? ownData(declared, file) : made(declared, workload);
    }

    /** What lies beside the model. */
    private static Map<String, HostTensor> ownData(List<ValueInfo> declared, Path file) {
        Path set = new CaseFolder("", file.getParent()).dataSets().get(0);
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        for (int i = 0; i < declared.size(); i++) {
            ValueInfo input = declared.get(i);
            Path data = set.resolve("input_" + i + ".pb");
            inputs.put(input.name(), (HostTensor)
                    TensorFiles.read(data, input.type()).value());
        }
        return inputs;
    }

    private static Map<String, HostTensor> made(List<ValueInfo> declared, Workload workload) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        for (ValueInfo input : declared) {
            DeclaredType.OfTensor type = (DeclaredType.OfTensor) input.type();
            Shape shape = Shape.of(workload.shapes().get(input.name()));
            HostTensor tensor = HostTensor.allocate(new TensorType(type.dtype(), shape));
            Random random = new Random(SEED + input.name().hashCode());
            for (int i = 0; i < tensor.size(); i++) {
                if (type.dtype().isFloat()) {
                    tensor.set(i, random.nextGaussian());
                } else {
                    tensor.set(i, workload.ones().contains(input.name()) ? 1L : random.nextInt(2));
                }
            }
            inputs.put(input.name(), tensor);
        }
        return inputs;
    }
}
