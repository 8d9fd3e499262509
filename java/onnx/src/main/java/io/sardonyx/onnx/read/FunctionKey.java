package io.sardonyx.onnx.read;

import io.sardonyx.onnx.proto.FunctionProto;
import io.sardonyx.onnx.proto.NodeProto;
import io.sardonyx.op.Operators;

/** What a node names when it calls a function. */
record FunctionKey(String domain, String name, String overload) {
    static FunctionKey of(FunctionProto function) {
        return new FunctionKey(Operators.canonical(function.getDomain()), function.getName(), function.getOverload());
    }

    static FunctionKey of(NodeProto node) {
        return new FunctionKey(Operators.canonical(node.getDomain()), node.getOpType(), node.getOverload());
    }

    @Override
    public String toString() {
        return (domain.isEmpty() ? "" : domain + ".") + name + (overload.isEmpty() ? "" : ":" + overload);
    }
}
