package io.sardonyx.onnx.read;

import io.sardonyx.onnx.Limits;
import io.sardonyx.onnx.ModelFormatException;
import io.sardonyx.onnx.Where;
import io.sardonyx.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * A model's file, open while the model is loaded, so that large weights go from it to where they are needed. A model that does
 * not come from a file has none of this: its weights are in memory already.
 */
public final class WeightFile implements AutoCloseable {
    private final String name;
    private final FileChannel channel;
    private final Optional<Path> path;
    private final FileTime modified;

    private WeightFile(String name, FileChannel channel, Optional<Path> path, FileTime modified) {
        this.name = name;
        this.channel = channel;
        this.path = path;
        this.modified = modified;
    }

    /** Whatever cannot be opened is left to the reader, which says why. */
    public static WeightFile open(ModelSource source, Limits limits) {
        Optional<Path> file = source.file().filter(Files::isRegularFile);
        try {
            FileChannel channel = file.isPresent() ? FileChannel.open(file.get()) : null;
            if (channel != null && channel.size() > limits.fileBytes()) {
                channel.close();
                channel = null;
            }
            FileTime modified = channel == null ? null : Files.getLastModifiedTime(file.get());
            return new WeightFile(source.name(), channel, file, modified);
        } catch (IOException e) {
            return new WeightFile(source.name(), null, Optional.empty(), null);
        }
    }

    /** Empty if the file is better read whole. */
    Optional<ModelSkeleton> skeleton() {
        try {
            return channel == null ? Optional.empty() : ModelSkeleton.of(channel);
        } catch (OutOfMemoryError e) {
            throw ModelSource.heapTooSmall(Where.file(name));
        }
    }

    /**
     * The bytes from {@code offset} on. They can be had when this is closed, too, as long as the file is there and has not changed:
     * hardly anything asks for a weight again that its kernel has in a form of its own.
     */
    HostTensor.Source at(long offset) {
        return to -> read(offset, to);
    }

    private void read(long offset, ByteBuffer to) {
        if (channel.isOpen()) {
            read(channel, offset, to);
            return;
        }
        try (FileChannel again = FileChannel.open(path.orElseThrow())) {
            if (!Files.getLastModifiedTime(path.orElseThrow()).equals(modified)) {
                throw new ModelFormatException(
                        Where.file(name), offset, "a weight is needed again, and the file has changed since", null);
            }
            read(again, offset, to);
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": a weight is needed again: " + e.getMessage(), e);
        }
    }

    private void read(FileChannel from, long offset, ByteBuffer to) {
        try {
            for (long at = offset; to.hasRemaining(); ) {
                int count = from.read(to, at);
                if (count < 0) {
                    throw new ModelFormatException(
                            Where.file(name), at, "the file became shorter while it was read", null);
                }
                at += count;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(name + ": " + e.getMessage(), e);
            }
        }
    }
}
