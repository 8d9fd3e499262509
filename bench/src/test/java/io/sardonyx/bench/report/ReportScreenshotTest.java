package io.sardonyx.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.sardonyx.bench.record.RecordFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it. The pictures stay in {@code target/report}, to be looked at. */
final class ReportScreenshotTest {
    private static final int PHONE = 390;
    private static final int NARROW = 360;
    private static final int DESK = 1280;
    private static final int LEAST_PIXELS = 40; // of a series' colour, in one chart
    private static final Path PICTURES = Path.of("target", "report");

    @TempDir
    private static Path folder;

    private static Path page;
    private static Chromium chromium;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Optional<Path> program = Chromium.program();
        Assumptions.assumeTrue(program.isPresent(), "Chromium is not installed (Debian: apt-get install chromium)");
        Path records = Files.createDirectory(folder.resolve("records"));
        RecordFile.write(records.resolve("made-up.json"), SampleRecord.record());
        Files.createDirectories(PICTURES);
        page = Files.writeString(
                PICTURES.resolve("report.html"), Report.of(records).html());
        chromium = new Chromium(program.get(), Files.createDirectory(folder.resolve("profile")));
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void onAPhone() throws IOException, InterruptedException {
        check("phone", PHONE, false);
        check("narrow", NARROW, false);
    }

    @Test
    void onADesk() throws IOException, InterruptedException {
        check("desk", DESK, false);
    }

    @Test
    void inTheDark() throws IOException, InterruptedException {
        check("dark", PHONE, true);
    }

    private static void check(String name, int width, boolean dark) throws IOException, InterruptedException {
        Chromium.Tab tab = chromium.open(page, width, dark);
        byte[] png = tab.screenshot();
        Files.write(PICTURES.resolve(name + ".png"), png);
        assertEquals(List.of(), tab.events("Runtime.exceptionThrown"), "errors of scripts");
        assertEquals(List.of(), tab.events("Runtime.consoleAPICalled"), "what scripts said on the console");
        assertEquals(List.of(), tab.events("Log.entryAdded"), "what the browser said on the console");
        List<String> requests = tab.events("Network.requestWillBeSent").stream()
                .map(event -> event.getAsJsonObject("request").get("url").getAsString())
                .toList();
        assertEquals(List.of(page.toUri().toString()), requests);
        assertEquals("Sardonyx benchmarks", tab.evaluate("document.title").getAsString());
        int drawn = tab.evaluate("document.documentElement.scrollWidth").getAsInt();
        assertTrue(drawn <= width, "the page is " + drawn + " wide, the window " + width);
        chartsShowTheirSeries(tab, ImageIO.read(new ByteArrayInputStream(png)));
    }

    /** Each contender of each chart has drawn something in its colour. */
    private static void chartsShowTheirSeries(Chromium.Tab tab, BufferedImage picture) throws InterruptedException {
        JsonArray charts = tab.evaluate(CHARTS).getAsJsonArray();
        assertEquals(5, charts.size());
        for (JsonElement element : charts) {
            JsonObject chart = element.getAsJsonObject();
            int left = chart.get("left").getAsInt();
            int top = chart.get("top").getAsInt();
            int width = chart.get("width").getAsInt();
            int height = chart.get("height").getAsInt();
            assertTrue(width >= 250 && height >= 100, chart.toString());
            BufferedImage plot = picture.getSubimage(left, top, width, height);
            for (JsonElement colour : chart.getAsJsonArray("colours")) {
                long pixels = pixels(plot, Integer.parseInt(colour.getAsString().substring(1), 16));
                assertTrue(pixels >= LEAST_PIXELS, pixels + " pixels of " + colour + " in " + chart);
            }
        }
    }

    private static long pixels(BufferedImage picture, int colour) {
        int[] all = picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth());
        return Arrays.stream(all).filter(rgb -> (rgb & 0xFFFFFF) == colour).count();
    }

    /** Where charts are in the page, and the colours of their contenders, by the page's own rule. */
    private static final String CHARTS =
            """
            (() => {
              const { contenders, charts } = JSON.parse(document.getElementById('charts').textContent);
              const palette = getComputedStyle(document.documentElement).getPropertyValue('--series').trim().split(/\\s+/);
              return charts.map((chart, i) => {
                const box = document.getElementById(`chart-${i}`).getBoundingClientRect();
                const shown = new Set((chart.bars || chart.series)
                  .filter(s => s.mark ? s.mark === 'NONE' : s.points.some(p => p.mark === 'NONE'))
                  .map(s => palette[contenders.indexOf(s.contender)]));
                return { left: Math.round(box.left), top: Math.round(box.top + scrollY), width: Math.floor(box.width),
                  height: Math.floor(box.height), title: chart.title, colours: [...shown] };
              });
            })()
            """;
}
