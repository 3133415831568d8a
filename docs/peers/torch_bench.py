"""A ResNet's throughput in PyTorch on the CPU, pictures made beforehand; prints one JSON line.
usage: torch_bench.py --mode full|head|infer [--arch resnet18] [--batch 16] [--size 128] [--threads 2] [--channels-last] ...

  full   forward, backward and a step of SGD with momentum on all weights
  head   the body in inference mode without gradients, only the last linear layer is trained
  infer  forward only, in inference mode
"""
import argparse
import json
import os
import resource
import statistics
import time
from contextlib import nullcontext

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--arch", default="resnet18")
arguments.add_argument("--batch", type=int, default=16)
arguments.add_argument("--size", type=int, default=128)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--channels-last", action="store_true")
arguments.add_argument("--bf16", action="store_true")
arguments.add_argument("--mode", choices=["full", "head", "infer"], default="full")
arguments.add_argument("--warmup", type=int, default=2)
arguments.add_argument("--iters", type=int, default=5)
arguments.add_argument("--classes", type=int, default=10)
a = arguments.parse_args()
os.environ.setdefault("OMP_NUM_THREADS", str(a.threads))
# oneDNN's AMX code crashes on some virtual machines.
os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")

import torch
import torch.nn.functional as F
import torchvision

torch.set_num_threads(a.threads)
torch.manual_seed(0)
model = torchvision.models.get_model(a.arch, weights=None, num_classes=a.classes)
pictures = torch.randn(a.batch, 3, a.size, a.size)
labels = torch.randint(0, a.classes, (a.batch,))
if a.channels_last:
    model = model.to(memory_format=torch.channels_last)
    pictures = pictures.contiguous(memory_format=torch.channels_last)
if a.mode == "full":
    model.train()
    parameters = list(model.parameters())
else:
    model.eval()
    head, model.fc = model.fc, torch.nn.Identity()
    for p in model.parameters():
        p.requires_grad_(False)
    parameters = list(head.parameters())
optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4)
precision = (lambda: torch.autocast("cpu", dtype=torch.bfloat16)) if a.bf16 else nullcontext


def step():
    if a.mode == "infer":
        with torch.no_grad(), precision():
            return head(model(pictures)).float().mean().item()
    optimizer.zero_grad(set_to_none=True)
    with precision():
        if a.mode == "full":
            logits = model(pictures)
        else:
            with torch.no_grad():
                features = model(pictures)
            logits = head(features)
        loss = F.cross_entropy(logits.float(), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


times, last = [], None
for i in range(a.warmup + a.iters):
    start = time.perf_counter()
    last = step()
    if i >= a.warmup:
        times.append(time.perf_counter() - start)
median = statistics.median(times)
print(json.dumps(dict(
    arch=a.arch, mode=a.mode, batch=a.batch, size=a.size, threads=a.threads, channels_last=a.channels_last, bf16=a.bf16,
    img_s=round(a.batch / median, 2), step_s=round(median, 4), min_s=round(min(times), 4), max_s=round(max(times), 4),
    loss=round(last, 4), rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, torch=torch.__version__)))
