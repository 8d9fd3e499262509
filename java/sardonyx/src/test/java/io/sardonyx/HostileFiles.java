package io.sardonyx;

import static io.sardonyx.HostileCase.fails;
import static io.sardonyx.HostileCase.passes;
import static io.sardonyx.HostileCase.require;
import static io.sardonyx.onnx.read.Onnx.body;
import static io.sardonyx.onnx.read.Onnx.node;
import static io.sardonyx.onnx.read.Onnx.tensor;
import static io.sardonyx.onnx.read.Onnx.unshaped;

import com.google.protobuf.ByteString;
import io.sardonyx.onnx.ExternalDataException;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A model's files that change before, while and after they are read: row 8 of the reliability contract. */
final class HostileFiles {
    /** The weight is a square of some pages. */
    private static final int SIDE = 200;

    private HostileFiles() {}

    static List<HostileCase> cases() {
        return Stream.concat(Stream.of(Change.values()).flatMap(HostileFiles::afterLoading), beforeAndWhile())
                .toList();
    }

    /** What is done to a file. */
    private enum Change {
        TRUNCATED {
            @Override
            void make(Path file) throws IOException {
                cut(file, 0);
            }
        },
        CUT_IN_HALF {
            @Override
            void make(Path file) throws IOException {
                cut(file, Files.size(file) / 2);
            }
        },
        DELETED {
            @Override
            void make(Path file) throws IOException {
                Files.delete(file);
            }
        },
        OVERWRITTEN {
            @Override
            void make(Path file) throws IOException {
                byte[] other = other(file);
                Files.write(file, other, StandardOpenOption.WRITE);
            }
        },
        REPLACED {
            @Override
            void make(Path file) throws IOException {
                Path beside = Files.write(file.resolveSibling("other"), other(file));
                Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
            }
        };

        abstract void make(Path file) throws IOException;

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }

        static void cut(Path file, long size) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(size);
            }
        }

        private static byte[] other(Path file) throws IOException {
            byte[] other = new byte[(int) Files.size(file)];
            Arrays.fill(other, (byte) 0x41);
            return other;
        }
    }

    /** {@code y = x w + b}; w lies in a file beside the model, b in the model. */
    private record ModelFiles(Path model, Path weights) {
        static ModelFiles write() throws IOException {
            Path folder = Files.createTempDirectory(Path.of("").toAbsolutePath(), "files");
            TensorProto.Builder w = tensor("w", DType.FLOAT32, SIDE, SIDE)
                    .setDataLocation(1)
                    .addExternalData(StringStringEntryProto.newBuilder()
                            .setKey("location")
                            .setValue("weights"));
            TensorProto.Builder b = tensor("b", DType.FLOAT32, SIDE);
            b.setRawData(ByteString.copyFrom(numbers(SIDE)));
            byte[] model = HostileCase.bytes(body(node("MatMul", "x w", "product"), node("Add", "product b", "y"))
                    .addInitializer(w)
                    .addInitializer(b)
                    .addInput(unshaped("x", DType.FLOAT32))
                    .addOutput(unshaped("y", DType.FLOAT32)));
            return new ModelFiles(
                    Files.write(folder.resolve("m.onnx"), model),
                    Files.write(folder.resolve("weights"), numbers(SIDE * SIDE)));
        }

        ModelBuilder builder(boolean trusted) {
            return Model.builder(model).trusted(trusted);
        }
    }

    private static float number(int i) {
        return i % 7 - 3;
    }

    private static byte[] numbers(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(number(i));
        }
        return bytes.array();
    }

    /** The results for rows of ones are the sums of the columns. */
    private static void requireRight(Model model, int rows) {
        float[] ones = new float[rows * SIDE];
        Arrays.fill(ones, 1);
        try (Tensor x = Tensor.of(ones, rows, SIDE);
                Outputs outputs = model.run(Map.of("x", x))) {
            float[] y = outputs.get(0).toFloatArray();
            for (int at = 0; at < y.length; at++) {
                int column = at % SIDE;
                float expected = number(column);
                for (int i = 0; i < SIDE; i++) {
                    expected += number(i * SIDE + column);
                }
                require(y[at] == expected, "expected " + expected + " at " + at + ", given " + y[at]);
            }
        }
    }

    /** Runs planned before the change, and after it. */
    private static Stream<HostileCase> afterLoading(Change change) {
        return Stream.of(true, false).flatMap(external -> Stream.of(true, false).map(trusted -> {
            String what = (external ? "weights " : "model ") + change.text() + (trusted ? ", trusted" : "");
            return passes(what + " after loading", () -> {
                ModelFiles files = ModelFiles.write();
                try (Model started = files.builder(trusted).load();
                        Model fresh = files.builder(trusted).load()) {
                    requireRight(started, 1);
                    change.make(external ? files.weights : files.model);
                    requireRight(started, 1);
                    requireRight(started, 30);
                    requireRight(fresh, 1);
                }
            });
        }));
    }

    private static Stream<HostileCase> beforeAndWhile() {
        return Stream.of(
                refused(
                        "weights cut in half before loading",
                        ExternalDataException.class,
                        files -> Change.CUT_IN_HALF.make(files.weights),
                        "bytes 0 to 0 + 160000 of a file of 80000"),
                refused(
                        "weights a byte short",
                        ExternalDataException.class,
                        files -> Change.cut(files.weights, 4 * SIDE * SIDE - 1),
                        "bytes 0 to 0 + 160000 of a file of 159999"),
                refused(
                        "weights deleted before loading",
                        ExternalDataException.class,
                        files -> Files.delete(files.weights),
                        "no such file"),
                refused(
                        "model truncated before loading",
                        ModelFormatException.class,
                        files -> Change.TRUNCATED.make(files.model),
                        "m.onnx",
                        "empty"),
                refused(
                        "model cut in half before loading",
                        ModelFormatException.class,
                        files -> Change.CUT_IN_HALF.make(files.model),
                        "m.onnx",
                        "byte "),
                refused(
                        "model deleted before loading",
                        UncheckedIOException.class,
                        files -> Files.delete(files.model),
                        "m.onnx"),
                passes("weights truncated and written again while they are read", HostileFiles::whileReading));
    }

    private interface Damage {
        void make(ModelFiles files) throws IOException;
    }

    /** The damage comes between the builder and its load. */
    private static HostileCase refused(String name, Class<? extends Throwable> error, Damage damage, String... parts) {
        return fails(
                name,
                error,
                () -> {
                    ModelFiles files = ModelFiles.write();
                    ModelBuilder builder = files.builder(false);
                    damage.make(files);
                    builder.load().close();
                },
                parts);
    }

    private static void whileReading() throws Exception {
        ModelFiles files = ModelFiles.write();
        byte[] right = Files.readAllBytes(files.weights);
        AtomicBoolean enough = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            try {
                while (!enough.get()) {
                    Files.write(files.weights, right);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        try {
            int loaded = 0;
            int refused = 0;
            while (loaded < 20 || refused < 20) {
                try (Model model = files.builder(false).load()) {
                    requireRight(model, 1);
                    loaded++;
                } catch (ExternalDataException e) {
                    require(e.getMessage().contains("file"), e.getMessage());
                    refused++;
                }
            }
        } finally {
            enough.set(true);
            writer.join();
        }
    }
}
