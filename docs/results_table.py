"""The table of docs/results.md, from the runs that docs/results.sh made: means over the seeds, with the error's standard deviation.
usage: results_table.py FOLDER"""
import json
import pathlib
import re
import statistics
import sys

ROWS = [  # title, name of the runs, split, epochs, size
    ("PyTorch, `finetune.py`: ResNet-50", "pytorch-resnet50", "official", 4, 224),
    ("**Softlabel: ResNet-50**", "pets-resnet50-official", "official", 2, 224),
    ("Softlabel: ResNet-18", "pets-resnet18-official", "official", 2, 224),
    ("Softlabel: ResNet-18", "pets-resnet18-best-official", "official", 4, "320, 224"),
    ("**Softlabel: ResNet-50**", "pets-resnet50-random", "random", 2, 224),
    ("Softlabel: ResNet-18", "pets-resnet18-random", "random", 2, 224),
    ("PyTorch from scratch: ResNet-18", "pytorch-scratch", "official", 30, 128),
    ("Softlabel from scratch: ResNet-18", "pets-scratch-official", "official", 30, 128),
]
folder = pathlib.Path(sys.argv[1])


def torch(name):
    path = folder / f"{name}.jsonl"
    if path.exists():
        last = json.loads(path.read_text().splitlines()[-1])
        yield dict(seed=last["seed"], seconds=last["seconds"], error=last["error"], nll=last["nll"], ece=last["ece"])


def ours(name):
    for path in sorted(folder.glob(f"{name}-*/report.json")):
        report = json.loads(path.read_text())
        if report["status"] == 0 and re.fullmatch(re.escape(name) + r"-\d+", path.parent.name):
            run = dict(seed=report["training"]["seed"], seconds=report["training"]["seconds"],
                       **{k: report["test"][k] for k in ("error", "nll", "ece")})
            again = report.get("recalibrated")
            if again:
                # A report of version 0.1.0 has the chosen map's figures under its name.
                figures = again if "nll" in again else again[again["chosen"]]
                run.update(nll_again=figures["nll"], ece_again=figures["ece"], limit=figures["ece_if_calibrated"])
            yield run


def mean(runs, key):
    values = [r[key] for r in runs if key in r]
    return f"{statistics.mean(values):.4f}" if values else ""


print("| | split | epochs | size | seeds | seconds | error | NLL | ECE | recalibrated NLL | recalibrated ECE "
      "| ECE if perfectly calibrated (95th percentile) |")
print("|---|---|---|---|---|---|---|---|---|---|---|---|")
for title, name, split, epochs, size in ROWS:
    runs = list((torch if name.startswith("pytorch") else ours)(name))
    if not runs:
        continue
    seconds = sorted(r["seconds"] for r in runs)
    time = f"{seconds[0]:,.0f}" if len(seconds) == 1 else f"{seconds[0]:,.0f} to {seconds[-1]:,.0f}"
    spread = f" ± {statistics.stdev(r['error'] for r in runs):.4f}" if len(runs) > 1 else ""
    print(f"| {title} | {split} | {epochs} | {size} | {', '.join(str(r['seed']) for r in runs)} | {time} | {mean(runs, 'error')}{spread} "
          f"| {mean(runs, 'nll')} | {mean(runs, 'ece')} | {mean(runs, 'nll_again')} | {mean(runs, 'ece_again')} | {mean(runs, 'limit')} |")
