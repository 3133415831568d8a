"""A study of losses: each row of its table from the runs' predictions, paired differences, and the projection."""
import json
import os

import numpy as np

from . import prediction_sets, studies
from .figures import BINS, area, bin_of, least_area
from .maps import applied, softmax
from .refits import likelihood
from .scores import Ordered, score
from .sections import limits
from .seeds import Hashed, replicates
from .tables import Table
from .tally import read

PAIRED = "study: paired differences, bootstrap"
FEATURES = "study: tightness and projection"


class Studied:
    """What a run said of each test picture, by name."""

    def __init__(self, place):
        self.report = read(os.path.join(place, "report.json"))
        calibration = read(os.path.join(place, "calibration.json"))
        test = Table(place).of("test")
        test = test.among(np.argsort(test.names))
        self.names, self.y, self.z = test.names, test.y, test.z
        self.head = head(os.path.join(place, "model.safetensors"), test.z.shape[1])
        p = applied(calibration, test.z)
        self.right = p.argmax(1) == test.y
        self.plain, self.recalibrated = (Said(q, test.y) for q in (softmax(test.z), p))
        power = [row["power"] for row in self.report["selective"]["scores"] if row["score"] == "p-norm"][0]
        self.orders = [Ordered(score(*of, test.z), self.right) for of in (("max-probability", 0), ("p-norm", power))]
        included = prediction_sets.Sets(calibration["sets"], test.z, Hashed(test.names).share).included(0.95)
        self.set, self.covered = included.sum(1), included[np.arange(len(test.y)), test.y]

    def aurc(self, which, times, excess):
        order = self.orders[which]
        return np.mean(order.each(area, times)) - (least_area(np.repeat(self.right, times)) if excess else 0)


class Said:
    """Confidence, right answers and NLL of some probabilities."""

    def __init__(self, p, y):
        self.confidence, self.right, self.nll = p.max(1), p.argmax(1) == y, likelihood(p, y)
        self.bin = bin_of(self.confidence)

    def ece(self, times):
        return np.abs(np.bincount(self.bin, times * (self.confidence - self.right), BINS)).sum() / times.sum()


def mean(values, times):
    return (values * times).sum() / times.sum()


COLUMNS = dict(
    error=lambda r, t: mean(~r.right, t), nll=lambda r, t: mean(r.plain.nll, t), nll_recalibrated=lambda r, t: mean(r.recalibrated.nll, t),
    ece=lambda r, t: r.plain.ece(t), ece_recalibrated=lambda r, t: r.recalibrated.ece(t),
    aurc=lambda r, t: r.aurc(0, t, False), aurc_p_norm=lambda r, t: r.aurc(1, t, False),
    aurc_excess=lambda r, t: r.aurc(0, t, True), aurc_excess_p_norm=lambda r, t: r.aurc(1, t, True), set_size=lambda r, t: mean(r.set, t))


def promised(name):
    """What the threshold for an error of 0.05 did, where one holds it."""

    def get(r):
        row = [p for p in r.report["selective"]["promises"] if p["max_error"] == 0.05][0]
        return np.nan if row.get(name) is None else row[name]

    return get


OTHERS = dict(
    held_out_nll=lambda r: r.report["recalibrated"]["validation_nll"], ece_if_calibrated=lambda r: r.report["recalibrated"]["ece_if_calibrated"],
    set_coverage=lambda r: r.covered.mean(), answered=promised("coverage"), answered_error=promised("error"))


def check(tally, part, directory, places):
    """The table and the projection; places of each loss's runs, by seed."""
    all_of = [[Studied(place) for place in own] for own in places]
    first = all_of[0]
    once = np.ones(len(first[0].names), int)
    draws = [once] + replicates(first[0].names)
    values = [[{name: np.array([column(r, t) for t in draws]) for name, column in COLUMNS.items()} for r in own] for own in all_of]
    transfer = transferred(directory, part["first_seed"].value) if "transfer" in part else None
    for row, own, found in zip(part["table"], all_of, values):
        tally.same(studies.TABLE, row["runs"], len(own))
        for name in COLUMNS:
            studies.over_seeds(tally, studies.TABLE, row, name, [v[name][0] for v in found])
        for name, figure in OTHERS.items():
            studies.over_seeds(tally, studies.TABLE, row, name, [figure(r) for r in own])
        studies.over_seeds(tally, FEATURES, row, "tightness", [tightness(in_span(r.z, r.head, range(r.z.shape[1])), r.y) for r in own])
        pairs = {name: (name, name) for name in COLUMNS}
        pairs.update({f"{name}_from_{of}": (name, of) for name, of in (("aurc_p_norm", "aurc"), ("aurc_excess_p_norm", "aurc_excess"))})
        for name, (mine, firsts) in pairs.items():
            difference(tally, row["differences"][name], [v[mine] for v in found], [v[firsts] for v in values[0]])
        if transfer:
            missed = transfer[row["loss"].value]
            studies.over_seeds(tally, studies.TABLE, row, "transfer", [v[0] for v in missed])
            difference(tally, row["differences"]["transfer"], missed, next(iter(transfer.values())))
    studies.chosen(tally, part["table"])
    projection(tally, part, directory, places, all_of)


def difference(tally, part, own, first):
    """A figure less the first loss's; both by seed, and by draw, of which the first is each picture once."""
    apart = np.mean(own, axis=0) - np.mean(first, axis=0)
    tally.same(PAIRED, part["value"], apart[0])
    limits(tally, PAIRED, part["interval"], apart[1:])
    studies.by_seed(tally, part, [a[0] - b[0] for a, b in zip(own, first)])


def transferred(directory, first_seed):
    """The error by transfer, by loss, seed and draw, from what transfer.jsonl says of each picture."""
    by = {}
    with open(os.path.join(directory, "transfer.jsonl"), encoding="utf-8") as file:
        for line in map(json.loads, file):
            by.setdefault(line["loss"], {}).setdefault(line["seed"] - first_seed, []).append((line["path"], line["label"] != line["predicted"]))
    out = {}
    for loss, seeds in by.items():
        out[loss] = []
        for _, tried in sorted(seeds.items()):
            names, wrong = [name for name, _ in tried], np.array([w for _, w in tried])
            out[loss].append(np.array([mean(wrong, t) for t in [np.ones(len(names), int)] + replicates(names)]))
    return out


def head(file, classes):
    """Rows and biases of the last layer, from a safetensors file."""
    with open(file, "rb") as source:
        header = json.loads(source.read(int.from_bytes(source.read(8), "little")))
        body = source.read()
    shape = lambda name: header.get(name, {"shape": []})["shape"]
    tensor = lambda name: np.frombuffer(body[slice(*header[name]["data_offsets"])], dtype="<f4").reshape(shape(name)).astype(float)
    layers = [name[: -len("bias")] for name in header if name.endswith(".bias") and shape(name) == [classes]]
    layer = [name for name in layers if len(shape(name + "weight")) == 2][-1]
    return tensor(layer + "weight"), tensor(layer + "bias")


def in_span(z, layer, classes):
    """Features in the space that some classes' rows span, from logits alone: the differences of logits are products with those of rows."""
    rows, biases = layer[0][list(classes)], layer[1][list(classes)]
    apart = z[:, list(classes)] - biases
    _, values, basis = np.linalg.svd(rows[1:] - rows[0], full_matrices=False)
    basis = basis[values > 1e-5 * values.max()]
    return np.linalg.lstsq((rows[1:] - rows[0]) @ basis.T, (apart[:, 1:] - apart[:, :1]).T, rcond=None)[0].T


def tightness(x, y):
    """How far pictures lie from their class's mean, over how far those lie from the mean of all."""
    places, y = np.unique(y, return_inverse=True)
    means = np.array([x[y == c].mean(0) for c in range(len(places))])
    return ((x - means[y]) ** 2).sum() / ((means[y] - x.mean(0)) ** 2).sum()


def projection(tally, part, directory, places, all_of):
    """Three classes in the plane of their rows."""
    names = read(os.path.join(places[0][0], "model.json"))["classes"]
    if "classes" not in part["projection"]:
        return
    three = [names.index(c) for c in part["projection"]["classes"].value]
    for plane, own in zip(part["projection"]["losses"], all_of):
        r = own[0]
        among = np.isin(r.y, three)
        x, y = in_span(r.z, r.head, three)[among], np.array([three.index(c) for c in r.y[among]])
        tally.same(FEATURES, plane["tightness"], tightness(x, y))
        # The basis is free, distances between points are not.
        points = np.array(plane["points"].value)
        distances = lambda v: np.linalg.norm(v[:, None] - v[None], axis=2)
        off = np.abs(distances(points[:, :2]) - distances(x[: len(points)])).max() / max(1.0, distances(x).max())
        off = max(off, float((points[:, 2] != y[: len(points)]).any()))
        tally.off(FEATURES, plane["points"], off, f"the points are off by {off} of their largest distance")
