package io.sardonyx.binding;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds and loads the native libraries: from {@code -Dsardonyx.natives=FOLDER}, or those {@linkplain NativeFiles beside this
 * class}. A failure is not an exception but a line that names the library and the reason.
 */
final class NativeLibrary {
    /** In the order in which they are needed; the second finds the first beside itself. */
    static final List<String> FILES = List.of("libsardonyx.so", "libjniSardonyx.so");

    /** Libraries of further devices, which register themselves when they are loaded. They may be absent. */
    private static final String CUDA = "libsardonyx_cuda.so";

    private static final String SIMULATOR = "libsardonyx_sim.so";
    private static final String CHECKING_SIMULATOR = "libsardonyx_simcheck.so";

    private NativeLibrary() {}

    /** Whether the libraries are loaded now; what was tried and did not work is added to {@code problems}. */
    static boolean load(List<String> problems) {
        String folder = System.getProperty("sardonyx.natives");
        if (folder != null) {
            return loadFrom(Path.of(folder), problems);
        }
        var files = new NativeFiles(
                "cpu",
                "io.sardonyx:sardonyx-binding",
                NativeLibrary.class,
                FILES,
                List.of(CUDA, SIMULATOR, CHECKING_SIMULATOR));
        return files.load(found -> loadFrom(found, problems), problems);
    }

    private static boolean loadFrom(Path folder, List<String> problems) {
        Path library = folder.resolve(FILES.get(1)).toAbsolutePath();
        try {
            if (!Files.exists(library)) {
                throw new UnsatisfiedLinkError("no such file");
            }
            System.load(library.toString());
            if (Native.sx_abi() != Native.ABI) {
                throw new UnsatisfiedLinkError("its interface is " + Native.sx_abi() + ", expected " + Native.ABI);
            }
            loadDevices(folder.toAbsolutePath(), problems);
            return true;
        } catch (LinkageError e) {
            problems.add("cpu: " + library + ": " + e.getMessage());
            return false;
        }
    }

    /** The simulator checks every access with {@code -Dsardonyx.sim=checked}, and stays away with {@code none}. */
    private static void loadDevices(Path folder, List<String> problems) {
        String simulator = System.getProperty("sardonyx.sim", "fast");
        List<String> files = new ArrayList<>(List.of(CUDA));
        switch (simulator) {
            case "fast" -> files.add(SIMULATOR);
            case "checked" -> files.add(CHECKING_SIMULATOR);
            case "none" -> {}
            default -> problems.add("sim: expected -Dsardonyx.sim=fast, checked or none, given " + simulator);
        }
        for (String file : files) {
            Path library = folder.resolve(file);
            if (Files.exists(library)) {
                try {
                    System.load(library.toString());
                } catch (LinkageError e) {
                    problems.add(file + ": " + e.getMessage());
                }
            }
        }
    }
}
