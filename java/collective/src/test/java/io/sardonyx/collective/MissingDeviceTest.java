package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** A device whose kernel never runs: the kernels of the others end, and say whom they missed. */
@Tag("simulator")
class MissingDeviceTest {
    private static final int RANKS = 3;
    private static final int MISSING = 1;
    private static final long STEP = 5;
    private static final Duration PATIENCE = Duration.ofMillis(50);

    @TestFactory
    Stream<DynamicTest> everyKernel() {
        List<Device> devices = new Ranks.Kind("sim", Ranks.kinds().isEmpty() ? 0 : RANKS).devices();
        return Stream.of(
                        "all_reduce_one_shot.f32",
                        "all_reduce_two_shot.f32",
                        "all_reduce_two_shot.bf16",
                        "reduce_scatter.f32",
                        "all_gather.u8",
                        "broadcast.u8")
                .map(key -> DynamicTest.dynamicTest(key, () -> check(key, devices)));
    }

    private static void check(String key, List<Device> devices) {
        TensorType bytes = TensorType.of(DType.UINT8, 1 << 20);
        TensorType type = TensorType.of(
                key.endsWith("f32") ? DType.FLOAT32 : key.endsWith("bf16") ? DType.BFLOAT16 : DType.UINT8, 12);
        List<Memory> inputs = new ArrayList<>();
        List<Memory> outputs = new ArrayList<>();
        List<TensorType> outputTypes = new ArrayList<>(List.of(type, type, type));
        for (Device device : devices) {
            inputs.add(zeros(device, bytes.byteSize()));
            outputs.add(zeros(device, bytes.byteSize()));
        }
        for (Device device : devices) {
            outputs.add(zeros(device, 8 << 20));
            outputTypes.add(bytes);
        }
        for (int rank = 0; rank < RANKS; rank++) {
            if (rank != MISSING) {
                devices.get(rank)
                        .launch(
                                KernelExchange.tensors(key, RANKS)
                                        .params(rank, RANKS, STEP, Reduction.SUM.ordinal(), 2)
                                        .params(PATIENCE.toNanos(), 77, 0),
                                List.of(type, type, type),
                                inputs.toArray(Memory[]::new),
                                outputTypes,
                                outputs.toArray(Memory[]::new));
            }
        }
        for (int rank = 0; rank < RANKS; rank++) {
            ByteBuffer verdict = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            outputs.get(RANKS + rank).read(0, verdict);
            assertEquals(rank == MISSING ? 0 : 1 + MISSING, verdict.getLong(0), "rank " + rank);
            assertEquals(rank == MISSING ? 0 : STEP, verdict.getLong(8), "rank " + rank);
        }
        inputs.forEach(Memory::close);
        outputs.forEach(Memory::close);
    }

    private static Memory zeros(Device device, long bytes) {
        Memory memory = device.allocate(bytes);
        memory.write(0, ByteBuffer.allocate((int) bytes));
        return memory;
    }
}
