package io.sardonyx.bench.contender;

import io.sardonyx.bench.define.OnnxModel;
import io.sardonyx.bench.define.Problem;
import io.sardonyx.tensor.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A library that runs ONNX models: a problem is one of a single node, whose constants are initializers. */
public interface ModelLibrary extends Library {
    /** Loads a model from a file, and keeps what is named as its inputs. */
    Call open(Path model, Map<String, HostTensor> inputs, Setting setting);

    /** Loads a model from its bytes. */
    Call open(byte[] model, Map<String, HostTensor> inputs, Setting setting);

    @Override
    default Call open(Problem problem, List<HostTensor> inputs, Setting setting) {
        Map<String, HostTensor> given = new LinkedHashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            if (!problem.operands().get(i).constant()) {
                given.put(OnnxModel.input(i), inputs.get(i));
            }
        }
        return open(OnnxModel.of(problem, inputs), given, setting);
    }
}
