package io.sardonyx.onnx.read;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A folder whose files may be read by names that an untrusted model gives, and none outside. No absolute path, no {@code ..}, no
 * symbolic link on the way, no second hard link, regular files only; and the file opened is the file that was examined. Where
 * the system allows it, each folder on the way is opened relative to the one before, so that nobody can swap it in between.
 */
final class ConfinedFolder {
    /** Why a file is not opened. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message, null, false, false);
        }
    }

    private final Path root;
    private final boolean trusted;

    private ConfinedFolder(Path root, boolean trusted) {
        this.root = root;
        this.trusted = trusted;
    }

    /** @param trusted links are followed */
    static ConfinedFolder of(Path model, boolean trusted) throws IOException {
        return new ConfinedFolder(model.toAbsolutePath().getParent().toRealPath(), trusted);
    }

    SeekableByteChannel open(String location) throws IOException, Refused {
        List<Path> steps = steps(location);
        Path file = root;
        for (Path step : steps) {
            file = file.resolve(step);
        }
        if (trusted) {
            requireRegular(Files.readAttributes(file, BasicFileAttributes.class));
            return Files.newByteChannel(file, StandardOpenOption.READ);
        }
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(root)) {
            return folder instanceof SecureDirectoryStream<Path> secure
                    ? openBelow(secure, steps, file)
                    : openByPath(steps, file);
        }
    }

    /** The names of the folders and of the file, one by one. */
    private static List<Path> steps(String location) throws Refused {
        if (location.isEmpty()) {
            throw new Refused("no location");
        }
        if (location.startsWith("/") || location.contains("\\") || location.matches("[A-Za-z]:.*")) {
            throw new Refused("not a relative path with '/'");
        }
        var steps = new ArrayList<Path>();
        for (String step : location.split("/", -1)) {
            if (step.equals("..")) {
                throw new Refused("'..' leads outside the model's folder");
            }
            if (step.equals(".")) {
                continue;
            }
            if (step.isEmpty()) {
                throw new Refused("an empty name in the path");
            }
            try {
                steps.add(Path.of(step));
            } catch (InvalidPathException e) {
                throw new Refused("not a file name");
            }
        }
        if (steps.isEmpty()) {
            throw new Refused("a folder, not a file");
        }
        return steps;
    }

    /** Opens step by step, each relative to the open folder before. */
    private SeekableByteChannel openBelow(SecureDirectoryStream<Path> folder, List<Path> steps, Path file)
            throws IOException, Refused {
        Path step = steps.get(0);
        BasicFileAttributes attributes = folder.getFileAttributeView(step, BasicFileAttributeView.class, NOFOLLOW_LINKS)
                .readAttributes();
        if (steps.size() > 1) {
            requireFolder(attributes);
            try (SecureDirectoryStream<Path> next = folder.newDirectoryStream(step, NOFOLLOW_LINKS)) {
                return openBelow(next, steps.subList(1, steps.size()), file);
            }
        }
        requireRegular(attributes);
        requireSingleLink(file);
        SeekableByteChannel channel = folder.newByteChannel(step, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS));
        return sameFile(channel, file, attributes);
    }

    private SeekableByteChannel openByPath(List<Path> steps, Path file) throws IOException, Refused {
        Path at = root;
        for (Path step : steps.subList(0, steps.size() - 1)) {
            at = at.resolve(step);
            requireFolder(Files.readAttributes(at, BasicFileAttributes.class, NOFOLLOW_LINKS));
        }
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        requireRegular(attributes);
        requireSingleLink(file);
        return sameFile(Files.newByteChannel(file, Set.of(StandardOpenOption.READ, NOFOLLOW_LINKS)), file, attributes);
    }

    /** Hands the channel on if the path still leads, inside the folder, to the file that was examined. */
    private SeekableByteChannel sameFile(SeekableByteChannel channel, Path file, BasicFileAttributes examined)
            throws IOException, Refused {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS);
        if (!Objects.equals(now.fileKey(), examined.fileKey())
                || !file.toRealPath().startsWith(root)) {
            channel.close();
            throw new Refused("it was exchanged while it was opened");
        }
        return channel;
    }

    private static void requireFolder(BasicFileAttributes attributes) throws Refused {
        if (attributes.isSymbolicLink()) {
            throw new Refused("a symbolic link on the way");
        }
        if (!attributes.isDirectory()) {
            throw new Refused("a file where a folder should be");
        }
    }

    private static void requireRegular(BasicFileAttributes attributes) throws Refused {
        if (attributes.isSymbolicLink()) {
            throw new Refused("a symbolic link (read with 'trusted' if it is meant)");
        }
        if (!attributes.isRegularFile()) {
            throw new Refused("not a regular file");
        }
    }

    private static void requireSingleLink(Path file) throws IOException, Refused {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        int links = (Integer) Files.getAttribute(file, "unix:nlink", NOFOLLOW_LINKS);
        if (links > 1) {
            throw new Refused("it has " + links + " hard links (read with 'trusted' if that is meant)");
        }
    }

    /** What an exception of the file system means, without the path that it repeats. */
    static String describe(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof FileSystemException known && known.getReason() != null) {
            return known.getReason();
        }
        return String.valueOf(e.getMessage());
    }
}
