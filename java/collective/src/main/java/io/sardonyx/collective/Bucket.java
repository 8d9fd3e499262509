package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.util.List;

/** Many small tensors as one: copied together for a call, and back when it is over. */
final class Bucket {
    private final Device device;
    private final List<Tensor> parts;
    private final Tensor all;

    private Bucket(Device device, List<Tensor> parts, Tensor all) {
        this.device = device;
        this.parts = List.copyOf(parts);
        this.all = all;
    }

    /** @param parts of one type, on {@code device} */
    static Bucket of(Device device, List<Tensor> parts) {
        DType dtype = parts.get(0).dtype();
        long count = parts.stream().mapToLong(t -> t.shape().elements()).sum();
        TensorType type = TensorType.of(dtype, count);
        Tensor all =
                Tensor.adopt(type, device, device.allocate(type.byteSize())).keep();
        Bucket bucket = new Bucket(device, parts, all);
        bucket.copy(true);
        return bucket;
    }

    Tensor all() {
        return all;
    }

    /** {@code work}, and behind it the parts get their values. */
    Work spreadAfter(Work work) {
        return new Work() {
            private boolean spread;

            @Override
            public synchronized void await() {
                if (spread) {
                    return;
                }
                try {
                    work.await();
                    copy(false);
                    spread = true;
                } finally {
                    all.close();
                }
            }

            @Override
            public boolean isDone() {
                return work.isDone();
            }
        };
    }

    private void copy(boolean together) {
        Memory whole = all.lease();
        try {
            long offset = 0;
            for (Tensor part : parts) {
                Memory memory = part.lease();
                try {
                    if (together) {
                        device.copy(whole, offset, memory, 0, part.type().byteSize());
                    } else {
                        device.copy(memory, 0, whole, offset, part.type().byteSize());
                    }
                } finally {
                    part.endLease();
                }
                offset += part.type().byteSize();
            }
        } finally {
            all.endLease();
        }
    }
}
