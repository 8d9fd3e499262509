package io.sardonyx.cli;

import static io.sardonyx.cli.CommandLineRun.execute;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlanCommandTest {
    private static final Path SYSTEMS = Path.of(System.getProperty("sardonyx.root"), "bench", "systems");
    private static final Path MANY = SYSTEMS.resolve("h200-675x8.json");

    private static final String TWO_NODES =
            """
            {"name": "two", "engine": "nccl", "nodes": 2, "gpusPerNode": 2,
             "inside": {"bandwidthGBs": 450, "latencyUs": 0.6, "efficiency": 0.8},
             "between": {"nicsPerNode": 2, "bandwidthGBs": 50, "latencyUs": 5, "efficiency": 0.9}}
            """;

    @Test
    void everyLineOfTheTableSaysThatItIsSimulated() {
        String table = execute(0, "plan", "allreduce", "--system", MANY, "--gpus", "8,64,512,5400", "--sizes", "1K,1G");
        List<String> lines = table.lines().toList();
        assertEquals(2 + 8, lines.size(), table);
        assertTrue(lines.stream().skip(2).allMatch(line -> line.endsWith("simulated")), table);
        assertTrue(lines.get(3).matches(" +8 +1 GiB .*% +nvls SIMPLE +simulated"), table);
    }

    @Test
    void jsonSaysSoToo() {
        JsonArray lines = JsonParser.parseString(
                        execute(0, "plan", "allreduce", "--system", MANY, "--gpus", "1,16", "--sizes", "4M", "--json"))
                .getAsJsonArray();
        assertEquals(2, lines.size());
        for (JsonElement line : lines) {
            assertTrue(line.getAsJsonObject().get("simulated").getAsBoolean());
        }
        assertEquals(0, lines.get(0).getAsJsonObject().get("seconds").getAsDouble());
        JsonObject two = lines.get(1).getAsJsonObject();
        double algbw = 4 * 1048576 / two.get("seconds").getAsDouble() / 1e9;
        assertEquals(algbw * 2 * 15 / 16, two.get("busbwGBs").getAsDouble(), 1e-9);
    }

    @Test
    void anAlgorithmMayBeNamed() {
        String table = execute(
                0,
                "plan",
                "allreduce",
                "--system",
                MANY,
                "--gpus",
                "32",
                "--sizes",
                "1G",
                "--algorithm",
                "hierarchical");
        assertTrue(table.contains("hierarchical"), table);
        assertTrue(execute(2, "plan", "allreduce", "--system", MANY, "--algorithm", "star")
                .contains("given star"));
    }

    @Test
    void theChartIsXmlWithALineForEachNumberOfGpus(@TempDir Path folder) throws Exception {
        Path system = folder.resolve("system.json");
        Files.writeString(system, TWO_NODES.replace("two", "<two> & more"));
        Path chart = folder.resolve("chart.svg");
        execute(0, "plan", "allreduce", "--system", system, "--gpus", "1,2,4", "--sizes", "1K:1G:*2", "--svg", chart);
        Element svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(chart.toFile())
                .getDocumentElement();
        assertEquals("svg", svg.getTagName());
        assertEquals(3, svg.getElementsByTagName("polyline").getLength());
        assertEquals("<two> & more", svg.getElementsByTagName("text").item(0).getTextContent());
        assertTrue(svg.getTextContent().contains("simulated"));
        for (String points : attribute(svg, "polyline", "points")) {
            String[] all = points.split(" ");
            assertEquals(21, all.length);
            for (String point : all) {
                double y = Double.parseDouble(point.substring(point.indexOf(',') + 1));
                assertTrue(y >= 0 && y <= 480, points);
            }
        }
    }

    private static List<String> attribute(Element svg, String tag, String name) {
        NodeList elements = svg.getElementsByTagName(tag);
        return IntStream.range(0, elements.getLength())
                .mapToObj(i -> ((Element) elements.item(i)).getAttribute(name))
                .toList();
    }

    @Test
    void aSystemThatSaysNonsenseIsRefusedInOneLine(@TempDir Path folder) throws IOException {
        refused(
                folder,
                "unknown field inside.bandwith",
                TWO_NODES.replace("\"efficiency\": 0.8", "\"efficiency\": 0.8, \"bandwith\": 1"));
        refused(folder, "inside.efficiency: missing, a number", TWO_NODES.replace(", \"efficiency\": 0.8", ""));
        refused(folder, "nodes: given twice", TWO_NODES.replace("\"nodes\": 2", "\"nodes\": 2, \"nodes\": 3"));
        refused(folder, "nodes: expected an integer, given 1.5", TWO_NODES.replace("\"nodes\": 2", "\"nodes\": 1.5"));
        refused(folder, "between: given, with 1 nodes", TWO_NODES.replace("\"nodes\": 2", "\"nodes\": 1"));
        refused(folder, "name: expected text, given 1.0", TWO_NODES.replace("\"two\"", "1"));
        refused(folder, "engine: expected nccl or gloo, given mpi", TWO_NODES.replace("nccl", "mpi"));
        refused(folder, "inside: expected a number, text, true, false or an object, found NULL", "{\"inside\": null}");
        refused(folder, "expected a JSON object, found BEGIN_ARRAY", "[1]");
        refused(folder, "no JSON at line 4", TWO_NODES + "{}");
        refused(folder, "no JSON at line 1", "{\"name\": 'two'}");
        refused(folder, "no JSON at line", "{\"name\"");
        refused(folder, "no JSON at line", "");
        assertTrue(execute(1, "plan", "allreduce", "--system", folder.resolve("none"))
                .contains("there is no file"));
    }

    private static void refused(Path folder, String expected, String json) throws IOException {
        Path file = Files.writeString(folder.resolve("system.json"), json);
        String said = execute(1, "plan", "allreduce", "--system", file);
        assertTrue(said.contains(expected), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void sizesAreListsOrGeometricRanges() {
        assertEquals(List.of(8L, 32L, 128L), Sizes.parse("8:200:*4").bytes());
        assertEquals(
                List.of(1024L, 25L << 20, 8L << 30), Sizes.parse("8G,1K,25M,1K").bytes());
        assertEquals(
                List.of("8 B", "1000 B", "4 KiB", "25 MiB", "8 GiB", "4096 GiB"),
                List.of(8L, 1000L, 4096L, 25L << 20, 8L << 30, 4L << 40).stream()
                        .map(Sizes::format)
                        .toList());
        for (String wrong : List.of("", "0", "-1", "1.5G", "1T", "8:4:*2", "8:16:*1", "8:16:+8", "8:16", "1,,2")) {
            String said = execute(2, "plan", "allreduce", "--system", MANY, "--sizes", wrong);
            assertTrue(said.contains("expected"), wrong + ": " + said);
        }
    }
}
