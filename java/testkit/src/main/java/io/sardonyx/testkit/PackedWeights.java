package io.sardonyx.testkit;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Pack;
import io.sardonyx.device.Memory;
import io.sardonyx.op.TensorOperator;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/** A weight that an operator says is always packed so is packed so by its launch, and comes back from it bit by bit. */
final class PackedWeights {
    /** Winograd's transformation rounds: no kernel undoes it. */
    private static final String ROUNDING = "conv_winograd.pack.f32";

    private PackedWeights() {}

    static void check(TensorOperator operator, Device device, Launch launch, List<HostTensor> inputs) {
        for (Launch.Argument argument : launch.arguments()) {
            if (argument instanceof Launch.Argument.Packed packed) {
                HostTensor weight = inputs.get(packed.index());
                Optional<Pack> promised = operator.pack(packed.index(), weight.type());
                if (promised.isPresent()) {
                    require(
                            promised.get().equals(packed.pack()),
                            "packed by " + packed.pack() + ", promised " + promised.get());
                    if (!packed.pack().kernel().equals(ROUNDING)) {
                        requireWayBack(device, packed.pack(), weight);
                    }
                }
            }
        }
    }

    private static void requireWayBack(Device device, Pack pack, HostTensor weight) {
        TensorType packedType = TensorType.of(DType.UINT8, pack.bytes());
        try (Memory plain = device.allocate(weight.type().byteSize());
                Memory packed = device.allocate(pack.bytes());
                Memory back = device.allocate(weight.type().byteSize())) {
            weight.write(plain, 0);
            launch(device, pack.kernel(), pack, weight.type(), plain, packedType, packed);
            launch(device, pack.inverse(), pack, packedType, packed, weight.type(), back);
            require(
                    HostTensor.read(weight.type(), back, 0).data().equals(weight.data()),
                    pack.inverse() + " does not bring back what " + pack.kernel() + " packed");
        }
    }

    private static void launch(
            Device device, String kernel, Pack pack, TensorType from, Memory in, TensorType to, Memory out) {
        Launch launch = Launch.ofKey(kernel).input(0).output(0);
        pack.params().forEach(launch::param);
        device.launch(launch, List.of(from), new Memory[] {in}, List.of(to), new Memory[] {out});
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
