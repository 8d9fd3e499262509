package io.sardonyx.bench.collective;

import io.sardonyx.collective.Group;
import io.sardonyx.collective.Member;
import io.sardonyx.collective.Work;
import io.sardonyx.device.Memory;
import io.sardonyx.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A group that computes right for a while; then rank 1's all-reduces from one tensor into another have a first byte of their own. */
final class FaultyGroup implements Group {
    private final Group right;
    private final List<Member> members;
    private int good;

    FaultyGroup(Group right, int good) {
        this.right = right;
        this.good = good;
        members = new ArrayList<>(right.members());
        Member honest = members.get(1);
        members.set(1, (Member) Proxy.newProxyInstance(
                Member.class.getClassLoader(),
                new Class<?>[] {Member.class},
                (proxy, method, arguments) ->
                        method.getName().equals("equals") ? proxy == arguments[0] : call(honest, method, arguments)));
    }

    private Object call(Member honest, Method method, Object[] arguments) throws Throwable {
        try {
            Object result = method.invoke(honest, arguments);
            boolean reduces = method.getName().equals("allReduce") && arguments[1] instanceof Tensor;
            return reduces && good-- <= 0 ? spoiling((Work) result, (Tensor) arguments[1]) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Work spoiling(Work work, Tensor out) {
        return new Work() {
            @Override
            public void await() {
                work.await();
                Memory memory = out.lease();
                ByteBuffer first = ByteBuffer.allocate(1);
                memory.read(0, first);
                memory.write(0, first.put(0, (byte) (first.get(0) ^ 1)).rewind());
                out.endLease();
            }

            @Override
            public boolean isDone() {
                return work.isDone();
            }
        };
    }

    @Override
    public int size() {
        return right.size();
    }

    @Override
    public List<Member> members() {
        return members;
    }

    @Override
    public void close() {
        right.close();
    }
}
