package io.sardonyx.onnx.read;

import io.sardonyx.onnx.ExternalDataException;
import io.sardonyx.onnx.Where;
import io.sardonyx.onnx.proto.StringStringEntryProto;
import io.sardonyx.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tensor data in files beside the model. A model is untrusted input that names files: only regular files inside the model's
 * folder are opened, see {@link ConfinedFolder}, and only ranges that exist are read.
 */
final class ExternalData implements AutoCloseable {
    private static final Set<String> KEYS = Set.of("location", "offset", "length", "checksum", "basepath");

    /** How ONNX Runtime marks an address in memory, which a file has no business to name. */
    private static final String MEMORY_MARKER = "/*";

    private final ModelSource source;
    private final boolean trusted;
    private final Map<String, SeekableByteChannel> open = new HashMap<>();
    private ConfinedFolder folder;

    ExternalData(ModelSource source, ReadOptions options) {
        this.source = source;
        this.trusted = options.trusted();
    }

    /** A copy of the {@code size} bytes of a tensor. */
    ByteBuffer read(TensorProto tensor, int size, Where where) {
        Map<String, String> entries = entries(tensor, where);
        String location = entries.getOrDefault("location", "");
        String label = "tensor '" + tensor.getName() + "' in '" + location + "': ";
        if (source.file().isEmpty()) {
            throw new ExternalDataException(where, label + "the model was not read from a file, so it has no folder");
        }
        if (location.contains(MEMORY_MARKER)) {
            throw new ExternalDataException(where, label + "a memory address is no file");
        }
        long offset = number(entries, "offset", 0, label, where);
        long length = number(entries, "length", size, label, where);
        if (length != size) {
            throw new ExternalDataException(where, label + "length " + length + ", expected " + size);
        }
        try {
            SeekableByteChannel channel = channel(location, label, where);
            long available = channel.size();
            if (offset > available || size > available - offset) {
                throw new ExternalDataException(
                        where,
                        label + "bytes " + offset + " to " + offset + " + " + size + " of a file of " + available);
            }
            ByteBuffer data = ByteBuffer.allocateDirect(size);
            channel.position(offset);
            while (data.hasRemaining()) {
                if (channel.read(data) < 0) {
                    throw new ExternalDataException(where, label + "the file became shorter while it was read");
                }
            }
            return data.flip();
        } catch (IOException e) {
            throw new ExternalDataException(where, label + ConfinedFolder.describe(e), e);
        }
    }

    private static Map<String, String> entries(TensorProto tensor, Where where) {
        var entries = new HashMap<String, String>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            if (!KEYS.contains(entry.getKey())) {
                throw new ExternalDataException(
                        where,
                        "tensor '" + tensor.getName() + "': unknown key '" + entry.getKey() + "' of external data");
            }
            if (entries.put(entry.getKey(), entry.getValue()) != null) {
                throw new ExternalDataException(
                        where, "tensor '" + tensor.getName() + "': external data give '" + entry.getKey() + "' twice");
            }
        }
        return entries;
    }

    private static long number(Map<String, String> entries, String key, long otherwise, String label, Where where) {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below, like a negative one
        }
        throw new ExternalDataException(where, label + key + " '" + text + "' is not a number of bytes");
    }

    private SeekableByteChannel channel(String location, String label, Where where) throws IOException {
        SeekableByteChannel channel = open.get(location);
        if (channel == null) {
            if (folder == null) {
                folder = ConfinedFolder.of(source.file().orElseThrow(), trusted);
            }
            try {
                channel = folder.open(location);
            } catch (ConfinedFolder.Refused e) {
                throw new ExternalDataException(where, label + e.getMessage());
            }
            open.put(location, channel);
        }
        return channel;
    }

    @Override
    public void close() {
        for (SeekableByteChannel channel : open.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                // it was only read
            }
        }
    }
}
