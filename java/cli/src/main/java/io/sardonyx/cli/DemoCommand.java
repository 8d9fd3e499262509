package io.sardonyx.cli;

import io.sardonyx.device.Device;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which sentences are alike? A real model, end to end. */
@Command(
        name = "demo",
        description = "Embeds sentences with MiniLM and prints which are alike; classify and detect look at pictures.",
        subcommands = {ClassifyCommand.class, DetectCommand.class},
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final List<String> SENTENCES = List.of(
            "A man is playing a guitar on stage.",
            "Someone performs music with a guitar.",
            "The stock market fell sharply today.",
            "Share prices dropped a lot this afternoon.",
            "How do I bake sourdough bread?",
            "What is the recipe for bread with a sourdough starter?");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions options;

    @Parameters(paramLabel = "SENTENCE", description = "your own sentences, at least two")
    private List<String> given = new ArrayList<>();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() {
        if (given.size() == 1) {
            throw new IllegalArgumentException("demo: give at least two sentences, or none for a sample");
        }
        List<String> sentences = given.isEmpty() ? SENTENCES : given;
        try (SentenceEncoder encoder = new SentenceEncoder(options::configure)) {
            float[][] vectors = encoder.encode(sentences); // also warms up
            long tokens = encoder.tokens();
            long start = System.nanoTime();
            vectors = encoder.encode(sentences);
            double rate = (encoder.tokens() - tokens) / ((System.nanoTime() - start) / 1e9);
            double[][] cosines = new double[vectors.length][vectors.length];
            for (int i = 0; i < vectors.length; i++) {
                for (int j = 0; j < vectors.length; j++) {
                    cosines[i][j] = SentenceEncoder.cosine(vectors[i], vectors[j]);
                }
            }
            print(sentences, cosines, encoder.model().device().device(), rate);
        }
        return 0;
    }

    private void print(List<String> sentences, double[][] cosines, Device device, double rate) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.of(new Report(device.name(), rate, sentences, cosines)));
            out.flush();
            return;
        }
        for (int i = 0; i < sentences.size(); i++) {
            out.printf("%3d  %s%n", i + 1, sentences.get(i));
        }
        out.println();
        out.print("     ");
        for (int j = 0; j < cosines.length; j++) {
            out.printf("%7d", j + 1);
        }
        out.println();
        for (int i = 0; i < cosines.length; i++) {
            out.printf("%3d  ", i + 1);
            for (double cosine : cosines[i]) {
                out.printf(Locale.ROOT, "%7.2f", cosine);
            }
            int best = mostAlike(cosines, i);
            out.printf(Locale.ROOT, "   most like %d (%.2f)%n", best + 1, cosines[i][best]);
        }
        out.println();
        out.printf(Locale.ROOT, "%s (%s), %.0f tokens/s%n", device.name(), device.describe(), rate);
        out.flush();
    }

    private static int mostAlike(double[][] cosines, int i) {
        int best = i == 0 ? 1 : 0;
        for (int j = 0; j < cosines.length; j++) {
            if (j != i && cosines[i][j] > cosines[i][best]) {
                best = j;
            }
        }
        return best;
    }

    private record Report(String device, double tokensPerSecond, List<String> sentences, double[][] cosines) {}
}
