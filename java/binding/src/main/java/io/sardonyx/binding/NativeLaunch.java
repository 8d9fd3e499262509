package io.sardonyx.binding;

import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.RunStoppedException;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** One launch of one kernel, now: an eager operation. One native call, and nothing kept. */
final class NativeLaunch {
    private NativeLaunch() {}

    static void run(
            NativeDevice device,
            long pool,
            Launch launch,
            List<TensorType> inputTypes,
            Memory[] inputs,
            List<TensorType> outputTypes,
            Memory[] outputs) {
        long kernel = device.kernel(launch.kernel());
        List<NativeMemory> temporary = List.of();
        int held = 0;
        try {
            for (Memory memory : inputs) {
                acquire(memory);
                held++;
                require(device, launch, memory);
            }
            for (Memory memory : outputs) {
                acquire(memory);
                held++;
                require(device, launch, memory);
            }
            temporary = packs(device, pool, launch, inputTypes, inputs);
            List<Launch.Argument> arguments = launch.arguments();
            long[] params = launch.params();
            CallBlock block =
                    CallBlock.ofThread(arguments.size() * CallBlock.TENSOR_BYTES + params.length * Long.BYTES);
            int packed = 0;
            for (int i = 0; i < arguments.size(); i++) {
                Launch.Argument argument = arguments.get(i);
                if (argument instanceof Launch.Argument.Input input) {
                    put(block, input.index(), inputTypes, inputs);
                } else if (argument instanceof Launch.Argument.Output output) {
                    put(block, output.index(), outputTypes, outputs);
                } else if (argument instanceof Launch.Argument.Packed pack) {
                    block.putTensor(temporary.get(packed++).address(), inputTypes.get(pack.index()));
                }
            }
            long paramsAddress = block.next();
            block.put(params);
            call(device, pool, launch, kernel, block.address(), paramsAddress, params.length);
        } finally {
            for (int i = 0; i < held; i++) {
                release(i < inputs.length ? inputs[i] : outputs[i - inputs.length]);
            }
            temporary.forEach(NativeMemory::close);
        }
    }

    private static void require(NativeDevice device, Launch launch, Memory memory) {
        if (launch.isAcrossDevices()) {
            device.requireReachable(memory);
        } else {
            device.requireOwn(memory);
        }
    }

    /** Keeps memory of ours from being freed under the launch; {@code null} stands for an absent input. */
    static void acquire(Memory memory) {
        if (memory instanceof NativeMemory ours) {
            ours.handle().acquire();
        }
    }

    static void release(Memory memory) {
        if (memory instanceof NativeMemory ours) {
            ours.handle().release();
        }
    }

    private static void call(
            NativeDevice device, long pool, Launch launch, long kernel, long tensors, long params, int paramCount) {
        long scratchBytes = device.scratch(launch, device.threads());
        long scratch = scratchBytes == 0 ? 0 : device.allocateAddress(scratchBytes);
        int code = Native.sx_launch(
                device.handle(),
                pool,
                kernel,
                tensors,
                launch.arguments().size(),
                params,
                paramCount,
                scratch,
                scratchBytes);
        RuntimeException failure = code == Native.OK ? null : failure(device, code, launch.kernel(), -1);
        if (scratch != 0) {
            Native.sx_free(device.handle(), scratch, scratchBytes);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** This thread's last native failure, as Java says it. */
    static RuntimeException failure(NativeDevice device, int code, String kernel, int step) {
        DeviceException.Code[] codes = DeviceException.Code.values();
        DeviceException.Code known = code >= 0 && code < codes.length ? codes[code] : DeviceException.Code.INTERNAL;
        return switch (known) {
            case CANCELLED -> new RunStoppedException(RunStoppedException.Reason.CANCELLED);
            case TIMEOUT -> new RunStoppedException(RunStoppedException.Reason.TIMEOUT);
            case DEVICE_LOST -> device.lost(new DeviceException(kernel, known, Native.sx_last_error(), step));
            default -> new DeviceException(kernel, known, Native.sx_last_error(), step);
        };
    }

    private static void put(CallBlock block, int index, List<TensorType> types, Memory[] memories) {
        if (index >= memories.length || memories[index] == null) {
            block.putAbsent();
        } else {
            block.putTensor(memories[index].address(), types.get(index));
        }
    }

    /** Runs the pack kernels of the launch's weights; nothing keeps the results beyond this launch. */
    private static List<NativeMemory> packs(
            NativeDevice device, long pool, Launch launch, List<TensorType> inputTypes, Memory[] inputs) {
        List<NativeMemory> results = List.of();
        for (Launch.Argument argument : launch.arguments()) {
            if (argument instanceof Launch.Argument.Packed packed) {
                results = results.isEmpty() ? new ArrayList<>() : results;
                try {
                    results.add(pack(device, pool, packed, inputTypes, inputs));
                } catch (RuntimeException e) {
                    results.forEach(NativeMemory::close);
                    throw e;
                }
            }
        }
        return results;
    }

    private static NativeMemory pack(
            NativeDevice device,
            long pool,
            Launch.Argument.Packed packed,
            List<TensorType> inputTypes,
            Memory[] inputs) {
        Launch.Pack pack = packed.pack();
        Launch launch = Launch.ofKey(pack.kernel()).input(packed.index()).output(0);
        pack.params().forEach(launch::param);
        NativeMemory result = device.allocate(pack.bytes());
        try {
            run(
                    device,
                    pool,
                    launch,
                    inputTypes,
                    inputs,
                    List.of(TensorType.of(DType.UINT8, pack.bytes())),
                    new Memory[] {result});
            return result;
        } catch (RuntimeException e) {
            result.close();
            throw e;
        }
    }
}
