"""Labels of the pets with classes of very different sizes, and the figures of trainings on them.
usage: imbalance.py make PETS OUT SEED   (the pets' folder; OUT gets labels.csv)
       imbalance.py figures OUT          (trainings in OUT/NAME-SEED)"""
import csv
import json
import pathlib
import random
import statistics
import sys

RATIO = 100


def listed(pets, name):
    lines = (pets / "annotations" / f"{name}.txt").read_text().splitlines()
    return sorted(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))


def make(pets, out, seed):
    rng = random.Random(seed)
    of = {}
    for name in listed(pets, "trainval"):
        of.setdefault(name.rpartition("_")[0], []).append(name)
    breeds = sorted(of)
    rng.shuffle(breeds)
    rows = [(f"images/{name}.jpg", name.rpartition("_")[0], "test") for name in listed(pets, "test")]
    most = min(map(len, of.values()))
    for i, breed in enumerate(breeds):
        # A class's size falls by the same factor from each to the next, as in long-tailed CIFAR (Cui et al., 2019).
        size = max(1, round(most * RATIO ** (-i / (len(breeds) - 1))))
        rows += [(f"images/{name}.jpg", breed, "train") for name in rng.sample(of[breed], size)]
    out.mkdir(parents=True, exist_ok=True)
    with (out / "labels.csv").open("w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(("path", "label", "split"))
        writer.writerows(rows)


def figures(out):
    print("| options | training pictures | balanced error, % | its 95 % interval | error, % | NLL, recalibrated |")
    print("|---|---|---|---|---|---|")
    for name, options in (("plain", "none"), ("weights", "`--class-weights balanced`"), ("sampler", "`--sampler balanced`")):
        runs = [json.loads(p.read_text()) for p in sorted(out.glob(f"{name}-*/report.json"))]
        runs = [r for r in runs if r["status"] == 0]
        if not runs:
            continue
        low, high = runs[0]["test"]["intervals"]["balanced_error"]
        again = [r["recalibrated"][r["recalibrated"]["chosen"]]["nll"] for r in runs]
        error, balanced = ([r["test"][k] for r in runs] for k in ("error", "balanced_error"))
        print(f"| {options} | {runs[0]['data']['train']} | {mean(balanced, 100)} | {100 * low:.2f} to {100 * high:.2f} | {mean(error, 100)}"
              f" | {mean(again, 1)} |")


def mean(values, times):
    spread = f" ± {times * statistics.stdev(values):.2f}" if len(values) > 1 else ""
    return f"{times * statistics.mean(values):.2f}{spread}"


if __name__ == "__main__":
    command, *paths = sys.argv[1:]
    if command == "make":
        make(pathlib.Path(paths[0]), pathlib.Path(paths[1]), int(paths[2]))
    else:
        figures(pathlib.Path(paths[0]))
