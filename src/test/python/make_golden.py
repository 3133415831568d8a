"""What PyTorch, torchvision and timm compute, for the conformance tests.
Made with Python 3.11.7, PyTorch 2.15.0, torchvision 0.29.2, timm 1.0.31, NumPy 2.4.6, safetensors 0.8.0.
usage: make_golden.py OUT_DIR [criterion|losses|models|steps|optimizers|finetuning|models:NETWORK|steps:NETWORK ...]"""
import json
import os
import sys

os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")
import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from safetensors.numpy import save_file

from streams import bits, sketch, uniform, whole

out = sys.argv[1]
parts = sys.argv[2:] or ["criterion", "losses", "models", "steps", "optimizers", "finetuning"]
os.makedirs(out, exist_ok=True)
torch.set_num_threads(2)
CLASSES = 37
RESNETS = ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]
NETWORKS = RESNETS + ["resnext50_32x4d", "wide_resnet50_2", "mobilenet_v2"]
# Twenty steps: the pictures' side, and the highest rate. Depthwise weights are small, so that a rate moves them further than others.
STEPS = {"resnet18": (128, 2e-3), "resnet50": (128, 2e-3), "resnext50_32x4d": (64, 5e-4), "wide_resnet50_2": (64, 5e-4), "mobilenet_v2": (128, 2e-5)}


def versions():
    return {"torch": torch.__version__.split("+")[0], "torchvision": torchvision.__version__.split("+")[0]}


# ---------------------------------------------------------------------------------------------------------------- criterion
def criterion_case(i):
    s = f"criterion/{i}"
    pick = lambda what, choices: choices[int(whole(f"{s}/{what}", 1, len(choices))[0])]
    n = pick("n", [1, 2, 3, 7, 16, 33, 64, 256]) if i % 10 else pick("n", [1, 5])
    c = pick("c", [2, 3, 10, 37, 100, 1000])
    if i % 20 == 7:
        c = 1
    eps = pick("eps", [0.0, 0.05, 0.1, 0.2, 0.5, 0.9])
    scale = pick("scale", [1e-3, 1.0, 3.0, 10.0, 100.0, 1e4])
    kind = "soft" if i % 5 == 4 else "hard"
    return dict(n=n, c=c, eps=eps, scale=scale, reduction=pick("reduction", ["mean", "sum"]), weighted=bool(i % 3 == 1),
                ignored={0: "none", 1: "some", 2: "none", 3: "all" if i % 40 == 3 else "some"}[i % 4] if kind == "hard" else "none", kind=kind)


def criterion():
    cases = []
    for i in range(240):
        k = criterion_case(i)
        s, n, c = f"criterion/{i}", k["n"], k["c"]
        x64 = (uniform(s + "/x", n * c) * k["scale"]).astype(np.float32).astype(np.float64).reshape(n, c)
        weight = uniform(s + "/w", c, 0.1, 3.0).astype(np.float32).astype(np.float64) if k["weighted"] else None
        if k["kind"] == "soft":
            q = uniform(s + "/q", n * c, 0.0, 1.0).reshape(n, c)
            target = (q / q.sum(1, keepdims=True))
        else:
            target = whole(s + "/y", n, c)
            if k["ignored"] != "none":
                gone = np.ones(n, bool) if k["ignored"] == "all" else uniform(s + "/gone", n, 0, 1) < 0.3
                target = np.where(gone, -100, target)
        for dtype in (torch.float64, torch.float32):
            x = torch.tensor(x64, dtype=dtype, requires_grad=True)
            y = torch.tensor(target) if k["kind"] == "hard" else torch.tensor(target, dtype=dtype)
            w = None if weight is None else torch.tensor(weight, dtype=dtype)
            loss = F.cross_entropy(x, y, weight=w, ignore_index=-100, reduction=k["reduction"], label_smoothing=k["eps"])
            empty = k["kind"] == "hard" and bool((np.asarray(target) == -100).all())
            if empty:  # PyTorch gives NaN for a mean of nothing; ours is defined as 0.
                value, gradient = 0.0, np.zeros((n, c))
            else:
                loss.backward()
                value, gradient = loss.item(), x.grad.double().numpy()
            name = "float64" if dtype == torch.float64 else "float32"
            k[name] = dict(loss=value, norm=float(np.linalg.norm(gradient)), sketch=sketch(s + "/sketch", gradient, 8).tolist())
        cases.append(k)
    with open(os.path.join(out, "criterion.json"), "w") as f:
        json.dump(dict(versions(), cases=cases), f)


# ------------------------------------------------------------------------------------------------------------------- losses
def max_sup(x, y, alpha):
    """Rows' losses; torch.amax shares the gradient evenly among equal maxima."""
    return F.cross_entropy(x, y, reduction="none") + alpha * (x.amax(1) - x.mean(1))


def passed(name, value, x):
    value.backward()
    gradient = x.grad.double().numpy()
    return dict(loss=value.item(), norm=float(np.linalg.norm(gradient)), sketch=sketch(name + "/sketch", gradient, 8).tolist())


def max_sup_case(i):
    s = f"max-sup/{i}"
    pick = lambda what, choices: choices[int(whole(f"{s}/{what}", 1, len(choices))[0])]
    k = dict(n=pick("n", [1, 2, 3, 7, 16, 33, 64]), c=1 if i % 20 == 7 else pick("c", [2, 3, 10, 37, 100, 1000]), alpha=pick("alpha", [0.0, 0.1, 0.2, 0.5, 0.9]),
             scale=pick("scale", [1e-3, 1.0, 3.0, 10.0, 100.0, 1e4]), reduction=pick("reduction", ["mean", "sum"]), ties=bool(i % 4 == 2),
             rows=bool(i % 3 == 1), classes=bool(i % 5 == 3), kind="soft" if i % 5 == 4 else "hard")
    n, c = k["n"], k["c"]
    x64 = (uniform(s + "/x", n * c) * k["scale"]).astype(np.float32).astype(np.float64).reshape(n, c)
    if k["ties"]:  # Few different logits, so that several are the largest.
        x64 = whole(s + "/ties", n * c, 3).astype(np.float64).reshape(n, c)
    if k["kind"] == "soft":
        q = uniform(s + "/q", n * c, 0.0, 1.0).reshape(n, c)
        target = q / q.sum(1, keepdims=True)
    else:
        target = whole(s + "/y", n, c)
    own = uniform(s + "/rows", n, 0.1, 3.0) if k["rows"] else np.ones(n)
    by = uniform(s + "/classes", c, 0.1, 3.0) if k["classes"] else np.ones(c)
    for dtype in (torch.float64, torch.float32):
        x = torch.tensor(x64, dtype=dtype, requires_grad=True)
        y = torch.tensor(target) if k["kind"] == "hard" else torch.tensor(target, dtype=dtype)
        weight = torch.tensor(own * (by[target] if k["kind"] == "hard" else target @ by), dtype=dtype)
        total = torch.tensor(own * (by[target] if k["kind"] == "hard" else 1), dtype=dtype).sum()
        loss = (weight * max_sup(x, y, k["alpha"])).sum()
        k["float64" if dtype == torch.float64 else "float32"] = passed(s, loss / total if k["reduction"] == "mean" else loss, x)
    return k


def online_case(i):
    """Three epochs of online label smoothing; each epoch's soft labels are the means of the one before."""
    s = f"online/{i}"
    pick = lambda what, choices: choices[int(whole(f"{s}/{what}", 1, len(choices))[0])]
    n, c, alpha, epochs = pick("n", [8, 33, 64]), pick("c", [2, 5, 37]), pick("alpha", [0.0, 0.3, 0.5]), []
    soft = torch.full((c, c), 1.0 / c).double()  # What is learnt is float32, as checkpoints keep it.
    for epoch in range(3):
        sums, counts, batches = torch.zeros(c, c, dtype=torch.float64), torch.zeros(c, dtype=torch.float64), []
        for b in range(4):
            t = f"{s}/{epoch}/{b}"
            y = torch.tensor(whole(t + "/y", n, c))
            x64 = uniform(t + "/x", n * c, -2, 2).astype(np.float32).astype(np.float64).reshape(n, c)
            x64[np.arange(n), y.numpy()] += 1.0
            x = torch.tensor(x64, requires_grad=True)
            loss = alpha * F.cross_entropy(x, y) + (1 - alpha) * F.cross_entropy(x, soft[y])
            batches.append(passed(t, loss, x))
            p = x.detach().softmax(1)
            correct = p.argmax(1) == y
            sums.index_add_(0, y[correct], p[correct])
            counts.index_add_(0, y[correct], torch.ones(int(correct.sum()), dtype=torch.float64))
        seen = counts > 0
        soft = torch.full((c, c), 1.0 / c, dtype=torch.float64)
        soft[seen] = sums[seen] / counts[seen, None]
        epochs.append(dict(batches=batches, norm=float(soft.norm()), sketch=sketch(s + "/soft", soft.numpy(), 8).tolist()))
        soft = soft.float().double()
    return dict(n=n, c=c, alpha=alpha, epochs=epochs)


def margin_smoothing(x, y, alpha, margin):
    """Rows' losses, as in the authors' code; torch.amax shares the gradient evenly among equal maxima."""
    return F.cross_entropy(x, y, reduction="none") + alpha * F.relu(x.amax(1, keepdim=True) - x - margin).mean(1)


def focal(x, y, gamma):
    log = x.log_softmax(1)
    q = y if y.dtype.is_floating_point else F.one_hot(y, x.shape[1]).to(x.dtype)
    # 1 - p by the others' sum, in logarithms, so that it has digits where p is close to 1.
    others = torch.stack([torch.cat([log[:, :j], log[:, j + 1:]], 1).logsumexp(1) for j in range(x.shape[1])], 1) if x.shape[1] > 1 else torch.full_like(log, -torch.inf)
    return -(q * (gamma * others).exp() * log).sum(1)


def row_case(name, i):
    """A batch with a mean over its rows; each row has its weight."""
    s = f"{name}/{i}"
    pick = lambda what, choices: choices[int(whole(f"{s}/{what}", 1, len(choices))[0])]
    n, c, scale, soft = pick("n", [1, 3, 16, 33]), pick("c", [2, 3, 10, 37]), pick("scale", [1e-3, 1.0, 3.0, 10.0]), i % 3 == 2
    k = dict(n=n, c=c, scale=scale, soft=soft)
    k.update(dict(alpha=pick("alpha", [0.0, 0.1, 0.5, 0.9]), margin=pick("margin", [0.0, 1.0, 6.0, 10.0])) if name == "margin" else dict(gamma=pick("gamma", [0.0, 0.5, 1.0, 2.0, 3.0])))
    x64 = (uniform(s + "/x", n * c) * scale).astype(np.float32).astype(np.float64).reshape(n, c)
    if name == "margin" and i % 4 == 1:  # Few different logits, so that several are the largest.
        x64 = whole(s + "/ties", n * c, 3).astype(np.float64).reshape(n, c)
        k["ties"] = True
    q = uniform(s + "/q", n * c, 0.0, 1.0).reshape(n, c)
    y = torch.tensor(q / q.sum(1, keepdims=True)) if soft else torch.tensor(whole(s + "/y", n, c))
    x = torch.tensor(x64, requires_grad=True)
    rows = margin_smoothing(x, y, k["alpha"], k["margin"]) if name == "margin" else focal(x, y, k["gamma"])
    return dict(k, **passed(s, rows.mean(), x))


def losses():
    with open(os.path.join(out, "losses.json"), "w") as f:
        json.dump(dict(versions(), max_sup=[max_sup_case(i) for i in range(160)], online=[online_case(i) for i in range(12)],
                       margin=[row_case("margin", i) for i in range(60)], focal=[row_case("focal", i) for i in range(60)]), f)


# ------------------------------------------------------------------------------------------------------------------- models
def build(network):
    """Without the dropout that torchvision's MobileNetV2 has before its head."""
    return getattr(torchvision.models, network)(weights=None, num_classes=CLASSES, **({"dropout": 0.0} if network == "mobilenet_v2" else {}))


def head(model):
    return model.fc if hasattr(model, "fc") else model.classifier[1]


def fill(model):
    """Weights by name: convolutions and the head uniform with Kaiming's deviation, BatchNorm near 1 and 0, but each residual block's last
    one small, as training leaves it: with blocks as strong as their shortcuts float32 PyTorch itself is off by 2e-4 of the largest
    logit at depth 101, and by 7e-4 at 152. Before a ReLU6 BatchNorm is larger, so that some values reach six."""
    blocks = {name: block for name, block in model.named_modules() if hasattr(block, "downsample") or getattr(block, "use_res_connect", False)}
    last = {f"{name}.{[n for n, m in block.named_modules() if isinstance(m, torch.nn.BatchNorm2d) and 'downsample' not in n][-1]}.weight"
            for name, block in blocks.items()}
    clipped = {f"{name}.1.weight" for name, m in model.named_modules() if len(list(m.children())) == 3 and isinstance(list(m.children())[2], torch.nn.ReLU6)}
    for name, p in model.named_parameters():
        shape = tuple(p.shape)
        if p.ndim == 4:
            v = uniform(name, p.numel()) * np.sqrt(3 * 2.0 / (shape[0] * shape[2] * shape[3]))
        elif any(p is q for q in head(model).parameters()):
            v = uniform(name, p.numel()) / np.sqrt(head(model).in_features)
        elif name in last:
            v = uniform(name, p.numel(), 0.1, 0.4)
        elif name in clipped:
            v = uniform(name, p.numel(), 1, 5)
        elif name.endswith("weight"):
            v = uniform(name, p.numel(), 0.5, 1.5)
        else:
            v = uniform(name, p.numel(), -0.2, 0.2)
        p.data.copy_(torch.tensor(v.astype(np.float32).reshape(shape)))


def pictures(name, batch, size):
    return torch.tensor(uniform(name, batch * 3 * size * size, -2, 2).astype(np.float32).reshape(batch, 3, size, size))


def flat_statistics(model):
    return np.concatenate([np.concatenate([m.running_mean.double().numpy(), m.running_var.double().numpy()])
                           for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)])


def run_model(network, size, batch, dtype):
    model = build(network)
    fill(model)
    model = model.to(dtype)
    y = torch.tensor(whole(f"labels/{size}", batch, CLASSES))

    def train(k):
        model.train()
        model.zero_grad(set_to_none=True)
        logits = model(pictures(f"pictures/{size}/{k}", batch, size).to(dtype))
        F.cross_entropy(logits, y, label_smoothing=0.1).backward()
        return logits.detach().double().numpy(), np.concatenate([p.grad.double().numpy().ravel() for p in model.parameters()])

    passes = [train(k) for k in range(3)]
    statistics = flat_statistics(model)
    model.eval()
    with torch.no_grad():
        scores = model(pictures(f"pictures/{size}/3", batch, size).to(dtype)).double().numpy()
    passes.append(train(4))
    return passes[2][0], scores, [gradient for _, gradient in passes], statistics


def models(networks=NETWORKS):
    for network in networks:
        for size in (64, 128) + ((224,) if network in ("resnet18", "resnet50", "mobilenet_v2") else ()):
            batch = 8 if size < 224 else 4
            exact = run_model(network, size, batch, torch.float64)
            single = run_model(network, size, batch, torch.float32)
            # A single set of pictures is a lottery: one ReLU on the other side of zero moves the gradient by a thousandth of itself. So four.
            errors = [np.linalg.norm(a - b) / np.linalg.norm(b) for a, b in zip(single[2], exact[2])]
            error = np.sqrt(np.mean(np.square(errors)))
            f = lambda v: np.ascontiguousarray(np.asarray(v), dtype=np.float32)
            save_file({
                "training_logits": f(exact[0]), "inference_logits": f(exact[1]), "gradient_norms": f([np.linalg.norm(g) for g in exact[2]]),
                "gradient_sketches": f([sketch("gradient", g) for g in exact[2]]), "float32_gradient_error": f([error]),
                "statistics": f(sketch("statistics", exact[3])), "statistics_norm": f([np.linalg.norm(exact[3])]),
            }, os.path.join(out, f"{network}-{size}.safetensors"), metadata=dict(versions(), batch=str(batch), parameters=str(exact[2][0].size)))
            print(network, size, "float32 errors", errors, "rms", error, flush=True)


# -------------------------------------------------------------------------------------------------------------------- steps
def steps(networks=STEPS):
    file = os.path.join(out, "steps.json")
    with open(file) if os.path.exists(file) else open(os.devnull) as f:
        result = json.loads(f.read() or "{}") | versions()
    for network in networks:
        model = build(network)
        fill(model)
        model.train()
        body = [p for p in model.parameters() if not any(p is q for q in head(model).parameters())]
        (side, peak), n = STEPS[network], 20
        opt = torch.optim.SGD([dict(params=body, lr=peak), dict(params=head(model).parameters(), lr=2 * peak)], lr=peak, momentum=0.9, nesterov=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(opt, [peak, 2 * peak], total_steps=n, pct_start=0.25, div_factor=25, final_div_factor=1e4,
                                                       base_momentum=0.85, max_momentum=0.95)
        losses = []
        for k in range(n):
            opt.zero_grad(set_to_none=True)
            # Four batches in turn, so that the loss has something to fall on.
            loss = F.cross_entropy(model(pictures(f"steps/{k % 4}", 16, side)), torch.tensor(whole(f"steps/labels/{k % 4}", 16, CLASSES)), label_smoothing=0.1)
            loss.backward()
            opt.step()
            if k + 1 < n:
                schedule.step()
            losses.append(loss.item())
        result[network] = losses
        print(network, losses, flush=True)
    with open(file, "w") as f:
        json.dump(result, f)


# --------------------------------------------------------------------------------------------------------------- optimizers
SHAPES = [("a.weight", (8, 3, 3, 3)), ("a.norm", (8,)), ("b.weight", (16, 8, 1, 1)), ("head.weight", (5, 16)), ("head.bias", (5,))]


def optimizers():
    import timm
    from timm.optim import Lars
    steps_, result = 100, dict(versions(), timm=timm.__version__)
    makers = {
        "sgd": lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9, nesterov=True),
        "sgd-plain": lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9),
        "adamw": lambda g: torch.optim.AdamW(g, lr=0.01, betas=(0.9, 0.999), eps=1e-8),
        "lars": lambda g: Lars(g, lr=0.5, momentum=0.9, nesterov=True, trust_coeff=0.02, always_adapt=False),
        "sgd-clipped": lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9, nesterov=True),
        "sgd-ema": lambda g: torch.optim.SGD(g, lr=0.05, momentum=0.9, nesterov=True),
    }
    for name, make in makers.items():
        p = [torch.nn.Parameter(torch.tensor(uniform("optimizer/" + n, int(np.prod(s))).astype(np.float32).reshape(s))) for n, s in SHAPES]
        goal = [torch.tensor(uniform("goal/" + n, int(np.prod(s))).astype(np.float32).reshape(s)) for n, s in SHAPES]
        # Early body, late body, head; weights decay, vectors do not.
        factors = {"a": 0.1, "b": 1.0, "head": 10.0}
        base = {"adamw": 0.01, "lars": 0.5}.get(name, 0.05)
        groups = [dict(params=[q], lr=base * factors[n.split(".")[0]], weight_decay=0.01 if n.endswith(".weight") else 0.0) for q, (n, _) in zip(p, SHAPES)]
        opt = make(groups)
        ema = [q.detach().clone() for q in p]
        track = []
        for k in range(steps_):
            opt.zero_grad()
            # A quartic bowl with a tilt that changes from step to step.
            loss = sum((((q - t) ** 2).sum() + 0.1 * ((q - t) ** 4).sum()) for q, t in zip(p, goal))
            loss = 0.05 * loss + 0.02 * sum((q * torch.tensor(uniform(f"tilt/{k}/{n}", q.numel()).astype(np.float32).reshape(s))).sum()
                                            for q, (n, s) in zip(p, SHAPES))
            loss.backward()
            if name == "sgd-clipped":
                torch.nn.utils.clip_grad_norm_(p, 0.3)
            opt.step()
            for e, q in zip(ema, p):
                e.mul_(0.95).add_(q.detach(), alpha=0.05)
            track.append(torch.cat([q.detach().ravel() for q in (ema if name == "sgd-ema" else p)]).double().numpy())
        result[name] = dict(final=track[-1].tolist(), norms=[float(np.linalg.norm(t)) for t in track])
    cosine = torch.optim.lr_scheduler
    def rates(make, n):
        q = torch.nn.Parameter(torch.zeros(1))
        o = torch.optim.SGD([q], lr=0.3, momentum=0.9)
        s = make(o)
        seen = []
        for _ in range(n):
            seen.append(o.param_groups[0]["lr"])
            o.step()
            s.step()
        return seen
    result["schedules"] = {
        "cosine": rates(lambda o: cosine.CosineAnnealingLR(o, T_max=100), 100),
        "warm-up": rates(lambda o: cosine.SequentialLR(o, [cosine.LinearLR(o, start_factor=0.1, total_iters=10), cosine.CosineAnnealingLR(o, T_max=90)], [10]), 100),
        "step": rates(lambda o: cosine.MultiStepLR(o, milestones=[50, 75], gamma=0.1), 100),
    }
    with open(os.path.join(out, "optimizers.json"), "w") as f:
        json.dump(result, f)


# --------------------------------------------------------------------------------------------------------------- fine-tuning
def finetuning():
    """Rates by stage, and decays of body and head, for ResNet-18's parameters; each stands for itself with three values."""
    names = [(n, p.ndim) for n, p in torchvision.models.resnet18(num_classes=CLASSES).named_parameters()]
    result = versions()
    # Each stage's rate is half of the next one's; the stem comes before the first stage. The head has ten times the last stage's.
    rates = {"layer4": 1.0, "layer3": 0.5, "layer2": 0.25, "layer1": 0.125, "conv1": 0.0625, "bn1": 0.0625, "fc": 10.0}
    for name, base in [("sgd", 0.05), ("adamw", 0.01), ("sgd-l2sp", 0.05), ("adamw-l2sp", 0.01)]:
        toward = name.endswith("-l2sp")
        p = {n: torch.nn.Parameter(torch.tensor(uniform("finetuning/" + n, 3).astype(np.float32))) for n, _ in names}
        goal = {n: torch.tensor(uniform("goal/" + n, 3).astype(np.float32)) for n, _ in names}
        groups = [dict(params=[p[n]], lr=base * rates[n.split(".")[0]],
                       weight_decay=0.0 if ndim == 1 or toward else 0.2 if n.startswith("fc") else 0.01) for n, ndim in names]
        # L2-SP (Li et al., 2018): the body is drawn to where it started, the head to zero. In SGD as a penalty in the loss, in AdamW apart from it.
        start = {n: torch.zeros(3) if n.startswith("fc") else q.detach().clone() for n, q in p.items()}
        decay = {n: (0.2 if n.startswith("fc") else 0.01) for n, ndim in names if ndim > 1} if toward else {}
        opt = torch.optim.SGD(groups, lr=base, momentum=0.9, nesterov=True) if name.startswith("sgd") else torch.optim.AdamW(groups, lr=base, betas=(0.9, 0.999), eps=1e-8)
        for k in range(100):
            opt.zero_grad()
            loss = 0.05 * sum(((p[n] - goal[n]) ** 2).sum() + 0.1 * ((p[n] - goal[n]) ** 4).sum() for n, _ in names)
            loss = loss + 0.02 * sum((p[n] * torch.tensor(uniform(f"tilt/{k}/{n}", 3).astype(np.float32))).sum() for n, _ in names)
            if name == "sgd-l2sp":
                loss = loss + sum(d / 2 * ((p[n] - start[n]) ** 2).sum() for n, d in decay.items())
            loss.backward()
            if name == "adamw-l2sp":
                with torch.no_grad():
                    for n, d in decay.items():
                        p[n].sub_(base * rates[n.split(".")[0]] * d * (p[n] - start[n]))
            opt.step()
        result[name] = {n: q.detach().double().tolist() for n, q in p.items()}
    with open(os.path.join(out, "finetuning.json"), "w") as f:
        json.dump(result, f)


for part in parts:
    what, _, network = part.partition(":")
    globals()[what](*([[network]] if network else []))
