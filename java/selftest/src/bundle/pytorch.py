"""What PyTorch takes on this GPU: MiniLM in several modes, matrix products, convolutions. A line of JSON for each result.

usage: pytorch.py SECONDS    (the slowest modes come last, and nothing new begins when the time is over)
"""
import json
import statistics
import sys
import time

END = time.monotonic() + float(sys.argv[1])


def say(**values):
    print(json.dumps(values), flush=True)


try:
    import torch
    import torch.nn.functional as F
except ImportError as e:
    say(missing=f"{sys.executable} has no PyTorch: {e}")
    sys.exit()
if not torch.cuda.is_available():
    say(missing=f"PyTorch {torch.__version__} finds no GPU")
    sys.exit()
DEVICE = "cuda"
TYPES = {"float16": torch.float16, "float32": torch.float32, "bfloat16": torch.bfloat16}
BATCH, LENGTH, LAYERS, WIDTH, HEADS, INNER, VOCABULARY = 32, 128, 6, 384, 12, 1536, 30522
torch.backends.cudnn.benchmark = True  # cuDNN's own search for the fastest algorithm


def microseconds(run, batch_us=5000, samples=17):
    """The median of one call by the device's clock, warm."""
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)

    def batch(calls):
        start.record()
        for _ in range(calls):
            run()
        end.record()
        end.synchronize()
        return start.elapsed_time(end) * 1e3 / calls

    batch(3)
    calls = max(1, int(batch_us / max(1.0, batch(3))))
    for _ in range(5):
        batch(calls)
    return statistics.median(batch(calls) for _ in range(samples))


def measure(name, mode, run):
    if time.monotonic() > END:
        return
    try:
        with torch.inference_mode():
            say(name=name, mode=mode, us=microseconds(run))
    except Exception as e:  # of one mode; the others go on
        print(f"{name} {mode}: {e}", file=sys.stderr)


class Layer(torch.nn.Module):
    """A BERT layer."""

    def __init__(self, fused):
        super().__init__()
        self.fused = fused
        self.query, self.key, self.value, self.out = (torch.nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = torch.nn.Linear(WIDTH, INNER), torch.nn.Linear(INNER, WIDTH)
        self.norm1, self.norm2 = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)

    def forward(self, x, mask):
        q, k, v = (f(x).view(*x.shape[:2], HEADS, -1).transpose(1, 2) for f in (self.query, self.key, self.value))
        if self.fused:
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        else:
            y = torch.softmax(q @ k.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5 + mask, -1) @ v
        x = self.norm1(x + self.out(y.transpose(1, 2).reshape(x.shape)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class MiniLm(torch.nn.Module):
    """all-MiniLM-L6-v2 with weights at random: its last hidden state."""

    def __init__(self, fused):
        super().__init__()
        self.words = torch.nn.Embedding(VOCABULARY, WIDTH)
        self.positions, self.types = torch.nn.Embedding(512, WIDTH), torch.nn.Embedding(2, WIDTH)
        self.norm = torch.nn.LayerNorm(WIDTH)
        self.layers = torch.nn.ModuleList(Layer(fused) for _ in range(LAYERS))

    def forward(self, ids, mask, types):
        bias = (1.0 - mask[:, None, None, :].to(self.norm.weight.dtype)) * -1e4
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(positions) + self.types(types))
        for layer in self.layers:
            x = layer(x, bias)
        return x


def graphed(run):
    """The same as a CUDA graph."""
    stream = torch.cuda.Stream()
    with torch.inference_mode(), torch.cuda.stream(stream):
        for _ in range(3):
            run()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.inference_mode(), torch.cuda.graph(graph):
        run()
    return graph.replay


def minilm(dtype, compiled):
    torch.manual_seed(1)
    ids = torch.randint(VOCABULARY, (BATCH, LENGTH), device=DEVICE)
    inputs = ids, torch.ones_like(ids), torch.zeros_like(ids)
    name = "minilm " + dtype
    if compiled:
        for mode in "max-autotune-no-cudagraphs", "reduce-overhead":
            model = MiniLm(True).to(DEVICE, TYPES[dtype]).eval()
            measure(name, "compile " + mode, lambda f=torch.compile(model, mode=mode): f(*inputs))
        return
    for fused, mode in (False, "eager"), (True, "SDPA"):
        model = MiniLm(fused).to(DEVICE, TYPES[dtype]).eval()
        measure(name, mode, lambda: model(*inputs))
        try:
            measure(name, mode + ", CUDA graph", graphed(lambda: model(*inputs)))
        except Exception as e:
            print(f"{name} {mode}, CUDA graph: {e}", file=sys.stderr)


def matmul(dtype, n):
    a, b = (torch.randn(n, n, device=DEVICE, dtype=TYPES[dtype]) for _ in range(2))
    measure(f"MatMul {dtype} {n} x {n} x {n}", "eager", lambda: a @ b)


def convolution(dtype, batch, channels, filters, size, kernel, stride, group=1):
    x = torch.randn(batch, channels, size, size, device=DEVICE, dtype=TYPES[dtype])
    w = torch.randn(filters, channels // group, kernel, kernel, device=DEVICE, dtype=TYPES[dtype])
    x, w = (t.to(memory_format=torch.channels_last) for t in (x, w))
    shape = f"{kernel}x{kernel}{f'/{stride}' if stride > 1 else ''} {channels}->{filters}{' depthwise' if group > 1 else ''} @{size}"
    measure(f"{dtype} batch {batch} {shape}", "channels last", lambda: F.conv2d(x, w, None, stride, kernel // 2, 1, group))


say(version=f"PyTorch {torch.__version__}, CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}")
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
for t in "float16", "float32":
    minilm(t, False)
for t in TYPES:
    for n in 8192, 4096, 2048, 1024:
        matmul(t, n)
for t in TYPES:
    for shape in (3, 64, 224, 7, 2), (64, 256, 56, 1, 1), (64, 64, 56, 3, 1), (256, 256, 14, 3, 1), (144, 144, 56, 3, 1, 144):
        convolution(t, 32, *shape)
for t in "float16", "float32":
    minilm(t, True)
