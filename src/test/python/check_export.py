"""Loads an exported safetensors file in torchvision, strictly by name, and compares its logits with a run's.
usage: check_export.py EXPORTED.safetensors RUN PETS_DIR     (needs torch, torchvision, safetensors, pyarrow, pillow)
Checked with PyTorch 2.15.0, torchvision 0.29.2."""
import json
import os
import sys

os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")
import numpy as np
import pyarrow.parquet as pq
import torch
import torchvision
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

exported, run, data = sys.argv[1:]
with safe_open(exported, "pt") as f:
    metadata = f.metadata()
classes, how = json.loads(metadata["classes"]), json.loads(metadata["preprocessing"])
model = getattr(torchvision.models, metadata["architecture"])(weights=None, num_classes=len(classes))
model.load_state_dict(load_file(exported), strict=True)
model.eval()
mean, deviation = (torch.tensor(how[k], dtype=torch.float32).view(3, 1, 1) for k in ("mean", "deviation"))
rows = pq.read_table(os.path.join(run, "predictions.parquet")).slice(0, 256).to_pylist()
worst = largest = 0.0
with torch.no_grad():
    for row in rows:
        image = Image.open(os.path.join(data, row["path"])).convert("RGB")
        scale = how["resize_short_side"] / min(image.size)
        image = image.resize([round(s * scale) for s in image.size], Image.BILINEAR)
        left, top = ((s - how["center_crop"]) // 2 for s in image.size)
        image = image.crop((left, top, left + how["center_crop"], top + how["center_crop"]))
        x = (torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1) * how["scale"] - mean) / deviation
        logits = model(x[None])[0].numpy()
        worst = max(worst, np.abs(logits - np.asarray(row["logits"])).max())
        largest = max(largest, np.abs(logits).max())
print(f"{len(rows)} pictures, loaded strictly: logits differ by {worst:.2e} at most, the largest is {largest:.2f}")
