package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** all_reduce_rms_norm.*: the residual has the bits of an all-reduce and an addition, and y is its norm. */
@Tag("simulator")
class RmsNormKernelTest {
    private static final int ROWS = 5;
    private static final double EPSILON = 1e-5;

    @TestFactory
    Stream<DynamicTest> everyType() {
        return Ranks.kinds().stream()
                .filter(kind -> kind.device().equals("sim") && (kind.ranks() == 2 || kind.ranks() == 4))
                .flatMap(kind -> Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)
                        .flatMap(dtype -> Stream.of(4, 72, 2056)
                                .map(n -> DynamicTest.dynamicTest(
                                        kind + ", rows of " + n + " " + dtype,
                                        () -> check(kind.devices(), dtype, n)))));
    }

    private static void check(List<Device> devices, DType dtype, int n) {
        int ranks = devices.size();
        List<HostTensor> x = Ranks.values(ranks, dtype, (long) ROWS * n);
        HostTensor residual = Ranks.values(dtype, 100, (long) ROWS * n);
        HostTensor weight = Ranks.values(dtype, 200, n);
        List<Memory> all = new ArrayList<>();
        List<Memory> in = new ArrayList<>();
        List<Memory> shared = new ArrayList<>();
        List<TensorType> types =
                new ArrayList<>(Collections.nCopies(ranks, x.get(0).type()));
        for (int r = 0; r < ranks; r++) {
            in.add(on(devices.get(r), x.get(r)));
            shared.add(on(devices.get(r), HostTensor.allocate(x.get(r).type())));
        }
        TensorType workspace = TensorType.of(DType.UINT8, 4L * ranks * AllReduceAlgorithm.ONE_SHOT.mostBytes() + (1 << 13));
        for (Device device : devices) {
            shared.add(on(device, HostTensor.allocate(workspace)));
            types.add(workspace);
        }
        types.add(residual.type());
        types.add(weight.type());
        List<Memory> residuals = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            residuals.add(on(devices.get(rank), residual));
            List<Memory> outputs = new ArrayList<>(shared);
            outputs.add(residuals.get(rank));
            Memory weights = on(devices.get(rank), weight);
            outputs.add(weights);
            all.add(weights);
            Launch launch = KernelExchange.tensors("all_reduce_rms_norm." + dtype.key(), ranks)
                    .output(2 * ranks)
                    .output(2 * ranks + 1)
                    .params(rank, ranks, 1, Reduction.SUM.ordinal(), 2)
                    .params(1_000_000_000, 99, 0)
                    .param(EPSILON);
            devices.get(rank)
                    .launch(
                            launch,
                            Collections.nCopies(ranks, x.get(0).type()),
                            in.toArray(Memory[]::new),
                            types,
                            outputs.toArray(Memory[]::new));
        }
        HostTensor sum = ReferenceReduction.of(x, Reduction.SUM);
        HostTensor expected = HostTensor.allocate(sum.type());
        for (int i = 0; i < sum.size(); i++) {
            expected.set(i, (float) residual.getDouble(i) + (float) sum.getDouble(i));
        }
        for (int rank = 0; rank < ranks; rank++) {
            assertEquals(
                    expected.data(),
                    HostTensor.read(sum.type(), residuals.get(rank), 0).data());
            checkNorm(expected, weight, HostTensor.read(sum.type(), shared.get(rank), 0), n);
        }
        all.addAll(in);
        all.addAll(shared);
        all.addAll(residuals);
        all.forEach(Memory::close);
    }

    private static void checkNorm(HostTensor residual, HostTensor weight, HostTensor y, int n) {
        double bits = y.dtype() == DType.FLOAT32 ? 0x1p-20 : y.dtype() == DType.FLOAT16 ? 0x1p-10 : 0x1p-7;
        for (int row = 0; row < ROWS; row++) {
            double squares = 0;
            for (int k = 0; k < n; k++) {
                squares += Math.pow(residual.getDouble(row * n + k), 2);
            }
            double scale = 1 / Math.sqrt(squares / n + EPSILON);
            for (int k = 0; k < n; k++) {
                double right = residual.getDouble(row * n + k) * scale * weight.getDouble(k);
                assertEquals(right, y.getDouble(row * n + k), Math.abs(right) * bits + 1e-7, "row " + row + ", " + k);
            }
        }
    }

    private static Memory on(Device device, HostTensor value) {
        Memory memory = device.allocate(value.type().byteSize());
        ByteBuffer bytes = value.data().duplicate();
        memory.write(0, bytes.rewind());
        return memory;
    }
}
