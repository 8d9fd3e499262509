package io.sardonyx.binding;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.util.zip.CRC32;

/**
 * A file in a jar, what it holds known by size and checksum. It is read piece by piece: an array of megabytes would stay part of the
 * process's memory long after it is needed.
 */
record PackedFile(String name, long size, long checksum, Source source) {
    /** Where the content can be read from, as often as it is asked for. */
    @FunctionalInterface
    interface Source {
        InputStream open() throws IOException;
    }

    private static final int PIECE = 1 << 16;

    /** The jar's directory says size and checksum; where something else serves the resource, it is read once to find out. */
    static PackedFile of(String name, URL resource) throws IOException {
        if (resource.openConnection() instanceof JarURLConnection connection && connection.getJarEntry() != null) {
            long size = connection.getJarEntry().getSize();
            long checksum = connection.getJarEntry().getCrc();
            if (size >= 0 && checksum >= 0) {
                return new PackedFile(name, size, checksum, resource::openStream);
            }
        }
        return of(name, resource::openStream);
    }

    static PackedFile of(String name, Source source) throws IOException {
        var sum = new CRC32();
        long size = sum(source, sum);
        return new PackedFile(name, size, sum.getValue(), source);
    }

    /** Whether {@code content} is this file's, of which the size was compared already. */
    boolean isContent(Source content) throws IOException {
        var sum = new CRC32();
        return sum(content, sum) == size && sum.getValue() == checksum;
    }

    private static long sum(Source source, CRC32 sum) throws IOException {
        byte[] piece = new byte[PIECE];
        long size = 0;
        try (InputStream in = source.open()) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                sum.update(piece, 0, count);
                size += count;
            }
        }
        return size;
    }
}
