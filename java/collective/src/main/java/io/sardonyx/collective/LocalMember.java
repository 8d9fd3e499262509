package io.sardonyx.collective;

import io.sardonyx.device.Device;
import java.time.Duration;

/** A rank of a {@link LocalGroup}. */
record LocalMember(LocalGroup local, int rank, Device device, Duration deadline) implements CheckedMember {
    @Override
    public Group group() {
        return local;
    }

    @Override
    public Member withDeadline(Duration other) {
        return new LocalMember(local, rank, device, other);
    }

    @Override
    public Work begin(Call call, TensorLease tensors) {
        return local.come(rank, call, tensors, deadline);
    }
}
