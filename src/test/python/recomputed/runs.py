"""One directory of train, calibrate or evaluate: every section of its report.json."""
import json
import os

import numpy as np
from scipy.special import expit

from . import labels, prediction_sets, refits, scores, sections, seeds
from .figures import Scored
from .maps import applied, softmax
from .shift import shift
from .tables import Table
from .tally import Part, Tally, read

# The sections that say what predictions show; the others say what was done.
SECTIONS = ("test", "partitions", "slices", "recalibrated", "selective", "sets", "shift", "labels", "train", "validation", "cross-fitted", "margin")
SETTINGS = ("delta", "power", "wanted", "max_error", "strength")
# Not determined where classes can be told apart without error; see refits.py.
VECTOR = "/recalibrated/methods/vector/validation_nll"
TRAINING = "training: kept epoch, margins"


def says_no_figure(path):
    """Whether a number is a map's, which is compared by what the map does, or only says what a figure is of."""
    return path == VECTOR or "/parameters/" in path or path.rsplit("/", 1)[1] in SETTINGS or path.startswith("/partitions/") and path.endswith("/id")


def check(directory):
    """Compares every figure of a directory's report."""
    return compare(directory, read(os.path.join(directory, "report.json")))


def compare(directory, report):
    """The same of a report that is given."""
    part, tally = Part(report), Tally()
    if report.get("status") != 0 or report.get("command") not in ("train", "evaluate"):
        raise SystemExit(f"expected a finished train or evaluate in {directory}, found none; give its --out")
    if "smooth_ece" not in report["test"]:
        raise SystemExit(f"expected a report of version 0.2 or later in {directory}, found an older one; evaluate the run again")
    table = Table(directory)
    if not len(table.of("test").names):
        raise SystemExit(f"expected predictions of test pictures in {directory}, found none: its report has no figures of them")
    run = report["model"]["weights"] if report["command"] == "evaluate" else directory
    card = read(os.path.join(run, "model.json"))
    file = os.path.join(run, "calibration.json")
    calibration = read(file) if os.path.exists(file) else None
    for section, of in (("selective", "selection"), ("sets", "sets")):
        if section in report and of not in (calibration or {}):
            raise SystemExit(f"expected {of} in {file}, which the report tells of, found none; calibrate the run again")
    if "labels" in card:
        several_labels(tally, part, table, calibration, card["labels"])
    else:
        one_label(tally, part, table, calibration or dict(method="none"), card["classes"], directory)
    if report["command"] == "train":
        trained(tally, part, table, directory)
    tally.finish(part, SECTIONS, says_no_figure)
    return tally


def one_label(tally, part, table, calibration, classes, directory):
    test = table.of("test")
    s = Scored(test.p, test.y)
    tally.off("NLL, Brier score, entropy", part["test"]["nll"], np.abs(test.p - softmax(test.z)).max(), "the probabilities are not the softmax of the logits")
    sections.tested(tally, part["test"], s)
    sections.intervals(tally, part["test"]["intervals"], s, test.names)
    sections.slices(tally, part["slices"], s, classes)
    sections.partitions(tally, part["partitions"], s, test.partition)
    if "recalibrated" not in part:
        return
    others = []
    if "methods" in part["recalibrated"]:
        refits.recalibrated(tally, part["recalibrated"], calibration, test.z, test.y)
        held = fitted_on(calibration, table, directory)
        if held is None:
            tally.notes.append("what was fitted is not fitted again: it was on predictions that are not in this directory")
        else:
            others = held_out(tally, part, calibration, held)
    else:
        own = Scored(applied(calibration, test.z), test.y)
        sections.all_figures(tally, part["recalibrated"], own)
        sections.reliability(tally, part["recalibrated"]["reliability"], own)
    if "selective" in part:
        right = applied(calibration, test.z).argmax(1) == test.y
        scores.selective(tally, part["selective"], calibration["selection"], right, test.z, test.names)
    if "sets" in part:
        prediction_sets.sets(tally, part["sets"], calibration["sets"], others, s, test.z, test.names, classes)
    if "shift" in part:
        shift(tally, part["shift"], part.value, calibration, table)


def fitted_on(calibration, table, directory):
    """The predictions that the run's maps were fitted on: its own held-out ones, or those that calibrate --data left; None for others."""
    own = [some for some in (table.of("validation"), table.of("cross-fitted")) if len(some.names)]
    fresh = os.path.join(directory, "calibrated")
    own += [Table(fresh).of("test")] if os.path.exists(os.path.join(fresh, "predictions.parquet")) else []
    if "selection" not in calibration:
        return own[0] if own else None
    chose, tested = (calibration["selection"][part]["count"][-1] for part in ("choice", "held_out"))
    return next((some for some in own if seeds.Hashed(some.names).chooses.sum() == chose and len(some.names) == chose + tested), None)


def held_out(tally, part, calibration, held):
    """What was fitted on held-out predictions; the sets of all methods."""
    hashed = seeds.Hashed(held.names)
    refits.held_out(tally, part["recalibrated"], calibration, held.z, held.y, hashed)
    if "selective" not in part or "sets" not in part:
        return []
    # Each picture under the map that was fitted without it.
    maps = calibration["sets"]["maps"]
    p = np.empty(held.z.shape)
    for f in np.unique(hashed.fold):
        p[hashed.fold == f] = applied(maps[min(f, len(maps) - 1)], held.z[hashed.fold == f])
    scores.held_out(tally, part["selective"], calibration["selection"], held.z, p.argmax(1) == held.y, hashed)
    return prediction_sets.held_out(tally, part["sets"], calibration["sets"], p, held.y, hashed)


def decisions(some):
    """Pictures of several labels as decisions of the two classes no and yes."""
    p = np.stack([expit(-some.z.ravel()), some.p.ravel()], 1)
    return Scored(p, some.y.ravel().astype(int))


def several_labels(tally, part, table, calibration, classes):
    test = table.of("test")
    s = decisions(test)
    tally.off("NLL, Brier score, entropy", part["test"]["nll"], np.abs(test.p - expit(test.z)).max(), "the probabilities are not the sigmoid of the logits")
    sections.tested(tally, part["test"], s)
    sections.partitions(tally, part["partitions"], s, np.repeat(test.partition, len(classes)))
    n = len(classes)
    by = calibration or dict(method="none", scale=[1] * n, shift=[0] * n, threshold=[0.5] * n)
    labels.labels(tally, part["labels"], by, test.z, test.y, classes)
    held = [some for some in (table.of("validation"), table.of("cross-fitted")) if len(some.names)]
    if held and "methods" in part["labels"]:
        labels.held_out(tally, part["labels"], by, held[0].z, held[0].y, held[0].names)


def trained(tally, part, table, directory):
    """The brief figures of the other parts, margins, and the epoch that was kept."""
    several = table.all.y.ndim == 2
    for split in ("train", "validation", "cross-fitted"):
        some = table.of(split)
        if split in part:
            sections.brief(tally, "error, NLL and ECE of other parts", part[split], decisions(some) if several else Scored(some.p, some.y))
    for split in part["margin"] if "margin" in part else ():
        if split == "optimum":
            e, n = part["training"]["smoothing"].value, table.all.z.shape[1]
            tally.same(TRAINING, part["margin"][split], np.log((1 - e + e / n) / (e / n)) if e else np.nan)
        else:
            some = table.of(split)
            right = some.z[np.arange(len(some.y)), some.y]
            tally.same(TRAINING, part["margin"][split], (right - (some.z.sum(1) - right) / (some.z.shape[1] - 1)).mean())
    if "kept_by" in part["training"]:
        kept_epoch(tally, part["training"], table.of("validation"), directory)


def kept_epoch(tally, part, some, directory):
    """The epoch of the least figure was kept, and the validation predictions have that figure."""
    name = part["kept_by"].value.replace("-", "_")
    with open(os.path.join(directory, "epochs.jsonl"), encoding="utf-8") as file:
        epochs = [Part(json.loads(line)) for line in file]
    kept = min((e for e in epochs if e["validation"][name].value is not None), key=lambda e: e["validation"][name].value)
    tally.same(TRAINING, part["kept_epoch"], kept["epoch"].value)
    if len(some.names):
        t = refits.best_temperature(some.z, some.y) if name == "nll_after_temperature" else 1
        tally.same(TRAINING, kept["validation"][name], refits.likelihood(softmax(some.z / t), some.y).mean())
