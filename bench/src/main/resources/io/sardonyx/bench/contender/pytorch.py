"""PyTorch on the CPU, eagerly: computes what lines of standard input ask for, and answers each with a line.

load JSON    {"node", "attributes", "threads", "inputs": [{"dtype", "shape", "file"}]}, the files hold the bytes; computes once
time RUNS    computes so often in a row; the answer is how many nanoseconds that took
output FILE  writes the bytes of the last result there

An answer begins with "ok "; any other line says what went wrong. The first line is PyTorch's version.
"""
import json
import sys
import time


def answer(text):
    print(" ".join(str(text).split()), flush=True)


try:
    import torch
    import torch.nn.functional as F
except ImportError as e:
    answer(f"{sys.executable} has no PyTorch: {e}")
    sys.exit()


def attention(a, *inputs):
    q, k, v = (x.view(*x.shape[:2], a["q_num_heads"], -1).transpose(1, 2) for x in inputs)
    return F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)


OPERATORS = {
    "Add": lambda a, x, y: x + y,
    "Attention": attention,
    "Conv": lambda a, x, w, b: F.conv2d(x, w, b, a["strides"], a["pads"][:2], 1, a["group"]),
    "Gather": lambda a, x, indices: torch.index_select(x, a["axis"], indices),
    "Gelu": lambda a, x: F.gelu(x),
    "Identity": lambda a, x: x.clone(),
    "LayerNormalization": lambda a, x, scale, bias: F.layer_norm(x, scale.shape, scale, bias),
    "MatMul": lambda a, x, y: x @ y,
    "MatMulInteger": lambda a, x, y: torch._int_mm(x, y),
    "ReduceSum": lambda a, x: x.sum(a["axes"], bool(a["keepdims"])),
    "Softmax": lambda a, x: torch.softmax(x, a["axis"]),
    "Transpose": lambda a, x: x.permute(a["perm"]).contiguous(),
}


class Problem:
    def __init__(self, operator, attributes, inputs):
        self.operator, self.attributes, self.inputs = operator, attributes, inputs
        self.run()

    @staticmethod
    def load(text):
        asked = json.loads(text)
        if asked["node"] not in OPERATORS:
            raise ValueError(f"pytorch.py has no {asked['node']}")
        torch.set_num_threads(asked["threads"])
        inputs = []
        for given in asked["inputs"]:
            with open(given["file"], "rb") as file:
                values = torch.frombuffer(bytearray(file.read()), dtype=getattr(torch, given["dtype"]))
            inputs.append(values.reshape(given["shape"]).clone())  # a clone lies at a cache line
        return Problem(OPERATORS[asked["node"]], asked["attributes"], inputs)

    def run(self):
        self.result = self.operator(self.attributes, *self.inputs)

    def time(self, runs):
        start = time.perf_counter_ns()
        for _ in range(runs):
            self.run()
        return time.perf_counter_ns() - start

    def write(self, path):
        with open(path, "wb") as file:
            file.write(self.result.contiguous().view(torch.uint8).numpy().tobytes())


answer(f"ok {torch.__version__}")
problem = None
with torch.inference_mode():
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        try:
            if word == "load":
                problem = Problem.load(rest)
                answer("ok loaded")
            elif word == "time":
                answer(f"ok {problem.time(int(rest))}")
            elif word == "output":
                problem.write(rest)
                answer("ok written")
            else:
                answer(f"expected load, time or output, given {word!r}")
        except Exception as e:  # of one problem; the next one may work
            answer(f"{type(e).__name__}: {e}")
