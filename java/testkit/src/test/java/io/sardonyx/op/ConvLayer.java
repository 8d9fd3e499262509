package io.sardonyx.op;

import io.sardonyx.op.Window.AutoPad;
import io.sardonyx.tensor.DType;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Shape;
import io.sardonyx.testkit.Case;
import io.sardonyx.testkit.Data;
import io.sardonyx.testkit.Tolerance;
import java.util.List;

/** A convolution of some shape with data to try it, what the tests of convolutions list. */
record ConvLayer(DType dtype, long batch, long group, long channels, long filters, List<Long> image, Window window) {
    static ConvLayer of(long channels, long filters, List<Long> image, Window window) {
        return new ConvLayer(DType.FLOAT32, 1, 1, channels, filters, image, window);
    }

    static List<Long> image(long... sizes) {
        return Window.list(sizes);
    }

    /** A square kernel, padded so that sizes stay where the stride is 1. */
    static Window square(long kernel, long stride) {
        long pad = kernel / 2;
        return Window.of(kernel, kernel).withStrides(stride, stride).withPads(pad, pad, pad, pad);
    }

    ConvLayer group(long count) {
        return new ConvLayer(dtype, batch, count, channels, filters, image, window);
    }

    ConvLayer batch(long count) {
        return new ConvLayer(dtype, count, group, channels, filters, image, window);
    }

    ConvLayer with(DType other) {
        return new ConvLayer(other, batch, group, channels, filters, image, window);
    }

    Shape xShape() {
        return Shape.of(batch, channels).concat(Shape.of(Window.array(image)));
    }

    Shape wShape() {
        return Shape.of(filters, channels / group).concat(Shape.of(Window.array(window.kernel())));
    }

    Shape yShape() {
        return Convolution.of("Conv", window, group, xShape(), wShape()).output();
    }

    HostTensor x() {
        return Data.normal(dtype, 1, xShape().toArray());
    }

    HostTensor w() {
        return Data.normal(dtype, 2, wShape().toArray());
    }

    HostTensor b() {
        return Data.normal(dtype, 3, filters);
    }

    Tolerance tolerance() {
        return tolerance(1);
    }

    /** Of sums that are so many times as inexact as those of products one after the other. */
    Tolerance tolerance(long times) {
        return Tolerance.dot(dtype, times * wShape().elements(1, wShape().rank()));
    }

    Case conv() {
        return Case.of(toString(), new Conv(group, window))
                .input(x())
                .constant(w())
                .input(b())
                .within(tolerance());
    }

    @Override
    public String toString() {
        return dtype + " " + batch + "x" + channels + "->" + filters + (group > 1 ? " in " + group + " groups" : "")
                + " on " + image + ", kernel " + window.kernel()
                + (window.strides().isEmpty() ? "" : " / ")
                + window.strides() + (window.dilations().isEmpty() ? "" : " dilated " + window.dilations())
                + " padded " + (window.autoPad() == AutoPad.NOTSET ? window.pads() : window.autoPad());
    }
}
