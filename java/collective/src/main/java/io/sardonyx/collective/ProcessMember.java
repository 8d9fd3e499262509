package io.sardonyx.collective;

import io.sardonyx.device.Device;
import java.time.Duration;

/** This process' rank of a {@link ProcessGroup}. */
record ProcessMember(ProcessGroup processes, Duration limit) implements CheckedMember {
    @Override
    public int rank() {
        return processes.rank();
    }

    @Override
    public Device device() {
        return processes.device();
    }

    @Override
    public Group group() {
        return processes;
    }

    @Override
    public Member withDeadline(Duration deadline) {
        return new ProcessMember(processes, deadline);
    }

    @Override
    public Work begin(Call call, TensorLease tensors) {
        return processes.begin(call, tensors, limit);
    }
}
