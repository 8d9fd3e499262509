package io.sardonyx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.check.Judge;
import io.sardonyx.onnx.check.JudgeChoice;
import io.sardonyx.onnx.proto.ModelProto;
import io.sardonyx.onnx.proto.TypeProto;
import io.sardonyx.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real model with inputs made up, as small as it takes them, on a GPU and on the CPU. */
record AgainstCpu(String model, List<HostTensor> inputs) {
    static AgainstCpu of(String model, HostTensor... inputs) {
        return new AgainstCpu(model, List.of(inputs));
    }

    /** All outputs must be the CPU's, and every node must run on the GPU. */
    void run(Path models, Device gpu) throws IOException {
        Path file = models.resolve(model).resolve("model.onnx");
        byte[] opened = opened(file);
        Judge judge = JudgeChoice.of(file);
        try (Model there = Model.builder(opened).require(gpu).load();
                Model here = Model.builder(opened).device(Devices.best()).load()) {
            Map<String, HostTensor> given = new HashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                given.put(there.inputs().get(i).name(), inputs.get(i));
            }
            try (Outputs actual = there.run(given);
                    Outputs expected = here.run(given)) {
                for (int j = 0; j < expected.size(); j++) {
                    assertEquals(
                            Optional.empty(),
                            judge.judge(actual.get(j).toHost(), expected.get(j).toHost()),
                            there.outputs().get(j).name());
                }
            }
        }
    }

    /** The model, with any height and width of its first input, if that is a picture. */
    private static byte[] opened(Path file) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        TypeProto.Tensor.Builder picture =
                model.getGraphBuilder().getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder();
        if (picture.getShape().getDimCount() == 4) {
            for (int axis = 2; axis < 4; axis++) {
                picture.getShapeBuilder().getDimBuilder(axis).clear().setDimParam("size" + axis);
            }
            model.getGraphBuilder().clearValueInfo();
            model.getGraphBuilder().getOutputBuilderList().forEach(output -> output.clearType());
        }
        return model.build().toByteArray();
    }
}
