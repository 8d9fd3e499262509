package io.sardonyx.onnx.plan;

import io.sardonyx.device.Memory;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.RunControl;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.HostValue;
import io.sardonyx.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What belongs to one run: its base addresses (number 0 is address 0, then the inputs, the outputs, and what each stage adds: its
 * arena and what it brings from the heap), the memory behind them, and the values on the heap.
 */
final class RunState implements AutoCloseable {
    final RunControl control;
    final HostValue[] heap;
    private long[] bases = new long[16];
    private Memory[] memories = new Memory[16];
    private final List<Memory> owned = new ArrayList<>();

    RunState(int values, RunControl control) {
        this.heap = new HostValue[values];
        this.control = control;
    }

    void setBase(int base, Memory memory) {
        if (base >= bases.length) {
            bases = Arrays.copyOf(bases, 2 * base);
            memories = Arrays.copyOf(memories, 2 * base);
        }
        bases[base] = memory.address();
        memories[base] = memory;
    }

    /** Closes {@code memory} when the run ends. */
    Memory own(Memory memory) {
        owned.add(memory);
        return memory;
    }

    long[] bases() {
        return bases;
    }

    Memory memory(int base) {
        return memories[base];
    }

    HostTensor view(TensorType type, Place place) {
        return HostTensor.wrap(type, memories[place.base()].buffer(place.offset(), Math.toIntExact(type.byteSize())));
    }

    @Override
    public void close() {
        owned.forEach(Memory::close);
    }
}
