package io.sardonyx.parallel;

import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Reduction;
import io.sardonyx.collective.Work;
import io.sardonyx.device.Device;
import io.sardonyx.tensor.Tensor;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A group that counts its all-reduces and tells {@link #before} of each; {@link #closed} says when it is. */
class Watched implements Group {
    final AtomicInteger allReduces = new AtomicInteger();
    final CountDownLatch closed = new CountDownLatch(1);
    private final Group group;

    Watched(Device device, int ranks) {
        group = Group.of(Collections.nCopies(ranks, device));
    }

    /** A rank is about to come to an all-reduce; for a test to override. */
    void before(int rank) {}

    private record WatchedMember(Watched watched, Member member) implements Member {
        @Override
        public int rank() {
            return member.rank();
        }

        @Override
        public Device device() {
            return member.device();
        }

        @Override
        public Group group() {
            return watched;
        }

        @Override
        public Member within(Duration deadline) {
            return new WatchedMember(watched, member.within(deadline));
        }

        @Override
        public Work allReduce(Tensor in, Tensor out, Reduction reduction) {
            watched.before(rank());
            watched.allReduces.incrementAndGet();
            return member.allReduce(in, out, reduction);
        }

        @Override
        public Work allReduce(List<Tensor> bucket, Reduction reduction) {
            return member.allReduce(bucket, reduction);
        }

        @Override
        public Work allReduceRmsNorm(Tensor x, Tensor residual, Tensor weight, Tensor y, float epsilon) {
            return member.allReduceRmsNorm(x, residual, weight, y, epsilon);
        }

        @Override
        public Work reduceScatter(Tensor in, Tensor out, Reduction reduction) {
            return member.reduceScatter(in, out, reduction);
        }

        @Override
        public Work allGather(Tensor in, Tensor out) {
            return member.allGather(in, out);
        }

        @Override
        public Work broadcast(Tensor tensor, int root) {
            return member.broadcast(tensor, root);
        }

        @Override
        public Work barrier() {
            return member.barrier();
        }
    }

    @Override
    public int size() {
        return group.size();
    }

    @Override
    public List<Member> members() {
        return group.members().stream()
                .<Member>map(member -> new WatchedMember(this, member))
                .toList();
    }

    @Override
    public void close() {
        group.close();
        closed.countDown();
    }
}
