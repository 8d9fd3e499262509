package io.sardonyx.binding;

import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Program;
import io.sardonyx.device.RunControl;
import io.sardonyx.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Optional;

/** Commands as a program of the native runtime; one native call per run. */
final class NativeProgram implements Program {
    private static final int STEP_WORDS = 6;
    private static final int OPERAND_WORDS = 4;

    private final NativeDevice device;
    private final long pool;
    private final String[] kernels;
    private final Handle handle;

    NativeProgram(NativeDevice device, long pool, List<Command> commands) {
        this.device = device;
        this.pool = pool;
        kernels = commands.stream().map(Command::kernel).toArray(String[]::new);
        int count = commands.stream().mapToInt(NativeProgram::wordCount).reduce(0, Math::addExact);
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(count, Long.BYTES));
        LongBuffer words = bytes.order(ByteOrder.nativeOrder()).asLongBuffer();
        for (Command command : commands) {
            write(device, command, words);
        }
        long program = Native.sx_program_create(device.handle(), Native.sx_buffer_address(bytes), words.position());
        if (program == 0) {
            throw new DeviceException("compile", DeviceException.Code.INVALID, Native.sx_last_error());
        }
        handle = new ProgramHandle(program);
    }

    private static int wordCount(Command command) {
        int count = STEP_WORDS + command.params().length;
        for (Optional<Operand> operand : command.arguments()) {
            count += OPERAND_WORDS + operand.map(o -> o.type().shape().rank()).orElse(0);
        }
        return count;
    }

    private static void write(NativeDevice device, Command command, LongBuffer words) {
        words.put(device.kernel(command.kernel()))
                .put(command.scratch().map(Place::base).orElse(-1))
                .put(command.scratch().map(Place::offset).orElse(0L))
                .put(command.scratchBytes())
                .put(command.arguments().size())
                .put(command.params().length);
        for (Optional<Operand> operand : command.arguments()) {
            if (operand.isEmpty()) {
                words.put(-1).put(0).put(0).put(0);
                continue;
            }
            Place place = operand.get().place();
            Shape shape = operand.get().type().shape();
            words.put(place.base())
                    .put(place.offset())
                    .put(operand.get().type().dtype().code())
                    .put(shape.rank())
                    .put(shape.toArray());
        }
        words.put(command.params());
    }

    @Override
    public void run(long[] bases, int first, int last, RunControl control) {
        handle.acquire();
        try {
            CallBlock block = CallBlock.ofThread(bases.length * Long.BYTES);
            block.put(bases);
            int code = Native.sx_run(
                    handle.address, pool, block.address(), bases.length, first, last, block.addressOf(control.words()));
            if (code != Native.OK) {
                throw failure(code, control);
            }
        } finally {
            handle.release();
        }
    }

    private RuntimeException failure(int code, RunControl control) {
        int step = control.step();
        return NativeLaunch.failure(device, code, step >= 0 && step < kernels.length ? kernels[step] : "run", step);
    }

    @Override
    public void close() {
        handle.close();
    }

    private static final class ProgramHandle extends Handle {
        ProgramHandle(long address) {
            super(address);
        }

        @Override
        void free() {
            Native.sx_program_destroy(address);
        }

        @Override
        String what() {
            return "the program";
        }
    }
}
