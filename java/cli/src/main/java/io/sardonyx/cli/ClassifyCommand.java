package io.sardonyx.cli;

import io.sardonyx.onnx.Outputs;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorScope;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is on a picture? */
@Command(name = "classify", description = "Says what is on a picture.", mixinStandardHelpOptions = true)
final class ClassifyCommand implements Callable<Integer> {
    private static final int TOP = 5;

    /** What a model was trained on in the place of RGB from 0 to 255. */
    enum Colours {
        /** RGB from 0 to 1, less ImageNet's mean, over its deviation. */
        IMAGENET,
        /** BGR from 0 to 255, less ImageNet's mean. */
        CAFFE;

        Tensor of(Tensor rgb) {
            return switch (this) {
                case IMAGENET ->
                    rgb.div(255)
                            .sub(Tensor.of(new float[] {0.485f, 0.456f, 0.406f}, 3))
                            .div(Tensor.of(new float[] {0.229f, 0.224f, 0.225f}, 3));
                case CAFFE -> rgb.get(":, :, ::-1").sub(Tensor.of(new float[] {104, 117, 123}, 3));
            };
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions options;

    @Parameters(paramLabel = "IMAGE", description = "a picture: png, jpg, gif or bmp")
    private Path image;

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "an ONNX classifier")
    private Path model;

    @Option(names = "--labels", required = true, paramLabel = "FILE", description = "the names of its classes")
    private Path labels;

    @Option(
            names = "--colours",
            paramLabel = "NAME",
            description = "imagenet (the default) or caffe: what it was trained on")
    private Colours colours = Colours.IMAGENET;

    @Override
    public Integer call() {
        Picture picture = Picture.read(image);
        Labels names = Labels.read(labels);
        try (TensorScope scope = TensorScope.open();
                PictureModel classifier = PictureModel.of(options.builder(model).load());
                Outputs outputs = classifier.run(colours.of(picture.covering(classifier.width(), classifier.height())
                        .pixels()))) {
            Tensor scores = outputs.get(0).cast(DType.FLOAT32).reshape(-1);
            names.require(scores.shape().elements());
            print(isDistribution(scores) ? scores : scores.softmax(0), names);
        }
        return 0;
    }

    private static boolean isDistribution(Tensor scores) {
        return scores.min().item() >= 0 && Math.abs(scores.sum().item() - 1) < 0.01;
    }

    private void print(Tensor probabilities, Labels names) {
        float[] p = probabilities.toFloatArray();
        List<Integer> best = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -p[i]))
                .limit(TOP)
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        best.forEach(i -> out.printf(Locale.ROOT, "%.2f  %s%n", p[i], names.name(i)));
        out.flush();
    }
}
