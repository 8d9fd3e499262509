package io.sardonyx.selftest;

import io.sardonyx.bench.device.Float32Products;
import io.sardonyx.bench.device.Float32Products.By;
import io.sardonyx.bench.device.Float32Products.Errors;
import io.sardonyx.device.Device;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether float32 products and convolutions by BF16x6 on Hopper's tensor cores are as exact as those of its float32 units: both against
 * float64, for every kind of data. The last case of each is the verdict that its use by default waits for.
 */
final class AccuracyCases {
    /** A larger error than that of a sum in another order: something is wrong, not inexact. */
    private static final double WRONG = 8;

    private AccuracyCases() {}

    static void run(Device device, Cases cases) {
        List<Float32Products> all = Float32Products.all(TimingCases.isGpu(device));
        for (By by : By.values()) {
            run(device, by, all, cases);
        }
    }

    private static void run(Device device, By by, List<Float32Products> all, Cases cases) {
        if (!device.has(by.bf16x6())) {
            cases.run(by.bf16x6(), () -> Outcome.leftOut(by.bf16x6(), device.name() + " has no such kernel"));
            return;
        }
        Map<String, Double> larger = new LinkedHashMap<>();
        for (Float32Products products : all) {
            cases.run(name(by, products), () -> compare(device, by, products, larger));
        }
        String name = by + " by BF16x6 by default";
        cases.run(
                name,
                () -> Outcome.pass(
                        name,
                        Map.of(
                                "verdict",
                                larger.isEmpty()
                                        ? "yes: no error is larger than SIMT's; Bf16x6.FROM is the switch"
                                        : "no: errors are larger than SIMT's, times " + larger)));
    }

    private static String name(By by, Float32Products products) {
        return by + " " + products.name();
    }

    private static Outcome compare(Device device, By by, Float32Products products, Map<String, Double> larger) {
        Errors simt = products.simtErrors(device, by);
        Errors split = products.bf16x6Errors(device, by);
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
            larger.put(name(by, products), wrong.isPresent() ? Double.POSITIVE_INFINITY : times);
        }
        data.put("verdict", String.format(java.util.Locale.ROOT, "%.2f x SIMT's error", times));
        return wrong.map(message -> new Outcome(name(by, products), Outcome.Status.FAIL, message, data))
                .orElseGet(() -> Outcome.pass(name(by, products), data));
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
