package io.sardonyx.bench.report;

import com.google.gson.Gson;
import io.sardonyx.bench.record.Measurement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The whole document. Its policy allows no request at all and only the scripts and the style that are written here, by their
 * hashes; so even a text that got out of its place could run nothing.
 */
final class Page {
    static final String OURS = "sardonyx";

    private static final String TITLE = "Sardonyx benchmarks";
    private static final String WEBJAR = "META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";
    private static final String WEBJAR_POM = "META-INF/maven/org.webjars.npm/chart.js/pom.properties";

    /** What the script draws; a contender's place in the list is its colour. */
    private record Drawing(List<String> contenders, List<Chart> charts) {}

    private final Report report;
    private final Html html = new Html();

    Page(Report report) {
        this.report = report;
    }

    String html() {
        String style = resource("report.css");
        String library = library();
        String script = resource("report.js");
        head(style, List.of(library, script));
        html.open("body").open("header").element("h1", TITLE);
        html.element("p", introduction()).close("header");
        contents();
        html.open("main");
        List<Chart> charts = new ArrayList<>();
        int number = 0;
        for (Report.Named named : report.records()) {
            new RecordSection(named, "record-" + ++number, charts).write(html);
        }
        leftOut();
        html.close("main");
        html.open("script", "type", "application/json", "id", "charts")
                .raw(new Gson().toJson(new Drawing(contenders(), charts))) // escapes what would end the element
                .close("script");
        html.open("script")
                .raw(library)
                .close("script")
                .open("script")
                .raw(script)
                .close("script");
        return html.close("body").close("html").toString();
    }

    private void head(String style, List<String> scripts) {
        StringBuilder policy = new StringBuilder("default-src 'none'; style-src '" + hash(style) + "'; script-src");
        scripts.forEach(script -> policy.append(" '").append(hash(script)).append('\''));
        html.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
        html.open("meta", "charset", "utf-8");
        html.open("meta", "http-equiv", "Content-Security-Policy", "content", policy.toString());
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.open("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", TITLE).open("style").raw(style).close("style").close("head");
    }

    private String introduction() {
        int lines = report.records().stream()
                .mapToInt(named -> named.record().measurements().size())
                .sum();
        int records = report.records().size();
        return lines + (lines == 1 ? " measurement" : " measurements") + " in " + records
                + (records == 1 ? " record" : " records") + ". Times are medians; every number stands in the tables.";
    }

    /** Ourselves first, the others as the records name them. */
    private List<String> contenders() {
        return Stream.concat(
                        Stream.of(OURS),
                        report.records().stream()
                                .flatMap(named -> named.record().measurements().stream())
                                .map(Measurement::contender))
                .distinct()
                .toList();
    }

    private void contents() {
        if (report.records().size() < 2) {
            return;
        }
        html.open("nav", "aria-label", "Records").open("ul");
        int number = 0;
        for (Report.Named named : report.records()) {
            html.open("li")
                    .element("a", named.name(), "href", "#record-" + ++number)
                    .close("li");
        }
        html.close("ul").close("nav");
    }

    private void leftOut() {
        if (report.leftOut().isEmpty()) {
            return;
        }
        html.open("section").element("h2", "Files left out").open("ul");
        report.leftOut().forEach(why -> html.element("li", why));
        html.close("ul").close("section");
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Chart.js, less the address of its source map, which nobody can fetch here. */
    private static String library() {
        try (InputStream in = open(Page.class.getClassLoader().getResourceAsStream(WEBJAR_POM), WEBJAR_POM)) {
            Properties pom = new Properties();
            pom.load(in);
            String name = String.format(WEBJAR, pom.getProperty("version"));
            return text(Page.class.getClassLoader().getResourceAsStream(name), name)
                    .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String resource(String name) {
        return text(Page.class.getResourceAsStream(name), name);
    }

    private static String text(InputStream stream, String name) {
        try (InputStream in = open(stream, name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(InputStream stream, String name) {
        if (stream == null) {
            throw new IllegalStateException(
                    name + " is not on the class path; it comes with org.webjars.npm:chart.js or this jar");
        }
        return stream;
    }
}
