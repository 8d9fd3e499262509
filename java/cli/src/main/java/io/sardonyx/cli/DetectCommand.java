package io.sardonyx.cli;

import java.awt.Color;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where is what on a picture? */
@Command(
        name = "detect",
        description = "Finds objects on a picture with a model of the YOLOX family.",
        mixinStandardHelpOptions = true)
final class DetectCommand implements Callable<Integer> {
    private static final float HUE_STEP = 0.381966f; // the golden angle: kinds near each other get unlike colours

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions options;

    @Parameters(paramLabel = "IMAGE", description = "a picture: png, jpg, gif or bmp")
    private Path image;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "an ONNX export of YOLOX")
    private Path model;

    @Option(names = "--labels", required = true, paramLabel = "FILE", description = "the names of its classes")
    private Path labels;

    @Option(names = "--out", paramLabel = "FILE", description = "writes the picture with what was found framed")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--score", paramLabel = "P", description = "how sure the model must be; 0.3 without this")
    private double leastScore = 0.3;

    @Option(
            names = "--stretch",
            description = "fill the model's picture, whatever the proportions; without this they are kept")
    private boolean stretch;

    @Override
    public Integer call() {
        out.ifPresent(Picture::requireFormat);
        Picture picture = Picture.read(image);
        Labels names = Labels.read(labels);
        try (PictureModel detector = PictureModel.of(options.builder(model).load())) {
            List<Yolox.Found> found = new Yolox(detector, leastScore, stretch).find(picture, names);
            PrintWriter text = spec.commandLine().getOut();
            for (Yolox.Found f : found) {
                String words = String.format(Locale.ROOT, "%s %.2f", names.name(f.kind()), f.score());
                text.printf(
                        Locale.ROOT,
                        "%-20s %4.0f %4.0f %4.0f %4.0f%n",
                        words,
                        f.left(),
                        f.top(),
                        f.right(),
                        f.bottom());
                Color color = Color.getHSBColor(f.kind() * HUE_STEP, 1, 1);
                picture.frame(f.left(), f.top(), f.right(), f.bottom(), words, color);
            }
            text.flush();
        }
        out.ifPresent(picture::write);
        return 0;
    }
}
