package io.sardonyx.device;

import io.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How an operator is run by a kernel: the kernel's key, its tensors in order, its parameters (8-byte slots in the order of the
 * struct at the top of the kernel's file), scratch memory, and which input the first output may overwrite.
 *
 * <pre>{@code Launch.of("softmax", DType.FLOAT32).input(0).output(0).param(rows).param(columns).inPlace(0)}</pre>
 */
public final class Launch {
    /** One tensor argument of the kernel. */
    public sealed interface Argument {
        /** Input {@code index} of the operator; an absent optional input stays absent. */
        record Input(int index) implements Argument {}

        /** Output {@code index} of the operator. */
        record Output(int index) implements Argument {}

        /** Constant input {@code index}, rearranged once by {@code pack}. */
        record Packed(int index, Pack pack) implements Argument {}
    }

    /**
     * A kernel that rearranges a weight once: its tensors are the weight and the result, which is {@code bytes} long. Equal
     * packs of one weight are shared.
     */
    public record Pack(String kernel, long bytes, List<Long> params) {
        public Pack {
            params = List.copyOf(params);
        }

        /** The key of the kernel that undoes it, where a device has one: same parameters, its tensors change places. */
        public String inverse() {
            return kernel.replace(".pack.", ".unpack.");
        }
    }

    /** No input is overwritten. */
    public static final int NOT_IN_PLACE = -1;

    private final String kernel;
    private final List<Argument> arguments = new ArrayList<>(4);
    private long[] params = new long[8];
    private int paramCount;
    private long scratch;
    private long scratchPerThread;
    private int inPlace = NOT_IN_PLACE;
    private boolean acrossDevices;
    private Optional<Launch> otherwise = Optional.empty();
    private Optional<String> fast = Optional.empty();
    private Optional<Launch> strict = Optional.empty();

    private Launch(String kernel) {
        this.kernel = kernel;
    }

    /** A launch of kernel {@code operation.dtype}, as in {@code softmax.f32}. */
    public static Launch of(String operation, DType dtype) {
        return new Launch(operation + "." + dtype.key());
    }

    /** A launch of the kernel with this whole key. */
    public static Launch ofKey(String kernel) {
        return new Launch(kernel);
    }

    public Launch input(int index) {
        arguments.add(new Argument.Input(index));
        return this;
    }

    public Launch output(int index) {
        arguments.add(new Argument.Output(index));
        return this;
    }

    public Launch packed(int index, Pack pack) {
        arguments.add(new Argument.Packed(index, pack));
        return this;
    }

    public Launch param(long value) {
        if (paramCount == params.length) {
            params = Arrays.copyOf(params, 2 * paramCount);
        }
        params[paramCount++] = value;
        return this;
    }

    /** A {@code double} slot. */
    public Launch param(double value) {
        return param(Double.doubleToRawLongBits(value));
    }

    public Launch params(long... values) {
        for (long value : values) {
            param(value);
        }
        return this;
    }

    /** Bytes of scratch memory for the whole launch, 64-byte aligned. */
    public Launch scratch(long bytes) {
        scratch = bytes;
        return this;
    }

    /**
     * Bytes of scratch memory for each thread of the host, behind those of {@link #scratch(long)}; a multiple of 64. Kernels of GPUs
     * get none of it.
     */
    public Launch scratchPerThread(long bytes) {
        scratchPerThread = (bytes + 63) / 64 * 64;
        return this;
    }

    /** Output 0 may lie where input {@code index} lies, if that is not needed any more. */
    public Launch inPlace(int index) {
        inPlace = index;
        return this;
    }

    /** Tensors may lie on other devices that the launch's {@linkplain Device#reaches reaches}: what a collective's kernels take. */
    public Launch acrossDevices() {
        acrossDevices = true;
        return this;
    }

    /**
     * What to launch on a device that lacks a kernel of this, as where one kind of device packs its weights and another does not;
     * behind what was named before. {@link Device#choose} picks.
     */
    public Launch otherwise(Launch other) {
        otherwise = Optional.of(otherwise.map(before -> before.otherwise(other)).orElse(other));
        return this;
    }

    /**
     * Names a kernel that takes the same and is faster where a device has it, since it rounds the operands of products to a shorter
     * format; only for who asks for {@link #fast()}.
     */
    public Launch fast(String key) {
        fast = Optional.of(key);
        return this;
    }

    /** This with the kernel named by {@link #fast(String)}; empty if none was. */
    public Optional<Launch> fast() {
        return fast.map(this::by);
    }

    /** Names what to launch instead for who asks that sums have no larger error than one after the other in float32. */
    public Launch strict(Launch other) {
        strict = Optional.of(other);
        return this;
    }

    /** What {@link #strict(Launch)} named; empty if this is strict itself. */
    public Optional<Launch> strict() {
        return strict;
    }

    /** The same of another kernel, without what is named for other devices and precisions. */
    public Launch by(String key) {
        var other = new Launch(key);
        other.arguments.addAll(arguments);
        other.params = params();
        other.paramCount = paramCount;
        other.scratch = scratch;
        other.scratchPerThread = scratchPerThread;
        other.inPlace = inPlace;
        other.acrossDevices = acrossDevices;
        return other;
    }

    /** The next choice where a device lacks a kernel of this. */
    public Optional<Launch> otherwise() {
        return otherwise;
    }

    public String kernel() {
        return kernel;
    }

    public List<Argument> arguments() {
        return arguments;
    }

    public long[] params() {
        return Arrays.copyOf(params, paramCount);
    }

    /** Bytes of scratch memory where so many threads of the host work. */
    public long scratch(int threads) {
        return (scratch + 63) / 64 * 64 + scratchPerThread * threads;
    }

    /** Whether {@link #acrossDevices} was called. */
    public boolean isAcrossDevices() {
        return acrossDevices;
    }

    /** The input that output 0 may overwrite, or {@link #NOT_IN_PLACE}. */
    public int inPlace() {
        return inPlace;
    }
}
