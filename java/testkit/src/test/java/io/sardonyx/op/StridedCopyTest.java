package io.sardonyx.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.TensorType;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.TestDevices;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Copies from and to views, by the definition and by every device that has the kernel. */
class StridedCopyTest {
    private static final HostTensor MATRIX = Data.range(DType.INT64, 2, 3);

    private record View(String name, Shape shape, long start, long... strides) {}

    /** Views of 4,000 elements. */
    private static Stream<View> views() {
        return Stream.of(
                new View("a scalar", Shape.SCALAR, 3),
                new View("nothing", Shape.of(0, 5), 0, 1, 1),
                new View("all", Shape.of(4000), 0, 1),
                new View("back to front", Shape.of(40, 100), 3999, -100, -1),
                new View("columns", Shape.of(100, 37), 2, 1, 100),
                new View("every second column", Shape.of(40, 50), 1, 100, 2),
                new View("a middle block", Shape.of(5, 6, 7), 1011, 400, 20, 2),
                new View("planes of matrices that lie across", Shape.of(2, 40, 50), 0, 2000, 1, 40),
                new View("the dense axis first", Shape.of(16, 10, 25), 0, 1, 400, 16),
                new View("long rows", Shape.of(2, 1900), 90, 2000, 1),
                new View("eight axes", Shape.of(2, 2, 2, 2, 2, 2, 2, 2), 0, 1, 4, 2, 8, 16, 64, 32, 128));
    }

    @TestFactory
    Stream<DynamicTest> onEveryDevice() {
        return TestDevices.all().stream().flatMap(device -> views().flatMap(view -> Stream.of(
                        DType.UINT8, DType.FLOAT16, DType.FLOAT32, DType.FLOAT64)
                .map(dtype -> DynamicTest.dynamicTest(device.name() + ": " + view.name + " of " + dtype, () -> {
                    HostTensor all = Data.range(dtype, 4000);
                    HostTensor dense = Data.range(dtype, view.shape.toArray());
                    requireSame(device, StridedCopy.toDense(view.shape, view.start, view.strides), all, dense);
                    requireSame(device, StridedCopy.fromDense(view.shape, view.start, view.strides), dense, all);
                }))));
    }

    /** What the target holds elsewhere stays. */
    private static void requireSame(Device device, StridedCopy copy, HostTensor source, HostTensor target) {
        HostTensor expected = target.copy();
        copy.run(source, expected);
        Launch launch = copy.launch(source.dtype()).orElseThrow().input(0).output(0);
        if (device.has(launch.kernel())) {
            assertEquals(expected.data(), run(device, launch, source, target).data());
        }
    }

    private static HostTensor run(Device device, Launch launch, HostTensor source, HostTensor target) {
        List<TensorType> from = List.of(source.type());
        List<TensorType> to = List.of(target.type());
        try (Memory in = device.allocate(source.type().byteSize());
                Memory out = device.allocate(target.type().byteSize())) {
            source.write(in, 0);
            target.write(out, 0);
            device.launch(launch, from, new Memory[] {in}, to, new Memory[] {out});
            return HostTensor.read(target.type(), out, 0);
        }
    }

    @Test
    void readsAndWritesViews() {
        HostTensor columns = HostTensor.allocate(TensorType.of(DType.INT64, 2, 2));
        StridedCopy.toDense(columns.shape(), 1, 1, 3).run(MATRIX, columns);
        assertEquals(HostTensor.of(Shape.of(2, 2), 1L, 4L, 2L, 5L).data(), columns.data());
        HostTensor six = HostTensor.of(Shape.of(6), 9L, 9L, 9L, 9L, 9L, 9L);
        StridedCopy.fromDense(columns.shape(), 5, -1, -3).run(columns, six);
        assertEquals(HostTensor.of(Shape.of(6), 9L, 5L, 4L, 9L, 2L, 1L).data(), six.data());
    }

    @Test
    void aViewThatReachesOutsideIsRefused() {
        for (Device device : TestDevices.all()) {
            Launch launch = StridedCopy.toDense(Shape.of(2, 3), 1, 3, 1)
                    .launch(DType.INT64)
                    .orElseThrow()
                    .input(0)
                    .output(0);
            if (device.has(launch.kernel())) {
                assertThrows(DeviceException.class, () -> run(device, launch, MATRIX, MATRIX));
            }
        }
    }
}
