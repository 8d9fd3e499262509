package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cat and a bus, and files that are neither. */
class PictureDemosTest {
    private static final Path MATERIAL = Path.of(System.getProperty("sardonyx.testdata", "../../../shared"));

    @TempDir
    private Path folder;

    private static Path material(String name) {
        Path file = MATERIAL.resolve(name);
        assumeTrue(Files.exists(file), "skipped: there is no " + name + " below -Dsardonyx.testdata");
        return file;
    }

    private static String classify(int status, Path image, String model, Path labels, String colours) {
        return execute(
                status,
                "demo",
                "classify",
                image,
                "--model",
                material("models/" + model + "/model.onnx"),
                "--labels",
                labels,
                "--colours",
                colours);
    }

    @Test
    void theKittenIsATabbyCat() {
        Path kitten = material("assets/kitten_224.png");
        Path labels = material("assets/imagenet1000_clsidx_to_labels.txt");
        for (String said : List.of(
                classify(0, kitten, "mobilenet-v2-qdq", labels, "imagenet"),
                classify(0, kitten, "squeezenet-fp16", labels, "caffe"))) {
            assertTrue(said.matches("(?s)0\\.[789]\\d  tabby, tabby cat\\R.*"), said);
            assertEquals(5, said.lines().count(), said);
        }
    }

    @Test
    void theStreetHasABusAndThreePeople() throws IOException {
        Path street = material("assets/bus.jpg");
        Path framed = folder.resolve("framed.png");
        List<String> found = execute(
                        0,
                        "demo",
                        "detect",
                        street,
                        "--model",
                        material("models/yolox-nano/model.onnx"),
                        "--labels",
                        material("assets/coco.names"),
                        "--out",
                        framed)
                .lines()
                .toList();
        assertEquals(4, found.size(), found.toString());
        assertTrue(found.get(0).matches("bus 0\\.9\\d .*"), found.get(0));
        assertTrue(found.get(1).matches("person 0\\.8\\d .*"), found.get(1));
        String[] bus = found.get(0).split("\\s+");
        int[] corners = {13, 231, 801, 735}; // as on the picture
        for (int i = 0; i < corners.length; i++) {
            assertEquals(corners[i], Integer.parseInt(bus[2 + i]), 12, found.get(0));
        }
        BufferedImage before = ImageIO.read(street.toFile());
        BufferedImage after = ImageIO.read(framed.toFile());
        assertEquals(before.getWidth(), after.getWidth());
        int left = Integer.parseInt(bus[2]);
        int middle = (Integer.parseInt(bus[3]) + Integer.parseInt(bus[5])) / 2;
        assertNotEquals(before.getRGB(left, middle), after.getRGB(left, middle));
    }

    @Test
    void theStreetMayBeStretched() {
        List<String> found = execute(
                        0,
                        "demo",
                        "detect",
                        material("assets/bus.jpg"),
                        "--stretch",
                        "--model",
                        material("models/yolox-nano/model.onnx"),
                        "--labels",
                        material("assets/coco.names"))
                .lines()
                .toList();
        assertTrue(found.get(0).matches("person 0\\.87 .*"), found.get(0));
        assertTrue(found.get(1).matches("bus 0\\.8[45] .*"), found.get(1));
    }

    @Test
    void wrongFilesTakeALine() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        Path two = Files.writeString(folder.resolve("two.txt"), "cat\ndog\n");
        Path kitten = material("assets/kitten_224.png");
        Path yolox = material("models/yolox-nano/model.onnx");
        Path missing = folder.resolve("missing.png");
        assertSays("there is no file " + missing, classify(1, missing, "mobilenet-v2-qdq", two, "imagenet"));
        assertSays("is no picture that Java reads", classify(1, text, "mobilenet-v2-qdq", two, "imagenet"));
        assertSays(
                "two.txt names 2 classes, the model has 1000",
                classify(1, kitten, "mobilenet-v2-qdq", two, "imagenet"));
        assertSays("expected a model of one input, a picture", classify(1, kitten, "mnist-8", two, "imagenet"));
        assertSays(
                "two.txt names 2 classes, the model has 80",
                execute(1, "demo", "detect", kitten, "--model", yolox, "--labels", two));
        assertSays(
                "expected the output of YOLOX",
                execute(
                        1,
                        "demo",
                        "detect",
                        kitten,
                        "--model",
                        material("models/mobilenet-v2-qdq/model.onnx"),
                        "--labels",
                        two));
        assertSays(
                "Java writes no picture of the format 'xyz'",
                execute(
                        1,
                        "demo",
                        "detect",
                        kitten,
                        "--model",
                        yolox,
                        "--labels",
                        material("assets/coco.names"),
                        "--out",
                        folder + File.separator + "framed.xyz"));
    }

    private static void assertSays(String message, String said) {
        assertTrue(said.startsWith("sardonyx: ") && said.contains(message), said);
        assertEquals(1, said.lines().count(), said);
    }
}
