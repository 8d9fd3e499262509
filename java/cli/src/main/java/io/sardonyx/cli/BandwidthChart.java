package io.sardonyx.cli;

import io.sardonyx.collective.plan.Estimate;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Bus bandwidth over message size as SVG: a line for each number of GPUs, sizes on a logarithmic axis. Written by hand because plotting
 * libraries draw through AWT, which the runtime of the bundle leaves out.
 */
record BandwidthChart(String title, List<List<Estimate>> sweeps) {
    private static final int WIDTH = 860;
    private static final int HEIGHT = 480;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 64;
    private static final int BOTTOM = 60;
    private static final int MOST_LABELS = 16; // that fit below the axis
    private static final String GRID = "#dddddd";
    private static final String INK = "#222222";
    /** Okabe and Ito's, which colour-blind readers can tell apart. */
    private static final List<String> COLOURS =
            List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000");

    void write(Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            XMLStreamWriter svg = XMLOutputFactory.newFactory().createXMLStreamWriter(out, "UTF-8");
            svg.writeStartDocument("UTF-8", "1.0");
            svg.writeStartElement("svg");
            svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
            attributes(svg, "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "font-family", "sans-serif", "font-size", "13");
            element(svg, "rect", "width", WIDTH, "height", HEIGHT, "fill", "white");
            text(svg, title, LEFT, 26, "start", "17");
            text(svg, "all-reduce, simulated", LEFT, 46, "start", "13");
            drawAxes(svg);
            for (int i = 0; i < sweeps.size(); i++) {
                drawLine(svg, i);
            }
            svg.writeEndElement();
            svg.writeEndDocument();
            svg.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (XMLStreamException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private void drawAxes(XMLStreamWriter svg) throws XMLStreamException {
        double step = step();
        for (double gbs = 0; gbs <= top() * 1.001; gbs += step) {
            element(svg, "path", "d", "M" + LEFT + " " + y(gbs) + "H" + (WIDTH - RIGHT), "stroke", GRID);
            text(svg, String.format(Locale.ROOT, step < 1 ? "%.2f" : "%.0f", gbs), LEFT - 8, y(gbs) + 4, "end", "13");
        }
        List<Long> sizes = sweeps.get(0).stream().map(Estimate::bytes).toList();
        int every = (sizes.size() + MOST_LABELS - 1) / MOST_LABELS;
        for (int i = 0; i < sizes.size(); i += every) {
            long size = sizes.get(i);
            text(svg, Sizes.format(size), x(size), HEIGHT - BOTTOM + 20, "middle", "11");
        }
        text(svg, "message size", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "13");
        text(svg, "bus bandwidth, GB/s", WIDTH - RIGHT, TOP - 10, "end", "13");
    }

    private void drawLine(XMLStreamWriter svg, int index) throws XMLStreamException {
        List<Estimate> sweep = sweeps.get(index);
        String colour = COLOURS.get(index % COLOURS.size());
        String dashes = index < COLOURS.size() ? "none" : "6 3";
        StringBuilder points = new StringBuilder();
        for (Estimate e : sweep) {
            String point = x(e.bytes()) + "," + y(e.busbw() / 1e9);
            points.append(points.isEmpty() ? "" : " ").append(point);
            element(svg, "circle", "cx", x(e.bytes()), "cy", y(e.busbw() / 1e9), "r", 2.5, "fill", colour);
        }
        element(
                svg,
                "polyline",
                "points",
                points,
                "fill",
                "none",
                "stroke",
                colour,
                "stroke-width",
                2,
                "stroke-dasharray",
                dashes);
        // Small messages are slow everywhere, so the upper left is free.
        double legend = TOP + 18 + 18.0 * index;
        element(svg, "path", "d", "M" + (LEFT + 12) + " " + (legend - 4) + "h24", "stroke", colour, "stroke-width", 2);
        text(svg, sweep.get(0).gpus() + " GPUs", LEFT + 42, legend, "start", "13");
    }

    private double x(long bytes) {
        List<Estimate> sizes = sweeps.get(0);
        double first = Math.log(sizes.get(0).bytes());
        double span = Math.log(sizes.get(sizes.size() - 1).bytes()) - first;
        double at = span == 0 ? 0.5 : (Math.log(bytes) - first) / span;
        return LEFT + (WIDTH - LEFT - RIGHT) * at;
    }

    private double y(double gbs) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * gbs / top();
    }

    /** The upper end of the axis: whole steps. */
    private double top() {
        return step() * Math.ceil(highest() / step());
    }

    /** 1, 2 or 5 times a power of ten, so that there are 4 to 10 steps. */
    private double step() {
        double power = Math.pow(10, Math.floor(Math.log10(highest())));
        double lead = highest() / power;
        return power * (lead > 5 ? 1 : lead > 2 ? 0.5 : 0.2);
    }

    private double highest() {
        return sweeps.stream()
                .flatMap(List::stream)
                .mapToDouble(e -> e.busbw() / 1e9)
                .filter(gbs -> gbs > 0)
                .max()
                .orElse(1);
    }

    private static void text(XMLStreamWriter svg, String words, double x, double y, String anchor, String size)
            throws XMLStreamException {
        svg.writeStartElement("text");
        attributes(svg, "x", x, "y", y, "text-anchor", anchor, "font-size", size, "fill", INK);
        svg.writeCharacters(words);
        svg.writeEndElement();
    }

    private static void element(XMLStreamWriter svg, String name, Object... attributes) throws XMLStreamException {
        svg.writeEmptyElement(name);
        attributes(svg, attributes);
    }

    /** Names and values in turn. */
    private static void attributes(XMLStreamWriter svg, Object... namesAndValues) throws XMLStreamException {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            svg.writeAttribute(namesAndValues[i].toString(), namesAndValues[i + 1].toString());
        }
    }
}
