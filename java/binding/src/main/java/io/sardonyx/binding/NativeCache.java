package io.sardonyx.binding;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
    Path unpack(List<PackedFile> files) throws IOException {
        Path folder = temporary
                ? Files.createTempDirectory(root, "sardonyx-", PosixFilePermissions.asFileAttribute(PRIVATE))
                : privateFolder(root).resolve(name(files));
        if (!temporary) {
            privateFolder(folder);
        }
        for (PackedFile packed : files) {
            Path file = folder.resolve(packed.name());
            if (temporary) {
                folder.toFile().deleteOnExit();
                file.toFile().deleteOnExit();
            }
            if (!holds(file, packed)) {
                write(file, packed);
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

    private static boolean holds(Path file, PackedFile packed) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == packed.size()
                && packed.isContent(() -> Files.newInputStream(file));
    }

    /** Complete or not at all, also while another process does the same. */
    private static void write(Path file, PackedFile packed) throws IOException {
        Path partial = Files.createTempFile(file.getParent(), file.getFileName() + ".", ".part");
        try {
            try (InputStream in = packed.source().open();
                    OutputStream out = Files.newOutputStream(partial)) {
                in.transferTo(out);
            }
            if (!holds(partial, packed)) {
                throw new IOException(packed.name() + " is damaged in its jar, or changed while it was unpacked");
            }
            try {
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Of checksums, which find torn files, not forged ones: the folder is private. */
    private static String name(List<PackedFile> files) {
        StringBuilder name = new StringBuilder();
        files.forEach(file -> name.append(HexFormat.of().toHexDigits(file.checksum(), 8)));
        return name.toString();
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
