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
import java.util.Optional;

/**
 * A model's file, open while the model is loaded, so that large weights go from it to where they are needed. A model that does
 * not come from a file has none of this: its weights are in memory already.
 */
public final class WeightFile implements AutoCloseable {
    private final String name;
    private final FileChannel channel;

    private WeightFile(String name, FileChannel channel) {
        this.name = name;
        this.channel = channel;
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
            return new WeightFile(source.name(), channel);
        } catch (IOException e) {
            return new WeightFile(source.name(), null);
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

    /** The bytes from {@code offset} on; they can be had until this is closed. */
    HostTensor.Source at(long offset) {
        return to -> read(offset, to);
    }

    private void read(long offset, ByteBuffer to) {
        try {
            for (long at = offset; to.hasRemaining(); ) {
                int count = channel.read(to, at);
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
