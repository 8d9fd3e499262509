package io.sardonyx.binding;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds and loads the native libraries: from {@code -Dsardonyx.natives=FOLDER}, from a class folder, or from a jar by way of the
 * {@link NativeCache}. A failure is not an exception but a line that names the library and the reason.
 */
final class NativeLibrary {
    /** In the order in which they are needed; the second finds the first beside itself. */
    static final List<String> FILES = List.of("libsardonyx.so", "libjniSardonyx.so");

    /** Libraries of further devices, which register themselves when they are loaded. They may be absent. */
    private static final String CUDA = "libsardonyx_cuda.so";

    private static final String SIMULATOR = "libsardonyx_sim.so";
    private static final String CHECKING_SIMULATOR = "libsardonyx_simcheck.so";

    private NativeLibrary() {}

    /** As in {@code linux-x86_64}: the jar's classifier and the folder in it. */
    static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return (os.startsWith("mac") ? "macosx" : os.startsWith("win") ? "windows" : os) + "-"
                + (arch.equals("amd64") ? "x86_64" : arch.equals("aarch64") ? "arm64" : arch);
    }

    /** Whether the libraries are loaded now; what was tried and did not work is added to {@code problems}. */
    static boolean load(List<String> problems) {
        String folder = System.getProperty("sardonyx.natives");
        if (folder != null) {
            return loadFrom(Path.of(folder), problems);
        }
        String library = platform() + "/" + FILES.get(1);
        URL resource = NativeLibrary.class.getResource(library);
        if (resource == null) {
            problems.add("cpu: no native library for " + platform()
                    + " on the class path (io.sardonyx:sardonyx-binding with classifier " + platform() + ")");
            return false;
        }
        if (resource.getProtocol().equals("file")) {
            try {
                return loadFrom(Path.of(resource.toURI()).getParent(), problems);
            } catch (URISyntaxException e) {
                problems.add("cpu: " + resource + ": " + e.getMessage());
            }
        }
        return loadUnpacked(problems);
    }

    private static boolean loadUnpacked(List<String> problems) {
        List<String> files = new ArrayList<>(FILES);
        files.addAll(List.of(CUDA, SIMULATOR, CHECKING_SIMULATOR));
        List<PackedFile> found = new ArrayList<>();
        for (String file : files) {
            String name = platform() + "/" + file;
            URL resource = NativeLibrary.class.getResource(name);
            try {
                if (resource != null) {
                    found.add(PackedFile.of(file, resource));
                } else if (FILES.contains(file)) {
                    problems.add("cpu: " + name + " is missing in the jar");
                    return false;
                }
            } catch (IOException e) {
                problems.add("cpu: " + name + ": " + e);
                return false;
            }
        }
        for (NativeCache cache : NativeCache.candidates()) {
            try {
                if (loadFrom(cache.unpack(found), problems)) {
                    return true;
                }
            } catch (IOException e) {
                problems.add("cpu: " + cache + ": " + e);
            }
        }
        return false;
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
