"""The pets fine-tuned in PyTorch on the CPU: official split, SGD with a one-cycle schedule, label smoothing.
usage: finetune.py --data PETS [--weights FILE] [--arch resnet18] [--size 224] [--epochs 4] [--lr 0.01] ...

Prints a JSON line for each epoch; the first and the last one have the test part's error and calibration.
"""
import argparse
import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor

# oneDNN's AMX code crashes on some virtual machines.
os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")
import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from safetensors.torch import load_file

CLASSES = 37
BINS = 15

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--data", required=True, help="a folder with images/ and annotations/")
arguments.add_argument("--weights", help="safetensors with torchvision's names; from scratch without")
arguments.add_argument("--arch", default="resnet18")
arguments.add_argument("--size", type=int, default=224)
arguments.add_argument("--epochs", type=int, default=4)
arguments.add_argument("--batch", type=int, default=32)
arguments.add_argument("--eps", type=float, default=0.1, help="label smoothing")
arguments.add_argument("--lr", type=float, default=0.01, help="highest learning rate of the body")
arguments.add_argument("--head", type=float, default=10.0, help="the head's learning rate over the body's")
arguments.add_argument("--wd", type=float, default=1e-4, help="weight decay, on all parameters")
arguments.add_argument("--minscale", type=float, default=0.35, help="least area of a random crop")
arguments.add_argument("--seed", type=int, default=0)
arguments.add_argument("--save", help="file for the trained weights")
a = arguments.parse_args()
torch.set_num_threads(2)
torch.manual_seed(a.seed)
np.random.seed(a.seed)
side = min(256, int(a.size * 1.143))


def listed(name):
    lines = [line.split() for line in open(f"{a.data}/annotations/{name}.txt")]
    return [(f"{a.data}/images/{words[0]}.jpg", int(words[1]) - 1) for words in lines]


def decode(path):
    picture = Image.open(path).convert("RGB")
    return np.asarray(picture if picture.size == (side, side) else picture.resize((side, side), Image.BILINEAR))


def load(rows):
    with ThreadPoolExecutor(2) as pool:
        pictures = np.stack(list(pool.map(decode, [path for path, _ in rows])))
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).contiguous(), torch.tensor([label for _, label in rows])


pictures, labels = load(listed("trainval"))
test_pictures, test_labels = load(listed("test"))
mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
model = getattr(torchvision.models, a.arch)(weights=None, num_classes=CLASSES)
if a.weights:
    loaded = {name: w for name, w in load_file(a.weights).items() if not name.startswith("fc.")}
    # Some files have no BatchNorm counters (num_batches_tracked), which are not used here.
    own = {name: w for name, w in model.state_dict().items() if not name.startswith("fc.") and not name.endswith("num_batches_tracked")}
    loaded = {name: w for name, w in loaded.items() if not name.endswith("num_batches_tracked")}
    unfit = sorted(own.keys() ^ loaded.keys()) or [name for name in own if own[name].shape != loaded[name].shape]
    if unfit:
        raise SystemExit(f"finetune.py: expected the weights of a {a.arch} in {a.weights}, found that {unfit[0]} does not fit")
    model.load_state_dict(loaded, strict=False)
model = model.to(memory_format=torch.channels_last)
body = [p for name, p in model.named_parameters() if not name.startswith("fc.")]
steps = len(pictures) // a.batch
optimizer = torch.optim.SGD([dict(params=body, lr=a.lr), dict(params=list(model.fc.parameters()), lr=a.lr * a.head)],
                            lr=a.lr, momentum=0.9, weight_decay=a.wd, nesterov=True)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [a.lr, a.lr * a.head], total_steps=a.epochs * steps, pct_start=0.25,
                                               div_factor=25, final_div_factor=1e4, base_momentum=0.85, max_momentum=0.95)


def augmented(batch):
    """Random-resized crops and flips, normalised."""
    out = []
    for picture in batch:
        for _ in range(10):
            area = side * side * np.random.uniform(a.minscale, 1)
            ratio = math.exp(np.random.uniform(math.log(0.75), math.log(4 / 3)))
            w = int(round(math.sqrt(area * ratio)))
            h = int(round(math.sqrt(area / ratio)))
            if w <= side and h <= side:
                break
        else:
            w = h = side
        i = np.random.randint(0, side - h + 1)
        j = np.random.randint(0, side - w + 1)
        crop = F.interpolate(picture[None, :, i:i + h, j:j + w].float(), (a.size, a.size), mode="bilinear", align_corners=False)
        out.append(crop.flip(3) if np.random.rand() < 0.5 else crop)
    return (torch.cat(out) / 255 - mean) / deviation


def evaluate():
    """Error and calibration of the test part's centre crops."""
    model.eval()
    at = (side - a.size) // 2
    logits = []
    with torch.no_grad():
        for k in range(0, len(test_pictures), 64):
            batch = test_pictures[k:k + 64, :, at:at + a.size, at:at + a.size].float()
            logits.append(model(((batch / 255 - mean) / deviation).contiguous(memory_format=torch.channels_last)))
    logits = torch.cat(logits)
    p = logits.softmax(1)
    confidence, predicted = p.max(1)
    correct = (predicted == test_labels).float()
    ece = 0
    for b in range(BINS):
        inside = (confidence > b / BINS) & (confidence <= (b + 1) / BINS)
        if inside.any():
            ece += inside.float().mean().item() * abs(correct[inside].mean().item() - confidence[inside].mean().item())
    one_hot = F.one_hot(test_labels, CLASSES).float()
    return dict(count=len(test_labels), error=round(1 - correct.mean().item(), 4),
                nll=round(F.cross_entropy(logits, test_labels).item(), 4), ece=round(ece, 4),
                mean_confidence=round(confidence.mean().item(), 4), brier=round(((p - one_hot) ** 2).sum(1).mean().item(), 4))


seconds = 0
for epoch in range(1, a.epochs + 1):
    model.train()
    order = torch.randperm(len(pictures))
    total = 0
    start = time.time()
    for k in range(steps):
        chosen = order[k * a.batch:(k + 1) * a.batch]
        batch = augmented(pictures[chosen]).contiguous(memory_format=torch.channels_last)
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(batch), labels[chosen], label_smoothing=a.eps)
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
    seconds += time.time() - start
    line = dict(arch=a.arch, size=a.size, smoothing=a.eps, seed=a.seed, epoch=epoch, loss=round(total / steps, 4),
                seconds=round(seconds, 1), img_s=round(len(pictures) * epoch / seconds, 1))
    if epoch in (1, a.epochs):
        line.update(evaluate())
    print(json.dumps(line), flush=True)
if a.save:
    torch.save(model.state_dict(), a.save)
