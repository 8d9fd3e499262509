package io.sardonyx.testkit;

import io.sardonyx.device.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Runs the cases of all operator tests on a device from a program, without JUnit's launcher: how a machine finds out whether its
 * GPU computes as it should. The tests are in this artifact's test-jar, which lists them in {@value #LIST}.
 */
public final class OperatorTests {
    static final String LIST = "META-INF/io.sardonyx.testkit.OperatorTest";

    /** What became of a case. */
    public enum Status {
        /** The device's kernel did as it should. */
        PASS,
        /** The device has no kernel for this; the reference did as it should. */
        NO_KERNEL,
        FAIL
    }

    /**
     * @param name as in {@code SoftmaxTest: rows}
     * @param message why it failed, else empty
     */
    public record Result(String name, Status status, String message) {}

    private OperatorTests() {}

    /**
     * Runs every case whose name {@code filter} takes.
     *
     * @param listener told of each result as soon as there is one
     * @throws IllegalStateException if the tests are not on the class path
     */
    public static List<Result> run(Device device, Predicate<String> filter, Consumer<Result> listener) {
        List<Result> results = new ArrayList<>();
        for (String test : classes()) {
            OperatorTest operator = create(test);
            operator.cases().forEach(c -> {
                String name = operator.getClass().getSimpleName() + ": " + c.name();
                if (filter.test(name)) {
                    Result result = run(name, c, device);
                    results.add(result);
                    listener.accept(result);
                }
            });
        }
        return results;
    }

    private static Result run(String name, Case c, Device device) {
        try {
            boolean kernel = OperatorTest.run(c, device);
            return new Result(name, kernel ? Status.PASS : Status.NO_KERNEL, "");
        } catch (RuntimeException | AssertionError e) {
            return new Result(name, Status.FAIL, e instanceof AssertionError ? e.getMessage() : e.toString());
        }
    }

    /** The names of all operator tests. */
    static List<String> classes() {
        try (InputStream in = OperatorTests.class.getClassLoader().getResourceAsStream(LIST)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the operator tests (io.sardonyx:sardonyx-testkit, test-jar) are not on the class path");
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tests and their constructors are package-private, as JUnit likes them. */
    private static OperatorTest create(String name) {
        try {
            Constructor<?> constructor = Class.forName(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return (OperatorTest) constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the operator test " + name + " cannot be made", e);
        }
    }
}
