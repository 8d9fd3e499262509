package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Groups to test, and what their ranks hold. */
final class Ranks {
    /** Whether the simulated GPUs look at every access. */
    static final boolean CHECKED = System.getProperty("sardonyx.sim", "fast").equals("checked");

    private Ranks() {}

    /** Kind of device and number of ranks, as far as they are here; {@code virtual} are ranks that share a GPU. */
    record Kind(String device, int ranks) {
        List<Device> devices() {
            if (device.equals("virtual")) {
                Device first = Devices.get("sim:0");
                return Stream.concat(
                                Stream.of(first),
                                Stream.generate(first::another).limit(ranks - 1L))
                        .toList();
            }
            return IntStream.range(0, ranks)
                    .mapToObj(r -> Devices.get(device.equals("sim") ? "sim:" + r : device))
                    .toList();
        }

        Group open() {
            return Group.of(devices());
        }

        @Override
        public String toString() {
            return ranks + " x " + device;
        }
    }

    /** @throws org.opentest4j.TestAbortedException if no native device is here */
    static List<Kind> kinds() {
        List<String> names = Devices.all().stream().map(Device::name).toList();
        Assumptions.assumeTrue(names.contains("sim:7"), "eight simulated GPUs; here are " + names);
        List<Kind> kinds = new ArrayList<>();
        for (String device : CHECKED ? List.of("sim", "virtual") : List.of("reference", "cpu", "sim", "virtual")) {
            for (int ranks : new int[] {1, 2, 3, 4, 8}) {
                if (!device.equals("virtual") || ranks == 2 || ranks == 4) {
                    kinds.add(new Kind(device, ranks));
                }
            }
        }
        return kinds;
    }

    static HostTensor values(DType dtype, int rank, long size) {
        return CollectiveCheck.values(dtype, rank, size);
    }

    static List<HostTensor> values(int ranks, DType dtype, long size) {
        return IntStream.range(0, ranks).mapToObj(r -> values(dtype, r, size)).toList();
    }

    /** A tensor on each member's device. */
    static List<Tensor> spread(Group group, IntFunction<HostTensor> values) {
        return group.members().stream()
                .map(m -> Tensor.of(values.apply(m.rank()), m.device()))
                .toList();
    }

    static List<Tensor> zeros(Group group, DType dtype, long size) {
        return spread(group, r -> HostTensor.allocate(TensorType.of(dtype, size)));
    }

    static HostTensor floats(float... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }
}
