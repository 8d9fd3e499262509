package io.sardonyx.collective.gloo;

import io.sardonyx.binding.NativeFiles;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.TransportException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads Gloo and what binds it, once, when it is first needed. */
final class GlooLibrary {
    private static final NativeFiles FILES = new NativeFiles(
            "gloo",
            "io.sardonyx:sardonyx-gloo",
            GlooLibrary.class,
            List.of("libsardonyx_gloo.so", "libjniSardonyxGloo.so"),
            List.of());

    private static final class Loaded {
        static final List<String> PROBLEMS = new ArrayList<>();
        static final boolean HERE = FILES.load(Loaded::loadFrom, PROBLEMS);

        private static boolean loadFrom(Path folder) {
            Path library = folder.resolve("libjniSardonyxGloo.so").toAbsolutePath();
            try {
                System.load(library.toString());
                if (GlooNative.sx_gloo_abi() != GlooNative.ABI) {
                    throw new UnsatisfiedLinkError(
                            "its interface is " + GlooNative.sx_gloo_abi() + ", expected " + GlooNative.ABI);
                }
                return true;
            } catch (LinkageError e) {
                PROBLEMS.add("gloo: " + library + ": " + e.getMessage());
                return false;
            }
        }
    }

    private GlooLibrary() {}

    /** @throws TransportException with what to install, if it cannot be loaded */
    static void require() {
        if (!Loaded.HERE) {
            throw new TransportException(
                    Reason.FAILED,
                    String.join("; ", Loaded.PROBLEMS)
                            + ". Gloo itself comes from Debian and Ubuntu: apt-get install libgloo0, and libgloo-dev where "
                            + "Sardonyx is built",
                    null);
        }
    }
}
