package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.ModelLimitException;
import io.sardonyx.onnx.Where;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Where a model's bytes come from. Only a model from a file has a folder, which may hold external data. */
public final class ModelSource {
    private interface Bytes {
        byte[] read(Where where, Limits limits) throws IOException;
    }

    /** Of a read through a channel; a heap buffer costs a hidden direct one of the size asked for. */
    private static final int CHUNK = 1 << 20;

    /** Of a protobuf file, whatever the limits say; larger models keep their weights in other files. */
    private static final int LARGEST = Integer.MAX_VALUE - 16;

    private final String name;
    private final Path file;
    private final Bytes bytes;

    private ModelSource(String name, Path file, Bytes bytes) {
        this.name = name;
        this.file = file;
        this.bytes = bytes;
    }

    public static ModelSource of(Path file) {
        return new ModelSource(file.toString(), file, (where, limits) -> readFile(file, where, limits));
    }

    /** The array must not change as long as the model is in use. */
    public static ModelSource of(byte[] model) {
        return new ModelSource("model in memory", null, (where, limits) -> {
            check(where, limits, model.length);
            return model;
        });
    }

    /** From position to limit, which stay as they are. A heap buffer's array must not change as long as the model is in use. */
    public static ModelSource of(ByteBuffer model) {
        ByteBuffer view = model.duplicate();
        return new ModelSource("model in memory", null, (where, limits) -> {
            check(where, limits, view.remaining());
            if (view.hasArray()
                    && view.arrayOffset() == 0
                    && view.position() == 0
                    && view.array().length == view.limit()) {
                return view.array();
            }
            byte[] copy = new byte[view.remaining()];
            view.duplicate().get(copy);
            return copy;
        });
    }

    /** Read to its end, once, and not closed. */
    public static ModelSource of(InputStream model) {
        return new ModelSource("model from a stream", null, (where, limits) -> {
            byte[] read = model.readNBytes((int) Math.min(limits.fileBytes() + 1, LARGEST));
            check(where, limits, read.length);
            return read;
        });
    }

    /** The file's name, or what stands for it in messages. */
    public String name() {
        return name;
    }

    /** The model's file, if it comes from one. */
    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    byte[] read(Limits limits) {
        Where where = Where.file(name);
        try {
            return bytes.read(where, limits);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": " + e.getMessage(), e);
        } catch (OutOfMemoryError e) {
            throw heapTooSmall(where);
        }
    }

    static ModelLimitException heapTooSmall(Where where) {
        return new ModelLimitException(
                where,
                Limits.Kind.MEMORY,
                Runtime.getRuntime().maxMemory(),
                Long.MAX_VALUE,
                "the model does not fit the Java heap (-Xmx)");
    }

    private static void check(Where where, Limits limits, long size) {
        long allowed = Math.min(limits.fileBytes(), LARGEST);
        if (size > allowed) {
            throw new ModelLimitException(where, Limits.Kind.FILE_BYTES, allowed, size, "the model file has");
        }
    }

    private static byte[] readFile(Path file, Where where, Limits limits) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe would be waited for
            throw new ModelFormatException(where, 0, "not a regular file", null);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            check(where, limits, channel.size());
            byte[] content = new byte[Math.toIntExact(channel.size())];
            int at = 0;
            while (at < content.length) {
                int read = channel.read(ByteBuffer.wrap(content, at, Math.min(CHUNK, content.length - at)));
                if (read < 0) { // it shrank
                    return Arrays.copyOf(content, at);
                }
                at += read;
            }
            return content;
        }
    }
}
