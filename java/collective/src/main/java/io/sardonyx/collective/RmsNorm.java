package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.op.Add;
import io.sardonyx.op.InputTypes;
import io.sardonyx.op.Inputs;
import io.sardonyx.op.RMSNormalization;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * What {@link Member#allReduceRmsNorm} does to a sum, where no kernel does both: an addition and ONNX's RMSNormalization, by their own
 * kernels or, on a device of the host that has none, in Java.
 *
 * @param row elements of a row
 */
record RmsNorm(long row, float epsilon) {
    /** Of calls that end with the sum. */
    static final RmsNorm NONE = new RmsNorm(0, 0);

    /** {@code out} holds the sum and becomes the norm. */
    void apply(Device device, Call call, TensorLease rank) {
        TensorType rows = TensorType.of(call.dtype(), call.count() / row, row);
        TensorType scale = TensorType.of(call.dtype(), row);
        Memory residual = rank.residual();
        run(device, new Add(), List.of(rows, rows), rows, residual, residual, rank.out());
        run(device, new RMSNormalization(-1, epsilon), List.of(rows, scale), rows, rank.out(), residual, rank.weight());
    }

    private static void run(
            Device device, TensorOperator operator, List<TensorType> types, TensorType type, Memory out, Memory... in) {
        Optional<Launch> launch = operator.launch(InputTypes.of(types.toArray(TensorType[]::new)), List.of(type))
                .flatMap(device::choose);
        if (launch.isPresent()) {
            device.launch(launch.get(), types, in, List.of(type), new Memory[] {out});
            return;
        }
        HostTensor[] values = new HostTensor[in.length];
        for (int i = 0; i < in.length; i++) {
            values[i] = HostTensor.view(types.get(i), in[i], 0);
        }
        operator.reference(Inputs.of(values), List.of(HostTensor.view(type, out, 0)));
    }
}
