package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.DType;
import java.time.Duration;
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

    @TestFactory
    Stream<DynamicTest> everyKernel() {
        Ranks.kinds();
        List<Device> devices = new Ranks.Kind("sim", RANKS).devices();
        return Stream.of(
                        "all_reduce_one_shot.f32",
                        "all_reduce_two_shot.f32",
                        "all_reduce_multimem.f32",
                        "reduce_scatter.f32",
                        "all_gather.u8",
                        "broadcast.u8")
                .map(key -> DynamicTest.dynamicTest(key, () -> check(key, devices)));
    }

    private static void check(String key, List<Device> devices) {
        DType dtype = key.endsWith("f32") ? DType.FLOAT32 : DType.UINT8;
        try (var launch = new JointLaunch(devices, Ranks.values(RANKS, dtype, 12))) {
            for (int rank = 0; rank < RANKS; rank++) {
                if (rank != MISSING) {
                    launch.run(
                            rank,
                            launch.params(launch.tensors(key), rank, Reduction.SUM, Duration.ofMillis(50)),
                            List.of(),
                            List.of());
                }
            }
            for (int rank = 0; rank < RANKS; rank++) {
                long[] expected = rank == MISSING ? new long[2] : new long[] {1 + MISSING, JointLaunch.STEP};
                assertArrayEquals(expected, launch.verdict(rank), "rank " + rank);
            }
        }
    }
}
