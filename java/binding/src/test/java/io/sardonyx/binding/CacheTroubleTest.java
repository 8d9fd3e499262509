package io.sardonyx.binding;

import static io.sardonyx.binding.UserJvm.FOUND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cache of libraries is a help, not a need: what is wrong with it is said, and another place is found. */
class CacheTroubleTest {
    @TempDir
    Path folder;

    private UserJvm jvm;
    private Path cache;

    @BeforeEach
    void pack() throws Exception {
        Natives.cpu();
        jvm = new UserJvm(folder);
        cache = Files.createDirectories(folder.resolve("cache"));
    }

    @Test
    void aFullDisk() throws Exception {
        requireElsewhere(runOn("size=64k"), "No space left on device");
    }

    @Test
    void aDiskThatIsFullAfterTheFirstLibrary() throws Exception {
        long first = 0;
        for (Path library : libraries()) {
            first = Math.max(first, Files.size(library));
        }
        requireElsewhere(runOn("size=" + (first / 4096 + 8) * 4096), "No space left on device");
    }

    @Test
    void noRoomAnywhere() throws Exception {
        List<String> shell = List.of("sh", "-c", "ulimit -f 256 && exec \"$@\"", "sh");
        List<String> lines = jvm.start(shell).lines();
        assertEquals("[reference]", lines.get(0));
        assertEquals(3, lines.size(), lines::toString);
        assertTrue(lines.get(1).contains(jvm.cache() + ": java.io.IOException"), lines::toString);
        assertTrue(lines.get(2).contains(folder + ": java.io.IOException"), lines::toString);
        assertEquals(List.of(), jvm.cached());
    }

    @Test
    void aReadOnlyDisk() throws Exception {
        requireElsewhere(runOn("ro"), "Read-only file system");
    }

    @Test
    void aReadOnlyCacheThatIsComplete() throws Exception {
        String option = "-Dsardonyx.cache=" + cache;
        jvm.run(option);
        String script = "mount --bind " + cache + " " + cache + " && mount -o remount,bind,ro " + cache;
        assertEquals(FOUND, jvm.start(mounted(script), option).lines());
    }

    @Test
    void aDiskThatForbidsExecuting() throws Exception {
        requireElsewhere(runOn("noexec"), "libjniSardonyx.so");
    }

    @Test
    void noPlaceThatAllowsExecuting() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        String script = tmpfs("noexec", cache) + " && " + tmpfs("noexec", other);
        List<String> lines = jvm.start(mounted(script), "-Dsardonyx.cache=" + cache, "-Djava.io.tmpdir=" + other)
                .lines();
        assertEquals("[reference]", lines.get(0));
        assertEquals(3, lines.size(), lines::toString);
        assertTrue(lines.get(1).contains(cache.toString()), lines::toString);
        assertTrue(lines.get(2).contains(other.toString()), lines::toString);
    }

    @Test
    void noFolderCanBeMade() throws Exception {
        requireElsewhere(jvm.run("-Dsardonyx.cache=/proc/sardonyx"), "/proc/sardonyx");
    }

    @Test
    void aCacheOfAnotherUser() throws Exception {
        Path foreign = Path.of("/usr/share"); // root's
        if (Files.getOwner(Path.of("/proc/self")).equals(Files.getOwner(foreign))) {
            try {
                Files.setAttribute(cache, "unix:uid", 65534);
            } catch (IOException e) {
                Assumptions.abort("a folder cannot be given to another user here: " + e);
            }
            foreign = cache;
        }
        requireElsewhere(jvm.run("-Dsardonyx.cache=" + foreign), foreign + " belongs to ");
    }

    @Test
    void manyAtOnce() throws Exception {
        List<UserJvm.Started> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(jvm.start(List.of()));
        }
        for (UserJvm.Started one : all) {
            assertEquals(FOUND, one.lines());
        }
        assertEquals(2, jvm.cached().size(), () -> "two libraries in " + jvm.cache());
    }

    @Test
    void tornFilesAreReplaced() throws Exception {
        for (Path library : libraries()) {
            Files.write(library, new byte[100]);
        }
        assertEquals(FOUND, jvm.run());
    }

    @Test
    void filesOfTheRightLengthWithOtherBytesAreReplaced() throws Exception {
        for (Path library : libraries()) {
            Files.write(library, new byte[(int) Files.size(library)]);
        }
        assertEquals(FOUND, jvm.run());
    }

    @Test
    void linksAreReplaced() throws Exception {
        for (Path library : libraries()) {
            Path moved = Files.move(library, folder.resolve("moved-" + library.getFileName()));
            Files.createSymbolicLink(library, moved);
        }
        assertEquals(FOUND, jvm.run());
        for (Path library : jvm.cached()) {
            assertTrue(Files.isRegularFile(library, LinkOption.NOFOLLOW_LINKS), library::toString);
        }
    }

    @Test
    void killedWhileUnpacking() throws Exception {
        boolean halfWritten = false;
        for (int i = 0; i < 50 && !halfWritten; i++) {
            Process process = jvm.start(List.of()).process();
            while (process.isAlive() && !isUnpacking()) {
                Thread.sleep(1);
            }
            process.destroyForcibly().waitFor();
            halfWritten = isUnpacking();
            if (!halfWritten) {
                for (Path library : jvm.cached()) {
                    Files.delete(library);
                }
            }
        }
        assertTrue(halfWritten, "no kill came in time");
        assertEquals(FOUND, jvm.run());
        assertEquals(FOUND, jvm.run());
    }

    /** Whether a file has been begun; quick, and content with files that come and go. */
    private boolean isUnpacking() {
        File[] sets = jvm.cache().toFile().listFiles();
        return sets != null && sets.length > 0 && Stream.of(sets[0].list()).anyMatch(name -> name.endsWith(".part"));
    }

    /** The two in the user's cache, which a JVM has filled. */
    private List<Path> libraries() throws Exception {
        jvm.run();
        List<Path> libraries = jvm.cached();
        assertEquals(2, libraries.size(), libraries::toString);
        return libraries;
    }

    private void requireElsewhere(List<String> lines, String reason) {
        assertEquals(FOUND.get(0), lines.get(0), lines::toString);
        assertEquals(2, lines.size(), lines::toString);
        assertTrue(lines.get(1).contains(reason), lines::toString);
    }

    /** With a disk of its own as the cache. */
    private List<String> runOn(String mountOptions) throws Exception {
        return jvm.start(mounted(tmpfs(mountOptions, cache)), "-Dsardonyx.cache=" + cache)
                .lines();
    }

    private static String tmpfs(String options, Path at) {
        return "mount -t tmpfs -o mode=700," + options + " tmpfs " + at;
    }

    /**
     * A prefix that mounts in a namespace of its own, so that nothing is left of it, and fails if a file lies half-written in the
     * cache afterwards.
     */
    private List<String> mounted(String script) throws Exception {
        Process trial = new ProcessBuilder("unshare", "-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt")
                .redirectErrorStream(true)
                .start();
        String text = new String(trial.getInputStream().readAllBytes());
        Assumptions.assumeTrue(trial.waitFor() == 0, "no disk can be mounted here: " + text);
        String whole = "test -z \"$(find " + cache + " -name '*.part')\"";
        return List.of("unshare", "-rm", "sh", "-c", script + " && \"$@\" && " + whole, "sh");
    }
}
