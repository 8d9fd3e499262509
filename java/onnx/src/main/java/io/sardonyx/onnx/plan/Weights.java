package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Launch.Pack;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.TensorType;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model's weights in a device's memory: copied or packed once, when a plan first asks for them. Closed with the model. */
public final class Weights implements AutoCloseable {
    private final Device device;
    private final Map<HostTensor, Memory> plain = new IdentityHashMap<>();
    private final Map<HostTensor, Map<Pack, Memory>> packed = new IdentityHashMap<>();
    private Optional<Memory> staging = Optional.empty();
    private long bytes;

    public Weights(Device device) {
        this.device = device;
    }

    /** The bytes of {@code weight} on the device. */
    synchronized Memory plain(HostTensor weight) {
        return plain.computeIfAbsent(weight, w -> count(upload(device, w)));
    }

    /** {@code weight} as the pack kernel arranges it. */
    synchronized Memory packed(HostTensor weight, Pack pack) {
        return packed.computeIfAbsent(weight, w -> new HashMap<>()).computeIfAbsent(pack, p -> count(pack(weight, p)));
    }

    /** Copies {@code weight}, and leaves nothing of it on the host; who needs it there gets it back from here. */
    synchronized void keep(HostTensor weight) {
        Memory memory = plain(weight);
        weight.defer(to -> memory.read(0, to));
    }

    /** Packs {@code weight}, and leaves nothing else of it; who needs it as it was gets it unpacked. */
    synchronized void keepPacked(HostTensor weight, Pack pack) {
        Memory memory = packed(weight, pack);
        weight.defer(to -> {
            try (Memory plain = device.allocate(weight.type().byteSize())) {
                launch(pack.inverse(), pack, packedType(pack), memory, weight.type(), plain);
                plain.read(0, to);
            }
        });
    }

    /**
     * Weights of up to so many bytes pass through one piece of memory on their way to being packed, instead of each through its own,
     * until {@link #endStaging}. The piece is changed for a smaller one where it is twice too large.
     */
    synchronized void stage(long size) {
        boolean fits = staging.filter(s -> s.byteSize() >= size && s.byteSize() / 2 < size)
                .isPresent();
        if (!fits) {
            endStaging();
            staging = Optional.of(device.allocate(size));
        }
    }

    /** What passed weights on would else stay with the process. */
    synchronized void endStaging() {
        staging.ifPresent(memory -> {
            memory.close();
            if (device.onHost()) {
                device.trim();
            }
        });
        staging = Optional.empty();
    }

    private static TensorType packedType(Pack pack) {
        return TensorType.of(DType.UINT8, pack.bytes());
    }

    private void launch(String kernel, Pack pack, TensorType from, Memory in, TensorType to, Memory out) {
        Launch launch = Launch.ofKey(kernel).input(0).output(0);
        pack.params().forEach(launch::param);
        device.launch(launch, List.of(from), new Memory[] {in}, List.of(to), new Memory[] {out});
    }

    private Memory pack(HostTensor weight, Pack pack) {
        Memory known = plain.get(weight);
        if (known != null) {
            return pack(weight, pack, known);
        }
        Optional<Memory> staged =
                staging.filter(s -> s.byteSize() >= weight.type().byteSize());
        if (staged.isPresent()) {
            weight.write(staged.get(), 0);
            return pack(weight, pack, staged.get());
        }
        try (Memory source = upload(device, weight)) {
            return pack(weight, pack, source);
        }
    }

    private Memory pack(HostTensor weight, Pack pack, Memory source) {
        Memory result = device.allocate(pack.bytes());
        launch(pack.kernel(), pack, weight.type(), source, packedType(pack), result);
        return result;
    }

    private Memory count(Memory memory) {
        bytes += memory.byteSize();
        return memory;
    }

    /** A copy of {@code tensor} in memory of its own. */
    static Memory upload(Device device, HostTensor tensor) {
        Memory memory = device.allocate(tensor.type().byteSize());
        try {
            tensor.write(memory, 0);
        } catch (RuntimeException | Error e) {
            memory.close();
            throw e;
        }
        return memory;
    }

    /** Bytes on the device. */
    public synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized void close() {
        plain.values().forEach(Memory::close);
        packed.values().forEach(byPack -> byPack.values().forEach(Memory::close));
        plain.clear();
        packed.clear();
    }
}
