package io.sardonyx.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sardonyx.bench.record.BenchmarkRecord;
import io.sardonyx.bench.record.RecordFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTest {
    @TempDir
    private Path folder;

    private String page() throws IOException {
        RecordFile.write(folder.resolve("a.json"), SampleRecord.record());
        return Report.of(folder).html();
    }

    @Test
    void whatARecordSaysIsTextAndNothingElse() throws IOException {
        String page = page();
        assertFalse(page.contains(SampleRecord.HOSTILE));
        assertFalse(page.contains("<img"));
        assertTrue(page.contains("model &lt;/script&gt;&lt;script&gt;document.title=&#39;run&#39;"));
        assertEquals(3, count("<script", page)); // the data, the library, ours
        assertEquals(3, count("</script>", page));
    }

    private static long count(String words, String page) {
        return Pattern.compile(words, Pattern.LITERAL).matcher(page).results().count();
    }

    @Test
    void thePageRefersToNothingOutside() throws IOException {
        String page = page();
        assertTrue(page.contains("default-src &#39;none&#39;"));
        assertFalse(page.contains("sourceMappingURL"));
        Matcher reference =
                Pattern.compile("(?:src|href)=\"(.*?)\"").matcher(page.replaceAll("(?s)<script.*?</script>", ""));
        while (reference.find()) {
            assertTrue(reference.group(1).startsWith("#"), reference.group(1));
        }
    }

    @Test
    void whatIsWrongOrSimulatedSaysSo() throws IOException {
        String page = page();
        assertTrue(page.contains("139 % of fma.float32: wrong"));
        assertTrue(page.contains("1 line is wrong: "));
        assertTrue(page.contains("1 line is a simulator&#39;s"));
        assertEquals(1, count("<tr class=\"wrong\">", page));
        assertEquals(1, count("<tr class=\"simulated\">", page));
        assertTrue(page.contains("1 launches, 0.25 scratch MiB"));
    }

    @Test
    void everythingOfARecordIsThere() throws IOException {
        String page = page();
        for (String words : List.of(
                "<dt>pytorch</dt>",
                "no Python with torch was found",
                "0123abc-dirty",
                "a made-up processor @ 3.00GHz",
                "Version of openblas",
                "Roof launch",
                "2.00 µs",
                "Roofline: cpu, 1 thread",
                "matmul, sardonyx beside others: cpu, 1 thread",
                "matmul on cpu, 1 thread: sardonyx is 1.35× as fast as openblas (geometric mean of 6, least 1.35×)",
                "31 measurements in 1 record")) {
            assertTrue(page.contains(words), words);
        }
        assertEquals(SampleRecord.record().measurements().size(), count("<th scope=\"row\">", page));
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        Files.writeString(folder.resolve("old<1>.json"), "{\"lines\": []}");
        Files.writeString(folder.resolve("notes.txt"), "no JSON");
        RecordFile.write(folder.resolve("b.json"), SampleRecord.record());
        String page = page();
        assertTrue(page.contains("Files left out"));
        assertTrue(page.contains("old&lt;1&gt;.json"));
        assertTrue(page.contains("href=\"#record-2\""));
        assertFalse(page.contains("notes.txt"));
    }

    @Test
    void aFolderWithoutRecordsIsRefused() throws IOException {
        refused("there is no folder", folder.resolve("missing"));
        refused("there is no record", folder);
        Files.writeString(folder.resolve("old.json"), "{\"format\": 2}");
        refused("old.json", folder);
    }

    private static void refused(String expected, Path folder) {
        String message = assertThrows(IllegalArgumentException.class, () -> Report.of(folder))
                .getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void aRecordWithoutLinesIsAPageWithoutPlots() throws IOException {
        BenchmarkRecord full = SampleRecord.record();
        BenchmarkRecord empty = new BenchmarkRecord(full.format(), full.provenance(), List.of(), List.of(), List.of());
        RecordFile.write(folder.resolve("empty.json"), empty);
        String page = Report.of(folder).html();
        assertTrue(page.contains("0 measurements in 1 record"));
        assertFalse(page.contains("<canvas"));
    }
}
