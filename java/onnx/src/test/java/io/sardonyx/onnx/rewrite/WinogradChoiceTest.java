package io.sardonyx.onnx.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tile that each kind of layer gets; measured by bench/layers. */
class WinogradChoiceTest {
    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "64,   64,  56, 4, large images: the fewest products",
        "256,  256, 14, 4, a middle layer of ResNet-50",
        "512,  512, 7,  2, the last layers of ResNet-50: 4 x 4 would read too many weights for so few tiles",
        "512,  512, 2,  0, hardly an image: weights alone count",
        "8,    64,  56, 0, few channels: transformations cost more than they save",
        "64,   8,   56, 0, few filters",
    })
    void tile(double channels, double filters, double side, long tile, String reason) {
        assertEquals(tile, WinogradChoice.tile(channels, filters, side, side), reason);
    }
}
