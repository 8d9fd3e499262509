package io.sardonyx.binding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.device.DeviceException;
import io.sardonyx.device.Memory;
import io.sardonyx.device.Program;
import io.sardonyx.device.Program.Command;
import io.sardonyx.device.Program.Operand;
import io.sardonyx.device.Program.Place;
import io.sardonyx.device.RunControl;
import io.sardonyx.device.RunStoppedException;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeProgramTest {
    private static final int ROWS = 257;
    private static final int COLUMNS = 129;
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, ROWS, COLUMNS);

    private final NativeDevice device = Natives.cpu();
    private final long before = device.liveBytes();

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, device.liveBytes());
    }

    /** {@code steps} times softmax, from base 0 to base 1, and there in place. */
    private Program softmaxes(int steps, int threads) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            commands.add(softmax(new Place(i == 0 ? 0 : 1, 0), new Place(1, 0), ROWS, COLUMNS, 1));
        }
        return device.compile(commands, threads);
    }

    private static Command softmax(Place from, Place to, long... params) {
        return new Command(
                "softmax.f32",
                List.of(Optional.of(new Operand(TYPE, from)), Optional.of(new Operand(TYPE, to))),
                params,
                Optional.empty(),
                0);
    }

    private Memory random(long seed) {
        Memory memory = device.allocate(TYPE.byteSize());
        Random random = new Random(seed);
        ByteBuffer data = memory.buffer(0, (int) memory.byteSize());
        while (data.hasRemaining()) {
            data.putFloat((float) random.nextGaussian());
        }
        return memory;
    }

    private static byte[] bytes(Memory memory) {
        byte[] bytes = new byte[(int) memory.byteSize()];
        memory.buffer(0, bytes.length).get(bytes);
        return bytes;
    }

    @Test
    void runsTheStepsThatAreAskedFor() {
        try (Program program = softmaxes(3, 1);
                Memory x = random(1);
                Memory y = device.allocate(TYPE.byteSize())) {
            long[] bases = {x.address(), y.address()};
            program.run(bases, 0, 3, new RunControl());
            byte[] whole = bytes(y);
            program.run(bases, 0, 1, new RunControl());
            program.run(bases, 1, 1, new RunControl());
            program.run(bases, 1, 3, new RunControl());
            assertArrayEquals(whole, bytes(y));
        }
    }

    @Test
    void eightThreadsShareOneProgramBitByBit() throws Exception {
        byte[] expected;
        try (Program alone = softmaxes(4, 1);
                Memory x = random(2);
                Memory y = device.allocate(TYPE.byteSize())) {
            alone.run(new long[] {x.address(), y.address()}, 0, 4, new RunControl());
            expected = bytes(y);
        }
        var executor = Executors.newFixedThreadPool(8);
        try (Program program = softmaxes(4, 3)) {
            Callable<Void> runs = () -> {
                try (Memory x = random(2);
                        Memory y = device.allocate(TYPE.byteSize())) {
                    for (int i = 0; i < 50; i++) {
                        program.run(new long[] {x.address(), y.address()}, 0, 4, new RunControl());
                        assertArrayEquals(expected, bytes(y));
                    }
                }
                return null;
            };
            for (Future<Void> future : executor.invokeAll(List.of(runs, runs, runs, runs, runs, runs, runs, runs))) {
                future.get();
            }
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void stopsWhenCancelled() throws Exception {
        try (Program program = softmaxes(20_000, 1);
                Memory x = random(3);
                Memory y = device.allocate(TYPE.byteSize())) {
            RunControl control = new RunControl();
            Thread other = new Thread(() -> {
                while (control.step() == 0) {
                    Thread.onSpinWait();
                }
                control.cancel();
            });
            other.start();
            var stopped = assertThrows(
                    RunStoppedException.class,
                    () -> program.run(new long[] {x.address(), y.address()}, 0, 20_000, control));
            other.join();
            assertEquals(RunStoppedException.Reason.CANCELLED, stopped.reason());
            program.run(new long[] {x.address(), y.address()}, 0, 1, control.reset(null));
        }
    }

    @Test
    void stopsAtTheDeadline() {
        try (Program program = softmaxes(1_000_000, 1);
                Memory x = random(4);
                Memory y = device.allocate(TYPE.byteSize())) {
            RunControl control = new RunControl().reset(Duration.ofMillis(5));
            var stopped = assertThrows(
                    RunStoppedException.class,
                    () -> program.run(new long[] {x.address(), y.address()}, 0, 1_000_000, control));
            assertEquals(RunStoppedException.Reason.TIMEOUT, stopped.reason());
        }
    }

    @Test
    void aFailureNamesKernelAndStep() {
        List<Command> commands = List.of(
                softmax(new Place(0, 0), new Place(1, 0), ROWS, COLUMNS, 1),
                softmax(new Place(0, 0), new Place(1, 0), ROWS, COLUMNS));
        try (Program program = device.compile(commands, 2);
                Memory x = random(5);
                Memory y = device.allocate(TYPE.byteSize())) {
            var failure = assertThrows(
                    DeviceException.class,
                    () -> program.run(new long[] {x.address(), y.address()}, 0, 2, new RunControl()));
            assertEquals("softmax.f32", failure.kernel());
            assertEquals(1, failure.step());
            assertEquals("softmax.f32: expects 3 parameters, got 2", failure.getMessage());
        }
    }

    @Test
    void stepsAndBasesOutsideAreRefused() {
        try (Program program = softmaxes(2, 1)) {
            RunControl control = new RunControl();
            for (int[] steps : new int[][] {{-1, 1}, {0, 3}, {2, 1}, {0, Integer.MAX_VALUE}}) {
                assertThrows(DeviceException.class, () -> program.run(new long[] {0, 0}, steps[0], steps[1], control));
            }
            assertThrows(DeviceException.class, () -> program.run(new long[] {0}, 0, 1, control));
        }
    }

    @Test
    void aClosedProgramIsRefused() {
        Program program = softmaxes(1, 1);
        program.close();
        program.close();
        assertThrows(IllegalStateException.class, () -> program.run(new long[2], 0, 1, new RunControl()));
    }

    @Test
    void closingWaitsForTheRun() throws Exception {
        for (int round = 0; round < 200; round++) {
            try (Memory x = random(6);
                    Memory y = device.allocate(TYPE.byteSize())) {
                Program program = softmaxes(20, 1);
                Thread closer = new Thread(program::close);
                closer.start();
                try {
                    program.run(new long[] {x.address(), y.address()}, 0, 20, new RunControl());
                } catch (IllegalStateException e) {
                    assertTrue(e.getMessage().contains("closed"), e.getMessage());
                }
                closer.join();
            }
        }
    }

    @Test
    void anUnknownKernelIsRefusedAtOnce() {
        Command command = new Command("nothing.f32", List.of(), new long[0], Optional.empty(), 0);
        assertThrows(DeviceException.class, () -> device.compile(List.of(command), 1));
    }

    @Test
    void wrongWordsAreRefused() {
        long kernel = device.kernel("softmax.f32");
        long[][] wrong = {
            {kernel}, // ends inside a step
            {12345, -1, 0, 0, 0, 0}, // no kernel
            {kernel + 8, -1, 0, 0, 0, 0},
            {kernel, -2, 0, 0, 0, 0}, // no base
            {kernel, 0, -1, 0, 0, 0}, // offset
            {kernel, -1, 0, -1, 0, 0}, // scratch size
            {kernel, -1, 0, 0, -1, 0}, // tensors
            {kernel, -1, 0, 0, 0, -1}, // parameters
            {kernel, -1, 0, 0, Long.MAX_VALUE, 0},
            {kernel, -1, 0, 0, 0, Long.MAX_VALUE},
            {kernel, -1, 0, 0, 1, 0, 0, 0, 1, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1}, // rank
            {kernel, -1, 0, 0, 1, 0, 0, 0, 1, -1},
            {kernel, -1, 0, 0, 1, 0, 0, 0, 1, 1, -5}, // dimension
            {kernel, -1, 0, 0, 1, 0, 0, 0, 1, 2, 1L << 40, 1L << 40}, // elements
        };
        for (long[] words : wrong) {
            assertEquals(0, create(words), () -> java.util.Arrays.toString(words));
        }
    }

    @Test
    void randomWordsAreRefused() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            long[] words = random.longs(1 + random.nextInt(40), -3, 12).toArray();
            if (random.nextBoolean()) {
                words[0] = device.kernel("softmax.f32");
            }
            long program = create(words);
            if (program != 0) {
                Native.sx_program_destroy(program);
            }
        }
    }

    private long create(long... words) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(8 * words.length).order(ByteOrder.nativeOrder());
        LongBuffer view = bytes.asLongBuffer().put(words);
        return Native.sx_program_create(device.handle(), Native.sx_buffer_address(bytes), view.position());
    }
}
