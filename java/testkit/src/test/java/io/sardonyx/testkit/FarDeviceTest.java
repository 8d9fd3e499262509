package io.sardonyx.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.Devices;
import io.sardonyx.device.Memory;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import io.sardonyx.testkit.OperatorTests.Result;
import io.sardonyx.testkit.OperatorTests.Status;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operators and tensors on memory that Java cannot reach, with the kernels of the best device that is here. */
class FarDeviceTest {
    private final Device near = Devices.best();
    private final Device far = new FarDevice("far:0", near);
    private final Device other = new FarDevice("far:1", near);
    private final long live = near.liveBytes();

    @AfterEach
    void nothingIsLeft() {
        assertTrue(near.liveBytes() <= live, near.liveBytes() + " bytes, before " + live);
    }

    @Test
    void operatorsDoAsTheyShould() {
        List<Result> results = OperatorTests.run(far, name -> true, result -> {});
        assertEquals(
                List.of(),
                results.stream().filter(r -> r.status() == Status.FAIL).toList());
        long byKernels = results.stream().filter(r -> r.status() == Status.PASS).count();
        assertTrue(near == ReferenceDevice.INSTANCE ? byKernels == 0 : byKernels > 1000, byKernels + " by kernels");
    }

    @Test
    void memoryIsReadAndWrittenButNotShared() {
        try (Memory memory = far.allocate(8)) {
            memory.write(2, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            ByteBuffer read = ByteBuffer.allocate(2);
            memory.read(3, read);
            assertArrayEquals(new byte[] {2, 3}, read.array());
            assertFalse(memory.onHost());
            assertThrows(IllegalStateException.class, () -> memory.buffer(0, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.read(7, ByteBuffer.allocate(2)));
            assertThrows(IndexOutOfBoundsException.class, () -> memory.write(-1, ByteBuffer.allocate(2)));
        }
    }

    /** Two blocks and a rest where copies go through the host. */
    @Test
    void memoryIsCopiedInAnyDirection() {
        int bytes = 2 * Device.LARGEST_BLOCK + 5;
        byte[] data = new byte[bytes];
        new Random(1).nextBytes(data);
        try (Memory host = ReferenceDevice.INSTANCE.allocate(bytes);
                Memory first = far.allocate(bytes + 3);
                Memory second = far.allocate(bytes + 1);
                Memory back = ReferenceDevice.INSTANCE.allocate(bytes);
                Memory elsewhere = other.allocate(1)) {
            host.write(0, ByteBuffer.wrap(data));
            far.copy(first, 3, host, 0, bytes);
            far.copy(second, 1, first, 3, bytes);
            far.copy(back, 0, second, 1, bytes);
            assertEquals(ByteBuffer.wrap(data), back.buffer(0, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> far.copy(first, 4, host, 0, bytes));
            assertThrows(IndexOutOfBoundsException.class, () -> far.copy(first, 0, host, 1, bytes));
            assertThrows(IllegalArgumentException.class, () -> far.copy(first, 0, elsewhere, 0, 1));
        }
    }

    @Test
    void tensorsComeAndGo() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor x = Tensor.of(HostTensor.of(Shape.of(2, 2), 1, -2.5f, Float.NaN, 4), far);
            assertEquals("Tensor float32[2, 2] far:0\n[[ 1.0000, -2.5000],\n [    nan,  4.0000]]", x.toString());
            assertEquals(4, x.get("1, 1").item());
            assertSame(x, x.to(far));
            for (Device device : List.of(other, near, ReferenceDevice.INSTANCE)) {
                Tensor moved = x.to(device);
                assertSame(device, moved.device());
                assertArrayEquals(x.toFloatArray(), moved.toFloatArray());
                assertArrayEquals(x.toFloatArray(), moved.to(far).toFloatArray());
            }
            Tensor text = Tensor.of(HostTensor.of(Shape.of(1), "x"), far);
            assertEquals("x", text.to(near).toHost().getString(0));
        }
    }

    /** Elements of one to eight bytes have the kernel that makes views dense; those of sixteen go through the host. */
    @Test
    void viewsAreMadeDense() {
        try (TensorScope scope = TensorScope.open()) {
            for (DType dtype : List.of(DType.UINT8, DType.FLOAT16, DType.FLOAT32, DType.INT64, DType.COMPLEX128)) {
                HostTensor values = Data.range(dtype, 2, 3, 4);
                Tensor x = Tensor.of(values, far);
                Tensor same = Tensor.of(values, ReferenceDevice.INSTANCE);
                for (String index : List.of("1", "0, ::-1", "..., 1:3", "5:", "None, :, 2")) {
                    assertArrayEquals(
                            same.get(index).toDoubleArray(), x.get(index).toDoubleArray(), dtype + " " + index);
                }
                Tensor turned = x.transpose().reshape(4, 6);
                assertSame(far, turned.device());
                assertArrayEquals(same.transpose().toDoubleArray(), turned.toDoubleArray());
                assertArrayEquals(
                        same.get("0").broadcastTo(5, 3, 4).toDoubleArray(),
                        x.get("0").broadcastTo(5, 3, 4).toDoubleArray());
            }
        }
    }

    @Test
    void operationsStayOnTheDevice() {
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = Tensor.of(HostTensor.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6), far);
            Tensor b = Tensor.of(HostTensor.of(Shape.of(3), 10f, 20, 30), far);
            Tensor sum = a.add(b);
            assertSame(far, sum.device());
            assertArrayEquals(new float[] {11, 22, 33, 14, 25, 36}, sum.toFloatArray());
            assertArrayEquals(new float[] {140, 320}, a.matmul(b).toFloatArray());
            assertArrayEquals(
                    new float[] {17, 22, 27, 22, 29, 36, 27, 36, 45},
                    a.transpose().matmul(a).toFloatArray());
            assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12}, a.mul(2).toFloatArray());
            assertArrayEquals(new long[] {2, 2}, a.argmax(1).toLongArray());
        }
    }

    /** Without any kernel, all is done in Java, with copies down and up. */
    @Test
    void withoutKernelsTheReferenceComputes() {
        Device bare = new FarDevice("far:2", ReferenceDevice.INSTANCE);
        try (TensorScope scope = TensorScope.open()) {
            Tensor a = Tensor.of(HostTensor.of(Shape.of(2, 3), 1f, 2, 3, 4, 5, 6), bare);
            assertSame(bare, a.sum(-1).device());
            assertArrayEquals(new float[] {6, 15}, a.sum(-1).toFloatArray());
            assertArrayEquals(new float[] {5, 7, 9}, a.get("0").add(a.get("1")).toFloatArray());
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, a.transpose().toFloatArray());
        }
    }

    @Test
    void operandsOfTwoDevicesAreRefused() {
        try (Tensor a = Tensor.of(HostTensor.of(Shape.of(1), 1f), far);
                Tensor b = Tensor.of(HostTensor.of(Shape.of(1), 1f), other)) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> a.add(b)).getMessage();
            assertTrue(message.contains("far:0") && message.contains("far:1"), message);
        }
    }
}
