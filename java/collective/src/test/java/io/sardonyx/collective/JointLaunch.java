package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One kernel on several ranks without a group, so that ranks can be left out, and kernels asked for that no group chooses. */
final class JointLaunch implements AutoCloseable {
    static final long STEP = 5;

    private final List<Device> devices;
    private final TensorType type;
    private final List<Memory> inputs = new ArrayList<>();
    private final List<Memory> outputs = new ArrayList<>();
    private final List<Memory> workspaces = new ArrayList<>();
    private final List<Memory> others = new ArrayList<>();
    private final long ticket = System.nanoTime();

    /** @param values what the ranks bring, of one type */
    JointLaunch(List<Device> devices, List<HostTensor> values) {
        this.devices = devices;
        type = values.get(0).type();
        TensorType workspace =
                TensorType.of(DType.UINT8, 4L * devices.size() * AllReduceAlgorithm.ONE_SHOT.mostBytes() + (1 << 13));
        for (int rank = 0; rank < devices.size(); rank++) {
            inputs.add(on(devices.get(rank), values.get(rank)));
            outputs.add(on(devices.get(rank), HostTensor.allocate(type)));
            workspaces.add(on(devices.get(rank), HostTensor.allocate(workspace)));
        }
    }

    private static Memory on(Device device, HostTensor value) {
        Memory memory = device.allocate(value.type().byteSize());
        memory.write(0, value.data().duplicate().rewind());
        return memory;
    }

    /** More memory on a rank's device, closed with this. */
    Memory put(int rank, HostTensor value) {
        Memory memory = on(devices.get(rank), value);
        others.add(memory);
        return memory;
    }

    /** The launch of a rank, up to its parameters. */
    Launch tensors(String key) {
        return KernelExchange.tensors(key, devices.size());
    }

    Launch params(Launch launch, int rank, Reduction reduction, Duration patience) {
        return launch.params(rank, devices.size(), STEP, reduction.ordinal(), 2).params(patience.toNanos(), ticket, 0);
    }

    /** @param more tensors behind the workspaces, and their types */
    void run(int rank, Launch launch, List<Memory> more, List<TensorType> moreTypes) {
        List<Memory> written = new ArrayList<>(outputs);
        written.addAll(workspaces);
        written.addAll(more);
        List<TensorType> types = new ArrayList<>(Collections.nCopies(devices.size(), type));
        workspaces.forEach(w -> types.add(TensorType.of(DType.UINT8, w.byteSize())));
        types.addAll(moreTypes);
        devices.get(rank)
                .launch(
                        launch,
                        Collections.nCopies(devices.size(), type),
                        inputs.toArray(Memory[]::new),
                        types,
                        written.toArray(Memory[]::new));
    }

    HostTensor output(int rank) {
        return HostTensor.read(type, outputs.get(rank), 0);
    }

    /** The workspace's first words: one more than the rank that was missed, or 0; and in which step. */
    long[] verdict(int rank) {
        ByteBuffer words = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        workspaces.get(rank).read(0, words);
        return new long[] {words.getLong(0), words.getLong(8)};
    }

    @Override
    public void close() {
        for (List<Memory> all : List.of(inputs, outputs, workspaces, others)) {
            all.forEach(Memory::close);
        }
    }
}
