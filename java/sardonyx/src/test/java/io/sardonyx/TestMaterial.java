package io.sardonyx;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Test material from outside the project, found at {@code -Dsardonyx.testdata}; tests that need what is not there are skipped. */
final class TestMaterial {
    private static final Path FOLDER = Path.of(System.getProperty("sardonyx.testdata", "../../../shared"));
    private static final Path DEBIAN = Path.of("/usr/share/libonnx-testdata/data");
    private static final Path UNPACKED = Path.of("target", "onnx-backend");

    private TestMaterial() {}

    /** A file or folder below the material's folder. */
    static Optional<Path> find(String name) {
        return Optional.of(FOLDER.resolve(name)).filter(Files::exists);
    }

    /** The ONNX backend suite: unpacked from its archive, else as Debian installs it. */
    static Optional<Path> backendSuite() throws IOException {
        Optional<Path> archive = find("onnx-backend/onnx-data.tar.xz");
        if (archive.isEmpty()) {
            return Optional.of(DEBIAN).filter(Files::isDirectory);
        }
        Path complete = UNPACKED.resolve("complete-" + Files.size(archive.get()));
        if (!Files.exists(complete)) {
            unpack(archive.get());
            Files.createFile(complete);
        }
        return Optional.of(UNPACKED.resolve("onnx-data"));
    }

    private static void unpack(Path archive) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive));
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path to = UNPACKED.resolve(entry.getName()).normalize();
                if (!to.startsWith(UNPACKED)) {
                    throw new IOException(archive + ": " + entry.getName() + " lies outside");
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(to);
                } else if (entry.isFile()) {
                    Files.createDirectories(to.getParent());
                    Files.copy(tar, to, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
