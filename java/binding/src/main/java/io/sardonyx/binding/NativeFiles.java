package io.sardonyx.binding;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Native libraries that come with a class, in a folder beside it that is named after the platform: of a class folder, or of a jar
 * by way of the {@link NativeCache}.
 *
 * @param name of what they are for, which problems begin with
 * @param artifact Maven's, whose jar of natives has the platform as its classifier
 * @param required without these there is nothing to load
 */
public record NativeFiles(String name, String artifact, Class<?> owner, List<String> required, List<String> optional) {
    /** As in {@code linux-x86_64}: the jar's classifier and the folder in it. */
    public static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return (os.startsWith("mac") ? "macosx" : os.startsWith("win") ? "windows" : os) + "-"
                + (arch.equals("amd64") ? "x86_64" : arch.equals("aarch64") ? "arm64" : arch);
    }

    /**
     * Whether {@code loading} worked, which is given a folder with the files; what did not work is added to {@code problems}, by it
     * or by this.
     */
    public boolean load(Predicate<Path> loading, List<String> problems) {
        URL resource = owner.getResource(platform() + "/" + required.get(0));
        if (resource == null) {
            problems.add(name + ": no native library for " + platform() + " on the class path (" + artifact
                    + " with classifier " + platform() + ")");
            return false;
        }
        if (resource.getProtocol().equals("file")) {
            try {
                return loading.test(Path.of(resource.toURI()).getParent());
            } catch (URISyntaxException e) {
                problems.add(name + ": " + resource + ": " + e.getMessage());
            }
        }
        return loadUnpacked(loading, problems);
    }

    private boolean loadUnpacked(Predicate<Path> loading, List<String> problems) {
        List<String> files = new ArrayList<>(required);
        files.addAll(optional);
        List<PackedFile> found = new ArrayList<>();
        for (String file : files) {
            String path = platform() + "/" + file;
            URL resource = owner.getResource(path);
            try {
                if (resource != null) {
                    found.add(PackedFile.of(file, resource));
                } else if (required.contains(file)) {
                    problems.add(name + ": " + path + " is missing in the jar");
                    return false;
                }
            } catch (IOException e) {
                problems.add(name + ": " + path + ": " + e);
                return false;
            }
        }
        for (NativeCache cache : NativeCache.candidates()) {
            try {
                if (loading.test(cache.unpack(found))) {
                    return true;
                }
            } catch (IOException e) {
                problems.add(name + ": " + cache + ": " + e);
            }
        }
        return false;
    }
}
