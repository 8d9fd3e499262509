package io.sardonyx.collective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sardonyx.device.Device;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** all_reduce_multimem.*, where the switch adds up: numbers whose sums are right in any order, and the same bits everywhere. */
@Tag("simulator")
class MultimemKernelTest {
    @TestFactory
    Stream<DynamicTest> everyType() {
        return Ranks.kinds().stream()
                .filter(kind -> kind.device().equals("sim") && kind.ranks() > 1)
                .flatMap(kind -> Stream.of(DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16)
                        .flatMap(dtype -> Stream.of(8, 104, 4096)
                                .map(n -> DynamicTest.dynamicTest(
                                        kind + ", " + n + " " + dtype, () -> check(kind.devices(), dtype, n)))));
    }

    private static void check(List<Device> devices, DType dtype, int n) {
        int ranks = devices.size();
        List<HostTensor> values =
                IntStream.range(0, ranks).mapToObj(r -> whole(dtype, r, n)).toList();
        Reduction reduction = ranks == 4 ? Reduction.MEAN : Reduction.SUM;
        try (var launch = new JointLaunch(devices, values)) {
            for (int rank = 0; rank < ranks; rank++) {
                launch.run(
                        rank,
                        launch.params(
                                launch.tensors("all_reduce_multimem." + dtype.key()),
                                rank,
                                reduction,
                                Duration.ofSeconds(5)),
                        List.of(),
                        List.of());
            }
            HostTensor expected = ReferenceReduction.of(values, reduction);
            for (int rank = 0; rank < ranks; rank++) {
                assertEquals(expected.data(), launch.output(rank).data(), "rank " + rank);
                assertEquals(0, launch.verdict(rank)[0]);
            }
        }
    }

    private static HostTensor whole(DType dtype, int rank, int n) {
        HostTensor tensor = HostTensor.allocate(Ranks.values(dtype, rank, n).type());
        for (int i = 0; i < n; i++) {
            tensor.set(i, (i * 7 + rank * 3) % 11 - 5L);
        }
        return tensor;
    }
}
