package io.sardonyx.binding;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A private folder for native libraries that come from a jar. Each set lies in a folder named after its checksums, so that
 * versions and processes do not meet; a file that is there already is used only if its content is right.
 */
record NativeCache(Path root, boolean temporary) {
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    /** Where to try, in this order: {@code -Dsardonyx.cache}, the user's cache folder, a new temporary folder. */
    static List<NativeCache> candidates() {
        List<NativeCache> candidates = new ArrayList<>();
        String chosen = System.getProperty("sardonyx.cache");
        String xdg = System.getenv("XDG_CACHE_HOME");
        String home = System.getProperty("user.home");
        if (chosen != null && !chosen.isBlank()) {
            candidates.add(new NativeCache(Path.of(chosen), false));
        } else if (xdg != null && Path.of(xdg).isAbsolute()) {
            candidates.add(new NativeCache(Path.of(xdg, "sardonyx"), false));
        } else if (home != null && Path.of(home).isAbsolute()) {
            candidates.add(new NativeCache(Path.of(home, ".cache", "sardonyx"), false));
        }
        candidates.add(new NativeCache(Path.of(System.getProperty("java.io.tmpdir")), true));
        return candidates;
    }

    /**
     * The folder with these files.
     *
     * @throws IOException if this place cannot be used, with the reason
     */
    Path unpack(List<String> names, List<byte[]> contents) throws IOException {
        Path folder = temporary
                ? Files.createTempDirectory(root, "sardonyx-", PosixFilePermissions.asFileAttribute(PRIVATE))
                : privateFolder(root).resolve(name(contents));
        if (!temporary) {
            privateFolder(folder);
        }
        for (int i = 0; i < names.size(); i++) {
            Path file = folder.resolve(names.get(i));
            if (temporary) {
                folder.toFile().deleteOnExit();
                file.toFile().deleteOnExit();
            }
            if (!holds(file, contents.get(i))) {
                write(file, contents.get(i));
            }
        }
        return folder;
    }

    private static Path privateFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
        if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("others may write to " + folder);
        }
        if (!Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")))) {
            throw new IOException(folder + " belongs to " + Files.getOwner(folder));
        }
        return folder;
    }

    private static boolean holds(Path file, byte[] content) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == content.length
                && checksum(Files.readAllBytes(file)) == checksum(content);
    }

    /** Complete or not at all, also while another process does the same. */
    private static void write(Path file, byte[] content) throws IOException {
        Path partial = Files.createTempFile(file.getParent(), file.getFileName() + ".", ".part");
        try {
            Files.write(partial, content);
            try {
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String name(List<byte[]> contents) {
        StringBuilder name = new StringBuilder();
        contents.forEach(c -> name.append(HexFormat.of().toHexDigits(checksum(c), 8)));
        return name.toString();
    }

    /**
     * Finds torn files, not forged ones: the folder is private. A cryptographic digest of a few megabytes, in a JVM that has
     * just started and interprets it, takes longer than all else here.
     */
    private static long checksum(byte[] content) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        return checksum.getValue();
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
