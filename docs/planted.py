"""Plants faults in the pets, and tells how many of them an audit found.
usage: planted.py make PETS OUT SEED       (the pets' folder; OUT gets images/, clean.csv, planted.csv and truth.json)
       planted.py found OUT AUDIT [UNTOUCHED]   (audits with planted.csv and with clean.csv)
       planted.py errors OUT                  (trainings in OUT/clean-SEED, OUT/left-SEED, OUT/planted-SEED)
Needs Pillow to make them."""
import csv
import json
import pathlib
import random
import statistics
import sys

WRONG, EACH = 0.05, 20
COPIES = ("leak", "duplicate", "near-duplicate")


def listed(pets, name):
    lines = (pets / "annotations" / f"{name}.txt").read_text().splitlines()
    return sorted(line.split()[0] for line in lines if line.strip() and not line.startswith("#"))


def make(pets, out, seed):
    from PIL import Image, ImageOps
    rng = random.Random(seed)
    parts = {"train": listed(pets, "trainval"), "test": listed(pets, "test")}
    (out / "images").mkdir(parents=True)
    rows = []
    for part, names in parts.items():
        for name in names:
            (out / "images" / f"{name}.jpg").symlink_to((pets / "images" / f"{name}.jpg").resolve())
            rows.append((f"images/{name}.jpg", name.rpartition("_")[0], part))
    classes = sorted({label for _, label, _ in rows})
    save(out / "clean.csv", rows)

    train = [i for i, row in enumerate(rows) if row[2] == "train"]
    wrong = sorted(rng.sample(train, round(WRONG * len(train))))
    truth = {"wrong": [], "copies": []}
    planted = list(rows)
    for i in wrong:
        path, label, part = rows[i]
        planted[i] = (path, rng.choice([c for c in classes if c != label]), part)
        truth["wrong"].append(path)
    # Copies of pictures for testing among those for training: the test part stays as it is.
    for n, name in enumerate(rng.sample(parts["test"], 3 * EACH)):
        way = ("re-encoded", "cropped", "mirrored")[n // EACH]
        with Image.open(pets / "images" / f"{name}.jpg") as image:
            image = image.convert("RGB")
        quality = 92
        if way == "re-encoded":
            quality = 50
        elif way == "cropped":
            # 5 % of each side, at a random place.
            w, h = round(0.95 * image.width), round(0.95 * image.height)
            x, y = rng.randint(0, image.width - w), rng.randint(0, image.height - h)
            image = image.crop((x, y, x + w, y + h))
        else:
            image = ImageOps.mirror(image)
        path = f"images/copy_of_{name}.jpg"
        image.save(out / path, quality=quality)
        planted.append((path, name.rpartition("_")[0], "train"))
        truth["copies"].append({"copy": path, "original": f"images/{name}.jpg", "way": way})
    save(out / "planted.csv", planted)
    (out / "truth.json").write_text(json.dumps(truth, indent=1))


def save(path, rows):
    with path.open("w", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(("path", "label", "split"))
        writer.writerows(rows)


def issues(audit):
    with (audit / "issues.csv").open(newline="") as f:
        return list(csv.DictReader(f))


def pairs(of):
    return {frozenset((i["path"], i["other"])) for i in of if i["issue"] in COPIES}


def found(out, audit, untouched=None):
    truth = json.loads((out / "truth.json").read_text())
    wrong = set(truth["wrong"])
    now = issues(audit)
    labels = [i["path"] for i in now if i["issue"] == "label"]  # the surest first
    hit = wrong & set(labels)
    top = labels[:len(wrong)]
    print(f"wrong labels: {len(hit)} of {len(wrong)} found ({len(hit) / len(wrong):.1%}), among {len(labels)} pictures")
    good = len(wrong & set(top))
    print(f"planted among the {len(wrong)} ranked highest: {good} ({good / len(wrong):.1%})")
    after = pairs(now)
    planted = {frozenset((c["copy"], c["original"])): c["way"] for c in truth["copies"]}
    ways = list(planted.values())
    got = [way for pair, way in planted.items() if pair in after]
    print(f"copies: {len(got)} of {len(planted)} found ("
          + ", ".join(f"{way} {got.count(way)} of {ways.count(way)}" for way in dict.fromkeys(ways)) + ")")
    if untouched is None:
        # A pair of pictures that were there before is one of the untouched data.
        copies = {c["copy"] for c in truth["copies"]}
        new = {pair for pair in after - set(planted) if pair & copies}
        print(f"pairs without a planted copy: {sum(not pair & copies for pair in after)}; pairs of one that are not planted: {len(new)}")
    else:
        before = pairs(issues(untouched))
        new = after - before - set(planted)
        print(f"pairs in the untouched data: {len(before)}; new pairs that are not planted: {len(new)}")
    for pair in sorted(map(sorted, new)):
        print("  " + ", ".join(pair))


def errors(out):
    for name in ("clean", "left", "planted"):
        runs = sorted(out.glob(f"{name}-*/report.json"))
        reports = [json.loads(p.read_text()) for p in runs]
        test = [r["test"]["error"] for r in reports if r["status"] == 0]
        if test:
            spread = f" ± {100 * statistics.stdev(test):.2f}" if len(test) > 1 else ""
            print(f"{name:8} {reports[0]['data']['train']} pictures, error "
                  + ", ".join(f"{100 * e:.2f}" for e in test) + f" %; mean {100 * statistics.mean(test):.2f}{spread} %")


if __name__ == "__main__":
    command, *paths = sys.argv[1:]
    if command == "make":
        make(pathlib.Path(paths[0]), pathlib.Path(paths[1]), int(paths[2]))
    elif command == "found":
        found(*map(pathlib.Path, paths))
    else:
        errors(pathlib.Path(paths[0]))
