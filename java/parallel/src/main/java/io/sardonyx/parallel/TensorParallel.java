package io.sardonyx.parallel;

import io.sardonyx.collective.CollectiveException;
import io.sardonyx.collective.CollectiveException.Reason;
import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.onnx.Model;
import io.sardonyx.onnx.ModelBuilder;
import io.sardonyx.onnx.Outputs;
import io.sardonyx.onnx.graph.ValueInfo;
import io.sardonyx.onnx.plan.Placement;
import io.sardonyx.tensor.HostTensor;
import io.sardonyx.tensor.Tensor;
import io.sardonyx.tensor.TensorType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * A transformer whose matrix products are split over the devices of a group: each rank holds and multiplies its piece of the weights, and
 * sums up with the others once behind each pair of products (attention: Q, K and V by columns, whole heads to a rank, then the output by
 * rows; feed-forward: the first by columns, the second by rows). What is not between such a pair, as embeddings and normalisations, every
 * rank has and computes whole. Pairs are found in any ONNX model; {@link #pairs} says which. Where the number of heads, or of columns, is no
 * multiple of the number of ranks, that pair is not split: the result is right, but nothing is gained there.
 *
 * <pre>{@code
 * try (Group group = Group.of(Devices.get("cuda:0"), Devices.get("cuda:1"));
 *         TensorParallel model = TensorParallel.load(Path.of("gpt2.onnx"), group);
 *         Outputs outputs = model.run(Map.of("input_ids", ids))) {
 *     System.out.println(outputs.get("logits"));
 * }
 * }</pre>
 *
 * <p>Inputs and outputs are those of the model. Past keys and values are cut by heads on their way in and joined on their way out, in the
 * host's memory. Thread-safe, one run at a time. A run that fails on one rank fails on all: those that wait for it are freed at once. The
 * group has ended then, and later runs are refused.
 */
public final class TensorParallel implements AutoCloseable {
    private final Group group;
    private final List<Rank> ranks = new ArrayList<>();
    private final ExecutorService threads;
    private final List<ValueInfo> inputs;
    private final List<ValueInfo> outputs;
    private Optional<RuntimeException> ended = Optional.empty();

    private TensorParallel(Supplier<ModelBuilder> model, Group group, Duration deadline) {
        if (group.members().size() != group.size()) {
            throw new IllegalArgumentException("a split model has all ranks in one process; here are "
                    + group.members().size() + " of " + group.size());
        }
        this.group = group;
        try {
            for (Member member : group.members()) {
                ranks.add(new Rank(model.get(), member.within(deadline)));
            }
        } catch (RuntimeException | Error e) {
            ranks.forEach(Rank::close);
            throw e;
        }
        inputs = ranks.get(0).inputs();
        outputs = ranks.get(0).outputs();
        threads = Executors.newFixedThreadPool(group.size(), task -> {
            Thread thread = new Thread(task, "sardonyx-rank");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Loads a model from a file for the devices of a group, which stays the caller's, and must be of this process. */
    public static TensorParallel load(Path file, Group group) {
        int share = Math.max(1, group.members().get(0).device().threads() / group.size());
        return load(() -> Model.builder(file).threads(share), group, Group.DEADLINE);
    }

    /**
     * As {@link #load(Path, Group)}, with options.
     *
     * @param model asked once for each rank; where it runs is the group's to say
     * @param deadline of each all-reduce: how long ranks wait for each other
     */
    public static TensorParallel load(Supplier<ModelBuilder> model, Group group, Duration deadline) {
        return new TensorParallel(model, group, deadline);
    }

    /** The inputs that each run must give, as the model declares them. */
    public List<ValueInfo> inputs() {
        return inputs;
    }

    public List<ValueInfo> outputs() {
        return outputs;
    }

    /** The pairs of products that are split. Without any, each rank does everything. */
    public List<Pair> pairs() {
        return ranks.get(0).split().pairs();
    }

    /** Bytes of the weights that one rank has: its pieces, and what is whole on every rank. */
    public long weightBytes() {
        return ranks.get(0).split().weightBytes();
    }

    /** Where each rank runs each of its nodes, for whole inputs of these types; the same on every rank, but for the device. */
    public List<Placement> placement(List<TensorType> types) {
        return ranks.get(0).placement(types);
    }

    /**
     * Runs the model on all ranks.
     *
     * @param given by input name: a host value, or a tensor, which is copied to the host if it is not there
     * @return the outputs on rank 0's device, which the caller closes
     * @throws CollectiveException if an all-reduce failed, or an earlier run ended the group
     * @throws IllegalStateException if this is closed
     * @throws RuntimeException what {@link Model#run(Map)} throws, from the rank that was first
     */
    public synchronized Outputs run(Map<String, ?> given) {
        if (threads.isShutdown()) {
            throw new IllegalStateException("the model is closed");
        }
        ended.ifPresent(cause -> {
            throw new CollectiveException(Reason.CLOSED, 0, 0, 0, "an earlier run ended the group", cause);
        });
        Map<String, Object> onHost = new HashMap<>();
        given.forEach((name, value) -> onHost.put(name, value instanceof Tensor tensor ? tensor.toHost() : value));
        var progress = new Progress(group);
        List<Future<Outputs>> runs = new ArrayList<>();
        ranks.forEach(rank -> runs.add(threads.submit(() -> rank.run(onHost, progress))));
        List<Outputs> results = await(runs, progress);
        ended = progress.hasEndedGroup() ? progress.cause() : Optional.empty();
        if (progress.cause().isPresent()) {
            results.forEach(Outputs::close);
            throw progress.cause().get();
        }
        return joined(results);
    }

    /** Of the ranks that did not fail. */
    private static List<Outputs> await(List<Future<Outputs>> runs, Progress progress) {
        List<Outputs> results = new ArrayList<>();
        boolean interrupted = false;
        for (Future<Outputs> run : runs) {
            for (boolean over = false; !over; ) {
                try {
                    results.add(run.get());
                    over = true;
                } catch (ExecutionException e) { // noted already
                    over = true;
                } catch (InterruptedException e) {
                    interrupted = true;
                    progress.interrupt(e);
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return results;
    }

    /** Rank 0's outputs, with all ranks' pieces of those that were cut. */
    private Outputs joined(List<Outputs> results) {
        Outputs first = results.get(0);
        ranks.get(0).split().outputs().forEach((name, layout) -> {
            List<HostTensor> pieces =
                    results.stream().map(outputs -> outputs.get(name).toHost()).toList();
            first.replace(name, Tensor.of(layout.join(pieces), ranks.get(0).device()));
        });
        results.subList(1, results.size()).forEach(Outputs::close);
        return first;
    }

    /** Waits for the run in progress. The group stays open, if no run ended it. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        threads.shutdown();
        ranks.forEach(Rank::close);
    }
}
