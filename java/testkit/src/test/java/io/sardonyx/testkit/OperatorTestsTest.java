package io.sardonyx.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sardonyx.device.Device;
import io.sardonyx.device.ReferenceDevice;
import io.sardonyx.testkit.OperatorTests.Result;
import io.sardonyx.testkit.OperatorTests.Status;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of operator tests, how they run from a program, and which devices tests choose. */
class OperatorTestsTest {
    private static final Device FAR = new FarDevice("far:0", ReferenceDevice.INSTANCE);
    private static final List<Device> TWO = List.of(ReferenceDevice.INSTANCE, FAR);

    @Test
    void theListIsComplete() throws IOException, URISyntaxException {
        Path folder = Path.of(OperatorTestsTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assumeTrue(Files.isDirectory(folder), "skipped: the tests are in a jar");
        List<String> found;
        try (Stream<Path> files = Files.walk(folder)) {
            found = files.map(f -> folder.relativize(f).toString().replace('/', '.'))
                    .filter(f -> f.endsWith("Test.class"))
                    .map(f -> f.substring(0, f.length() - ".class".length()))
                    .filter(OperatorTestsTest::isOperatorTest)
                    .sorted()
                    .toList();
        }
        assertEquals(found, OperatorTests.classes(), () -> "the list " + OperatorTests.LIST);
    }

    private static boolean isOperatorTest(String name) {
        try {
            return OperatorTest.class.isAssignableFrom(
                    Class.forName(name, false, OperatorTestsTest.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void casesRunFromAProgram() {
        List<Result> heard = new ArrayList<>();
        List<Result> results =
                OperatorTests.run(ReferenceDevice.INSTANCE, name -> name.startsWith("SoftmaxTest: "), heard::add);
        assertTrue(results.size() > 5, results::toString);
        assertEquals(results, heard);
        for (Result result : results) {
            assertEquals(new Result(result.name(), Status.NO_KERNEL, ""), result);
        }
    }

    @Test
    void onlyTheNamedDevicesAreChosen() {
        assertEquals(TWO, TestDevices.select(List.of(), List.of("far:0"), TWO, List.of()));
        assertEquals(List.of(FAR), TestDevices.select(List.of("far:0"), List.of(), TWO, List.of()));
        assertEquals(List.of(FAR), TestDevices.select(List.of("!reference"), List.of(), TWO, List.of()));
    }

    @Test
    void aNamedDeviceThatIsMissingIsAnError() {
        List<String> name = List.of("cuda:0");
        for (List<List<String>> named : List.of(List.of(name, List.<String>of()), List.of(List.<String>of(), name))) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> TestDevices.select(named.get(0), named.get(1), TWO, List.of("cuda: no driver")))
                    .getMessage();
            assertTrue(message.contains("'cuda:0'") && message.contains("no driver"), message);
        }
    }
}
