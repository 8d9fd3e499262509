package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Ranks on GPUs that reach each other: one kernel on each, which wait for each other. The kernels end at the deadline if a rank does not
 * come, and leave its number in their workspace.
 */
final class KernelExchange implements Exchange {
    /** sizeof(Workspace) of collective.h. */
    private static final long WORKSPACE_BYTES = 64 + 64 * 8 * 8;
    /** {@code missing} and {@code missing_step} of it. */
    private static final int VERDICT_BYTES = 16;

    private static final TensorType NOTHING = TensorType.of(DType.UINT8, 0);

    private final List<Device> devices;
    private final List<Memory> workspaces = new ArrayList<>();
    private final Optional<AllReduceAlgorithm> forced;
    private final int processors;
    /** Of all groups' calls; see CollectiveParams. */
    private final long firstTicket = new SplittableRandom().nextLong() | 1L << 62;

    private long launches;

    /** @param forced for all-reduces of any size; without it, what is faster by the model */
    KernelExchange(List<Device> devices, Optional<AllReduceAlgorithm> forced) {
        this.devices = devices;
        this.forced = forced;
        processors = AllReduceChoice.processors(devices);
        long slots = 2L * devices.size() * 2 * AllReduceAlgorithm.ONE_SHOT.mostBytes();
        try {
            for (Device device : devices) {
                workspaces.add(zeroed(device, WORKSPACE_BYTES + slots));
            }
            openPaths();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static Memory zeroed(Device device, long bytes) {
        Memory memory = device.allocate(bytes);
        for (long done = 0; done < bytes; done += Device.LARGEST_BLOCK) {
            memory.write(done, ByteBuffer.allocate((int) Math.min(Device.LARGEST_BLOCK, bytes - done)));
        }
        return memory;
    }

    /** A copy lets a device into another's memory, which its kernels need, too. */
    private void openPaths() {
        for (int r = 0; r < devices.size(); r++) {
            for (Memory other : workspaces) {
                if (other != workspaces.get(r)) {
                    devices.get(r).copy(workspaces.get(r), 0, other, 0, VERDICT_BYTES);
                }
            }
        }
    }

    @Override
    public void begin(Call call, List<Tensor> in, List<Tensor> out, Duration left) {
        if (call.bytes() == 0 && call.operation() != Call.Operation.BARRIER) {
            return;
        }
        launches++;
        switch (call.operation()) {
            case ALL_REDUCE -> {
                AllReduceChoice choice = forced.map(algorithm -> new AllReduceChoice(algorithm, blocks(call)))
                        .orElseGet(() -> AllReduceChoice.of(call.bytes(), devices.size(), processors));
                launch(choice.algorithm().key() + "." + call.dtype().key(), choice.blocks(), call, in, out, left);
            }
            case REDUCE_SCATTER ->
                launch(
                        "reduce_scatter." + call.dtype().key(),
                        AllReduceChoice.blocks(call.bytes() / devices.size(), processors),
                        call,
                        in,
                        out,
                        left);
            case ALL_GATHER -> launch("all_gather.u8", blocks(call), call, in, out, left);
            case BROADCAST -> launch("broadcast.u8", blocks(call), call, in, out, left);
            case BARRIER -> launch("broadcast.u8", 1, call, List.of(), List.of(), left);
        }
    }

    private int blocks(Call call) {
        return AllReduceChoice.blocks(call.bytes(), processors);
    }

    private void launch(String key, int blocks, Call call, List<Tensor> in, List<Tensor> out, Duration left) {
        int ranks = devices.size();
        Memory[] sources = leased(in);
        Memory[] results = leased(out);
        try {
            List<TensorType> types = types(key, call, in);
            List<TensorType> resultTypes = new ArrayList<>(types(key, call, out));
            List<Memory> written = new ArrayList<>(List.of(results));
            for (Memory workspace : workspaces) {
                written.add(workspace);
                resultTypes.add(TensorType.of(DType.UINT8, workspace.byteSize()));
            }
            for (int rank = 0; rank < ranks; rank++) {
                Launch launch = tensors(key, ranks);
                launch.params(rank, ranks, launches, call.reduction().ordinal(), blocks);
                launch.params(left.toNanos(), firstTicket + launches, call.root());
                devices.get(rank).launch(launch, types, sources, resultTypes, written.toArray(Memory[]::new));
            }
        } finally {
            in.forEach(Tensor::endLease);
            out.forEach(Tensor::endLease);
        }
    }

    /** Inputs of all ranks, outputs of all ranks, workspaces of all ranks; without the parameters. */
    static Launch tensors(String key, int ranks) {
        Launch launch = Launch.ofKey(key).acrossDevices();
        for (int r = 0; r < ranks; r++) {
            launch.input(r);
        }
        for (int r = 0; r < 2 * ranks; r++) {
            launch.output(r);
        }
        return launch;
    }

    /** A barrier has no tensors; it passes nothing of the workspaces. */
    private Memory[] leased(List<Tensor> tensors) {
        return tensors.isEmpty()
                ? workspaces.toArray(Memory[]::new)
                : tensors.stream().map(Tensor::lease).toArray(Memory[]::new);
    }

    private List<TensorType> types(String key, Call call, List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            return devices.stream().map(d -> NOTHING).toList();
        }
        boolean bytes = key.endsWith(".u8");
        return tensors.stream()
                .map(t -> bytes ? TensorType.of(DType.UINT8, t.type().byteSize()) : t.type())
                .toList();
    }

    @Override
    public OptionalInt finish(int rank) {
        ByteBuffer verdict = ByteBuffer.allocate(VERDICT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        workspaces.get(rank).read(0, verdict);
        long missing = verdict.getLong(0);
        return missing == 0 ? OptionalInt.empty() : OptionalInt.of((int) missing - 1);
    }

    @Override
    public void settle() {
        for (int rank = 0; rank < workspaces.size(); rank++) {
            try {
                finish(rank);
            } catch (DeviceException lost) {
                // Nothing runs there any more; whoever asks that device for something is told.
            }
        }
    }

    @Override
    public void close() {
        settle();
        workspaces.forEach(Memory::close);
    }
}
