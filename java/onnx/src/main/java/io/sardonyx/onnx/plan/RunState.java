package io.sardonyx.onnx.plan;

import io.sardonyx.device.Device;
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

    Memory memory(Place place) {
        return memories[place.base()];
    }

    void copy(Device device, Place from, Place to, long bytes) {
        device.copy(memories[to.base()], to.offset(), memories[from.base()], from.offset(), bytes);
    }

    void write(HostTensor value, Place to) {
        value.write(memories[to.base()], to.offset());
    }

    /** What lies at {@code place}: shared where Java can reach it, else a copy. */
    HostTensor view(TensorType type, Place place) {
        return HostTensor.view(type, memories[place.base()], place.offset());
    }

    /** Where an operator in Java writes what belongs at {@code place}; {@link #put} follows. */
    HostTensor target(TensorType type, Place place) {
        return memories[place.base()].onHost() ? view(type, place) : HostTensor.allocate(type);
    }

    /** Brings what was written to a {@link #target} to its place, if it is not there. */
    void put(HostTensor target, Place place) {
        if (!memories[place.base()].onHost()) {
            target.write(memories[place.base()], place.offset());
        }
    }

    @Override
    public void close() {
        owned.forEach(Memory::close);
    }
}
