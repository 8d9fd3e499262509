package io.sardonyx.tensor;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.op.DynamicOperator;
import io.sardonyx.op.Evaluation;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.Subgraph;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.op.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs one operator at once, through the same definitions and kernels as a model's nodes. */
final class Eager {
    private Eager() {}

    static Tensor run(TensorOperator operator, Tensor... inputs) {
        return run(operator, 1, inputs).get(0);
    }

    static List<Tensor> run(TensorOperator operator, int outputs, Tensor... inputs) {
        Device device = inputs[0].device();
        Tensor[] dense = new Tensor[inputs.length];
        Memory[] memories = new Memory[inputs.length];
        int leased = 0;
        try {
            for (; leased < inputs.length; leased++) {
                if (inputs[leased].device() != device) {
                    throw new IllegalArgumentException(operator.name() + ": operands are on " + device.name() + " and "
                            + inputs[leased].device().name() + "; bring them together with to()");
                }
                dense[leased] = inputs[leased].dense();
                memories[leased] = dense[leased].lease();
            }
            return launch(operator, outputs, device, dense, memories);
        } finally {
            for (int i = 0; i < leased; i++) {
                dense[i].endLease();
                if (dense[i] != inputs[i]) {
                    dense[i].close();
                }
            }
        }
    }

    private static List<Tensor> launch(
            TensorOperator operator, int outputs, Device device, Tensor[] inputs, Memory[] memories) {
        List<TensorType> inputTypes = new ArrayList<>(inputs.length);
        for (Tensor input : inputs) {
            inputTypes.add(input.type());
        }
        HostTensor[] values = new HostTensor[inputs.length];
        InputTypes types = InputTypes.of(inputTypes, outputs, i -> value(values, i, inputs, memories), i -> false);
        List<TensorType> outputTypes = operator.infer(types);
        boolean strings = outputTypes.stream().anyMatch(t -> t.dtype() == DType.STRING)
                || inputTypes.stream().anyMatch(t -> t.dtype() == DType.STRING);
        Optional<Launch> launch =
                strings ? Optional.empty() : operator.launch(types, outputTypes).flatMap(device::choose);
        if (launch.isEmpty()) {
            if (!strings && !device.onHost() && !device.kernels().isEmpty()) {
                throw lacking(operator, device, inputTypes);
            }
            for (int i = 0; i < inputs.length; i++) {
                value(values, i, inputs, memories);
            }
            return reference(operator, device, values, outputTypes);
        }
        Memory[] results = new Memory[outputTypes.size()];
        try {
            for (int j = 0; j < results.length; j++) {
                results[j] = device.allocate(outputTypes.get(j).byteSize());
            }
            device.launch(launch.get(), inputTypes, memories, outputTypes, results);
        } catch (RuntimeException | Error e) {
            for (Memory result : results) {
                if (result != null) {
                    result.close();
                }
            }
            throw e;
        }
        List<Tensor> tensors = new ArrayList<>(results.length);
        for (int j = 0; j < results.length; j++) {
            tensors.add(Tensor.adopt(outputTypes.get(j), device, results[j]));
        }
        return tensors;
    }

    /** Java would do it, as it does all for a device without any kernel, but after copies there and back that nobody asked for. */
    private static DeviceException lacking(TensorOperator operator, Device device, List<TensorType> types) {
        return new DeviceException(
                operator.name(),
                DeviceException.Code.UNSUPPORTED,
                operator.name() + ": " + device.name() + " has no kernel for "
                        + types.stream().map(TensorType::toString).collect(Collectors.joining(", "))
                        + "; cast() to another type, or bring the operands to the host with to()");
    }

    private static List<Tensor> reference(
            TensorOperator operator, Device device, HostTensor[] values, List<TensorType> outputTypes) {
        List<HostTensor> results =
                outputTypes.stream().map(HostTensor::allocate).toList();
        operator.reference(Inputs.of(values), results);
        return results.stream().map(result -> Tensor.of(result, device)).toList();
    }

    /** Input {@code i} as Java sees it: fetched once, when it is asked for. */
    private static HostTensor value(HostTensor[] values, int i, Tensor[] inputs, Memory[] memories) {
        if (values[i] == null) {
            values[i] = inputs[i].dtype() == DType.STRING
                    ? inputs[i].toHost()
                    : HostTensor.view(inputs[i].type(), memories[i], 0);
        }
        return values[i];
    }

    /** Operators whose output types only their evaluation tells. */
    static List<Tensor> run(DynamicOperator operator, int outputs, Tensor... inputs) {
        List<HostValue> values =
                Arrays.stream(inputs).<HostValue>map(Tensor::toHost).toList();
        return operator.evaluate(Values.of(values), new NoSubgraphs(outputs)).stream()
                .map(value -> Tensor.of((HostTensor) value, inputs[0].device()))
                .toList();
    }

    private record NoSubgraphs(int outputs) implements Evaluation {
        @Override
        public List<HostValue> run(Subgraph body, List<? extends HostValue> inputs) {
            throw new IllegalArgumentException("an eager operation has no subgraphs");
        }

        @Override
        public void checkpoint() {}
    }
}
