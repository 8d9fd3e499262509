package io.sardonyx.collective;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.DType;
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
    public void begin(Call call, List<TensorLease> tensors, Duration left) {
        if (call.bytes() == 0 && call.operation() != Call.Operation.BARRIER) {
            return;
        }
        if (call.operation() == Call.Operation.ALL_REDUCE_RMS_NORM && !isFused(call)) {
            begin(call.sum(), tensors, left);
            for (int rank = 0; rank < devices.size(); rank++) {
                call.norm().apply(devices.get(rank), call, tensors.get(rank));
            }
            return;
        }
        launches++;
        switch (call.operation()) {
            case ALL_REDUCE -> {
                AllReduceChoice choice = forced.map(algorithm -> new AllReduceChoice(algorithm, blocks(call)))
                        .orElseGet(() -> AllReduceChoice.of(call.bytes(), devices.size(), processors));
                launch(choice.algorithm().key() + "." + call.dtype().key(), choice.blocks(), call, tensors, left);
            }
            case ALL_REDUCE_RMS_NORM ->
                launch(
                        fusedKey(call),
                        AllReduceChoice.rowBlocks(call.count() / call.norm().row(), processors),
                        call,
                        tensors,
                        left);
            case REDUCE_SCATTER ->
                launch(
                        "reduce_scatter." + call.dtype().key(),
                        AllReduceChoice.blocks(call.bytes() / devices.size(), processors),
                        call,
                        tensors,
                        left);
            case ALL_GATHER -> launch("all_gather.u8", blocks(call), call, tensors, left);
            case BROADCAST -> launch("broadcast.u8", blocks(call), call, tensors, left);
            case BARRIER -> launch("broadcast.u8", 1, call, tensors, left);
        }
    }

    /** Whether one kernel does it all: it sends as one shot does, pieces of 8 bytes that do not cross rows. */
    private boolean isFused(Call call) {
        return forced.orElse(AllReduceAlgorithm.ONE_SHOT) == AllReduceAlgorithm.ONE_SHOT
                && call.bytes() <= AllReduceAlgorithm.ONE_SHOT.mostBytes()
                && call.dtype().byteSize(call.norm().row()) % 8 == 0
                && devices.get(0).has(fusedKey(call));
    }

    private static String fusedKey(Call call) {
        return "all_reduce_rms_norm." + call.dtype().key();
    }

    private int blocks(Call call) {
        return AllReduceChoice.blocks(call.bytes(), processors);
    }

    private void launch(String key, int blocks, Call call, List<TensorLease> tensors, Duration left) {
        int ranks = devices.size();
        boolean none = call.operation() == Call.Operation.BARRIER; // nothing of the workspaces is passed then
        boolean bytes = key.endsWith(".u8");
        List<Memory> read =
                none ? workspaces : tensors.stream().map(TensorLease::in).toList();
        List<Memory> written = new ArrayList<>(
                none ? workspaces : tensors.stream().map(TensorLease::out).toList());
        List<TensorType> types = new ArrayList<>();
        List<TensorType> resultTypes = new ArrayList<>();
        for (TensorLease rank : tensors) {
            types.add(none ? NOTHING : bytes ? bytesOf(rank.inType()) : rank.inType());
            resultTypes.add(none ? NOTHING : bytes ? bytesOf(rank.outType()) : rank.outType());
        }
        for (Memory workspace : workspaces) {
            written.add(workspace);
            resultTypes.add(TensorType.of(DType.UINT8, workspace.byteSize()));
        }
        for (int rank = 0; rank < ranks; rank++) {
            Launch launch = tensors(key, ranks);
            launch.params(rank, ranks, launches, call.reduction().ordinal(), blocks);
            launch.params(left.toNanos(), firstTicket + launches, call.root());
            List<Memory> all = new ArrayList<>(written);
            List<TensorType> allTypes = new ArrayList<>(resultTypes);
            if (call.operation() == Call.Operation.ALL_REDUCE_RMS_NORM) {
                launch.output(all.size()).output(all.size() + 1).param((double)
                        call.norm().epsilon());
                all.addAll(
                        List.of(tensors.get(rank).residual(), tensors.get(rank).weight()));
                allTypes.addAll(List.of(
                        tensors.get(rank).inType(),
                        TensorType.of(call.dtype(), call.norm().row())));
            }
            devices.get(rank).launch(launch, types, read.toArray(Memory[]::new), allTypes, all.toArray(Memory[]::new));
        }
    }

    private static TensorType bytesOf(TensorType type) {
        return TensorType.of(DType.UINT8, type.byteSize());
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
