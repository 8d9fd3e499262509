package io.sardonyx.binding;

import io.sardonyx.device.Device;
import io.sardonyx.device.DeviceException;
import io.sardonyx.device.DeviceLostException;
import io.sardonyx.device.Launch;
import io.sardonyx.device.Memory;
import io.sardonyx.device.OutOfMemoryException;
import io.sardonyx.device.Program;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** A device of the native runtime. Open as long as the program runs. */
final class NativeDevice implements Device {
    private final String name;
    private final String description;
    private final long handle;
    private final int threads;
    private final boolean onHost;
    /** By key; 0 for a key that there is not. */
    private final ConcurrentHashMap<String, Long> kernels = new ConcurrentHashMap<>();
    /** By number of threads; never destroyed. */
    private final ConcurrentHashMap<Integer, Long> pools = new ConcurrentHashMap<>();

    private final long pool;
    /** What took the device, once something has. */
    private final AtomicReference<DeviceException> lostBy = new AtomicReference<>();

    /** @throws DeviceException if the runtime has no such device, with its reason */
    NativeDevice(String name) {
        this.name = name;
        handle = Native.sx_device_open(name);
        if (handle == 0) {
            throw new DeviceException(name, DeviceException.Code.INVALID, Native.sx_last_error());
        }
        description = Native.sx_device_describe(handle);
        onHost = new DeviceInfo(handle).onHost();
        threads = onHost
                ? Math.max(
                        1,
                        Integer.getInteger(
                                "sardonyx.threads", Runtime.getRuntime().availableProcessors()))
                : 1;
        pool = pool(threads);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String describe() {
        return description;
    }

    long handle() {
        return handle;
    }

    @Override
    public NativeMemory allocate(long bytes) {
        return new NativeMemory(this, allocateAddress(bytes), bytes);
    }

    @Override
    public boolean onHost() {
        return onHost;
    }

    /**
     * Between addresses of this device, of the host, and of another one of its kind that was waited for. Returns when the bytes are
     * there; those from the host's memory that is not pinned may still be on their way, in front of all that comes later.
     */
    void copy(long to, long from, long bytes) {
        int code = Native.sx_copy(handle, to, from, bytes);
        if (code != Native.OK) {
            throw NativeLaunch.failure(this, code, "copy", -1);
        }
    }

    @Override
    public Memory wrap(ByteBuffer direct) {
        if (!direct.isDirect()) {
            throw new IllegalArgumentException(name + ": only a direct buffer can be used without a copy");
        }
        if (!onHost) {
            throw new IllegalArgumentException(name + ": cannot use the host's memory without a copy");
        }
        return new BorrowedMemory(direct);
    }

    /** Memory without an owner; for sx_free. */
    long allocateAddress(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(name + ": cannot allocate " + bytes + " bytes");
        }
        long address = Native.sx_alloc(handle, bytes);
        if (address == 0) {
            int code = Native.sx_last_code();
            throw code == Native.NO_MEMORY ? outOfMemory(bytes) : NativeLaunch.failure(this, code, "allocate", -1);
        }
        return address;
    }

    private OutOfMemoryException outOfMemory(long bytes) {
        return new OutOfMemoryException(
                name, bytes, liveBytes(), new DeviceInfo(handle).freeBytes(), Native.sx_largest_block(handle));
    }

    @Override
    public long liveBytes() {
        return Native.sx_live_bytes(handle);
    }

    @Override
    public void trim() {
        Native.sx_trim(handle);
    }

    @Override
    public boolean reaches(Device other) {
        return Device.super.reaches(other)
                || other instanceof NativeDevice peer && peer.kind().equals(kind());
    }

    /** As in {@code cuda} of {@code cuda:0}. */
    private String kind() {
        return name.substring(0, name.indexOf(':') < 0 ? name.length() : name.indexOf(':'));
    }

    /** Waits for what was launched. */
    private void synchronize() {
        int code = Native.sx_synchronize(handle);
        if (code != Native.OK) {
            throw NativeLaunch.failure(this, code, "synchronize", -1);
        }
    }

    @Override
    public void copy(Memory to, long toOffset, Memory from, long fromOffset, long bytes) {
        Objects.checkFromIndexSize(toOffset, bytes, to.byteSize());
        Objects.checkFromIndexSize(fromOffset, bytes, from.byteSize());
        requireReachable(to);
        requireReachable(from);
        if (from.onHost() && isFar(to) || to.onHost() && isFar(from)) {
            NativeDevice theirs = ((NativeMemory) (from.onHost() ? to : from)).device();
            theirs.copy(to, toOffset, from, fromOffset, bytes);
            return;
        }
        if (to.address() == 0 || from.address() == 0) { // on the Java heap
            Device.super.copy(to, toOffset, from, fromOffset, bytes);
            return;
        }
        NativeLaunch.acquire(to);
        try {
            NativeLaunch.acquire(from);
            try {
                waitForOwner(to);
                waitForOwner(from);
                copy(to.address() + toOffset, from.address() + fromOffset, bytes);
            } finally {
                NativeLaunch.release(from);
            }
        } finally {
            NativeLaunch.release(to);
        }
    }

    /** Whether it is another GPU's. */
    private boolean isFar(Memory memory) {
        return memory instanceof NativeMemory known && !known.isOn(handle) && !known.onHost();
    }

    /** What the memory's own device was told to do with it comes first. */
    private void waitForOwner(Memory memory) {
        if (isFar(memory)) {
            ((NativeMemory) memory).device().synchronize();
        }
    }

    /** @throws IllegalArgumentException if copies, and kernels of collectives, cannot get at {@code memory} */
    void requireReachable(Memory memory) {
        if (!memory.onHost() && !(memory instanceof NativeMemory peers && reaches(peers.device()))) {
            throw new IllegalArgumentException(
                    name + ": cannot reach " + memory + ", which is another kind of device's");
        }
    }

    /**
     * Kernels here would take an address of another device's memory for one of their own.
     *
     * @throws IllegalArgumentException if {@code memory} is not this device's; {@code null} stands for an absent input
     */
    void requireOwn(Memory memory) {
        if (memory == null) {
            return;
        }
        boolean ours = memory instanceof NativeMemory known ? known.isOn(handle) : onHost || !memory.onHost();
        if (!ours || memory.address() == 0 && memory.byteSize() > 0) {
            throw new IllegalArgumentException(
                    name + ": cannot run on " + memory + ", which is not this device's; copy() brings it here");
        }
    }

    /** What a use of this device throws now that {@code failure} has taken it, or an earlier one had. */
    DeviceLostException lost(DeviceException failure) {
        lostBy.compareAndSet(null, failure);
        return new DeviceLostException(name, failure.kernel(), lostBy.get());
    }

    @Override
    public boolean has(String kernel) {
        return find(kernel) != 0;
    }

    @Override
    public List<String> kernels() {
        return IntStream.range(0, Native.sx_kernel_count(handle))
                .mapToObj(i -> Native.sx_kernel_key(handle, i))
                .toList();
    }

    @Override
    public double time(Runnable work) {
        try (NativeEvent start = new NativeEvent(this);
                NativeEvent end = new NativeEvent(this)) {
            start.record();
            work.run();
            end.record();
            return end.microsecondsSince(start);
        }
    }

    @Override
    public Map<String, Long> counters() {
        List<String> names = Native.sx_counter_names(handle).lines().toList();
        ByteBuffer values = ByteBuffer.allocateDirect(Long.BYTES * names.size()).order(ByteOrder.nativeOrder());
        int code = Native.sx_counters(handle, Native.sx_buffer_address(values), names.size());
        if (code != Native.OK) {
            throw NativeLaunch.failure(this, code, "counters", -1);
        }
        Map<String, Long> counters = new LinkedHashMap<>();
        names.forEach(name -> counters.put(name, values.getLong()));
        return counters;
    }

    @Override
    public Device another() {
        return onHost ? Device.super.another() : new NativeDevice(name);
    }

    @Override
    public int processors() {
        return new DeviceInfo(handle).processors();
    }

    @Override
    public int threads() {
        return threads;
    }

    @Override
    public long scratch(Launch launch, int threads) {
        return launch.scratch(onHost ? threads : 0);
    }

    private long find(String key) {
        Long kernel = kernels.get(key);
        return kernel != null ? kernel : kernels.computeIfAbsent(key, k -> Native.sx_find(handle, k));
    }

    /** @throws DeviceException if there is no such kernel */
    long kernel(String key) {
        long kernel = find(key);
        if (kernel == 0) {
            throw new DeviceException(key, DeviceException.Code.INVALID, name + " has no kernel " + key);
        }
        return kernel;
    }

    private long pool(int threads) {
        return pools.computeIfAbsent(threads, n -> {
            long created = Native.sx_pool_create(n);
            if (created == 0) {
                throw new DeviceException("pool", DeviceException.Code.INVALID, Native.sx_last_error());
            }
            return created;
        });
    }

    @Override
    public void launch(
            Launch launch,
            List<TensorType> inputTypes,
            Memory[] inputs,
            List<TensorType> outputTypes,
            Memory[] outputs) {
        NativeLaunch.run(this, pool, launch, inputTypes, inputs, outputTypes, outputs);
    }

    @Override
    public Program compile(List<Program.Command> commands, int threads) {
        return new NativeProgram(this, pool(threads), commands);
    }

    @Override
    public String toString() {
        return name;
    }
}
