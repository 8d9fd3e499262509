package io.sardonyx.selftest;

import io.sardonyx.bench.device.Float32Products;
import io.sardonyx.bench.device.Float32Products.Errors;
import io.sardonyx.device.Device;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether float32 products by BF16x6 on Hopper's tensor cores are as exact as those of its float32 units: both against float64, for every
 * kind of data. The last case is the verdict that its use by default waits for.
 */
final class AccuracyCases {
    private static final String KERNEL = "gemm_bf16x6.f32";
    private static final String SIMT = "gemm.f32";

    /** A larger error than that of a sum in another order: something is wrong, not inexact. */
    private static final double WRONG = 8;

    private AccuracyCases() {}

    static void run(Device device, Cases cases) {
        if (!device.has(KERNEL)) {
            cases.run(KERNEL, () -> Outcome.leftOut(KERNEL, device.name() + " has no such kernel"));
            return;
        }
        Map<String, Double> larger = new LinkedHashMap<>();
        for (Float32Products products : Float32Products.all(TimingCases.isGpu(device))) {
            cases.run(products.name(), () -> compare(device, products, larger));
        }
        String name = "BF16x6 by default";
        cases.run(
                name,
                () -> Outcome.pass(
                        name,
                        Map.of(
                                "verdict",
                                larger.isEmpty()
                                        ? "yes: no error is larger than SIMT's; MatrixLaunch.BF16X6_FROM is the switch"
                                        : "no: errors are larger than SIMT's, times " + larger)));
    }

    private static Outcome compare(Device device, Float32Products products, Map<String, Double> larger) {
        Errors simt = products.errors(device, SIMT, 0);
        Errors split = products.errors(device, KERNEL, products.scratch());
        Map<String, Object> data = new LinkedHashMap<>();
        put(data, "simt", simt);
        put(data, "bf16x6", split);
        Optional<String> wrong = split.wrong().or(() -> simt.wrong().map(message -> "SIMT: " + message));
        if (wrong.isEmpty() && split.largest() > WRONG * Math.max(simt.largest(), Float32Products.UNIT)) {
            wrong = Optional.of("the error is " + split.largest() + " of the sum of sizes, SIMT's " + simt.largest());
        }
        double times =
                Math.max(ratio(split.largest(), simt.largest()), ratio(split.rootMeanSquare(), simt.rootMeanSquare()));
        if (wrong.isPresent() || times > 1) {
            larger.put(products.name(), wrong.isPresent() ? Double.POSITIVE_INFINITY : times);
        }
        data.put("verdict", String.format(java.util.Locale.ROOT, "%.2f x SIMT's error", times));
        return wrong.map(message -> new Outcome(products.name(), Outcome.Status.FAIL, message, data))
                .orElseGet(() -> Outcome.pass(products.name(), data));
    }

    private static double ratio(double error, double simt) {
        return error == simt ? 1 : error / simt;
    }

    private static void put(Map<String, Object> data, String kernel, Errors errors) {
        data.put(kernel + "_largest", errors.largest());
        data.put(kernel + "_rms", errors.rootMeanSquare());
        errors.wrong().ifPresent(message -> data.put(kernel + "_wrong", message));
    }
}
