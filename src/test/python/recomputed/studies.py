"""A study: every run's report, and the figures of study.json's table."""
import os

import numpy as np
from scipy.special import stdtrit

from . import losses, refits, runs
from .tally import Part, Tally, read

TABLE = "study: means and deviations over the seeds"
DIFFERENCES = "study: differences by seed"


def of(*path):
    """A function that reads a number of a report."""

    def get(report):
        for key in path:
            report = (report or {}).get(key)
        return np.nan if report is None else float(report)

    return get


def less(a, b):
    return lambda report: a(report) - b(report)


def recalibrated(name):
    return lambda report: of("recalibrated" if "recalibrated" in report else "test", name)(report)


SMOOTHING = dict(
    error=of("test", "error"), nll=of("test", "nll"), ece=of("test", "ece"),
    **{f"ece_{m}": of("recalibrated", "methods", m, "ece") for m in refits.FITS if m != "none"},
    ece_chosen=recalibrated("ece"), ece_if_calibrated=recalibrated("ece_if_calibrated"), nll_chosen=recalibrated("nll"),
    temperature=of("recalibrated", "methods", "temperature", "parameter"), train_error=of("train", "error"), train_nll=of("train", "nll"),
    error_gap=less(of("test", "error"), of("train", "error")), nll_gap=less(of("test", "nll"), of("train", "nll")),
    margin_test=of("margin", "test"), margin_train=of("margin", "train"), margin_optimum=of("margin", "optimum"))

SEVERAL = dict(
    error=of("test", "error"), map_macro=of("labels", "map_macro"), map_micro=of("labels", "map_micro"), f1_macro=of("labels", "macro", "f1"),
    f1_micro=of("labels", "micro", "f1"), nll=of("labels", "nll_plain"), nll_recalibrated=of("labels", "nll"),
    held_out_nll=lambda r: of("labels", "methods", r["labels"]["chosen"], "validation_nll")(r), ece=of("labels", "ece_plain"),
    ece_recalibrated=of("labels", "ece"), train_error=of("train", "error"), train_nll=of("train", "nll"))


def deviation(values):
    return np.std(values, ddof=1) if len(values) > 1 else np.nan


def check(directory):
    """A tally for each run, and one for the table."""
    folder = os.path.join(directory, "runs")
    tallies = {os.path.join(folder, name): runs.check(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}
    tallies[directory] = compare(directory, read(os.path.join(directory, "study.json")))
    return tallies


def compare(directory, study):
    """The tally of a table that is given."""
    part, tally = Part(study), Tally()
    if part["status"].value != 0:
        raise SystemExit(f"expected a finished study in {directory}, found one of status {part['status'].value}; go on with it by --resume")
    folder = os.path.join(directory, "runs")
    places = {name: os.path.join(folder, name) for name in sorted(os.listdir(folder))}
    reports = {name: read(os.path.join(place, "report.json")) for name, place in places.items()}
    seeds = range(part["first_seed"].value, part["first_seed"].value + part["seeds"].value)
    if "smoothing" in part:
        smoothing(tally, part["table"], [r for r in reports.values() if r["training"]["seed"] in seeds])
    else:
        by_loss = [[of_loss(places, row["loss"].value, seed) for seed in seeds] for row in part["table"]]
        if "projection" in part:
            losses.check(tally, part, directory, [[places[name] for name in names] for names in by_loss])
        else:
            several_labels(tally, part["table"], [[reports[name] for name in names] for names in by_loss])
    tally.finish(part, ("table", "projection"), lambda path: path.rsplit("/", 1)[1] == "smoothing" or "/points/" in path)
    return tally


def of_loss(places, loss, seed):
    name = f"{loss.translate(str.maketrans(':=,', '---'))}-seed-{seed}"
    if name not in places:
        raise SystemExit(f"expected the run {name} of the study, found {', '.join(places)}")
    return name


def smoothing(tally, table, reports):
    for row in table:
        own = [r for r in reports if r["training"]["smoothing"] == row["smoothing"].value]
        tally.same(TABLE, row["runs"], len(own))
        for name, column in SMOOTHING.items():
            values = [column(r) for r in own]
            tally.same(TABLE, row[name]["mean"], np.mean(values))
            tally.same(TABLE, row[name]["spread"], deviation(values))


def over_seeds(tally, family, row, name, values):
    """A figure's mean and its deviation over the seeds."""
    tally.same(family, row[name], np.mean(values))
    tally.same(family, row["deviations"][name], deviation(values))


def by_seed(tally, part, values):
    """Each seed's difference, and the interval of other seeds by Student's t."""
    for i, value in enumerate(values):
        tally.same(DIFFERENCES, part["by_seed"][i], value)
    n = len(values)
    half = stdtrit(n - 1, 0.975) * deviation(values) / np.sqrt(n) if n > 1 else np.nan
    for i, limit in enumerate((np.mean(values) - half, np.mean(values) + half)):
        tally.same(DIFFERENCES, part["seeds_interval"][i], limit)


def chosen(tally, table):
    """Of the losses of a name, the first row apart, the least held-out NLL is chosen."""
    rows = list(table)
    best = {}
    for row in rows[1:]:
        name = row["loss"].value.split(":")[0]
        if name not in best or row["held_out_nll"].value < best[name]["held_out_nll"].value:
            best[name] = row
    for row in rows:
        wanted = row is rows[0] or best[row["loss"].value.split(":")[0]] is row
        tally.off(TABLE, row["chosen"], float(row["chosen"].value != wanted), f"the report says {row['chosen'].value}, by the held-out NLL it is {wanted}")


def several_labels(tally, table, by_loss):
    for row, own in zip(table, by_loss):
        tally.same(TABLE, row["runs"], len(own))
        for name, column in SEVERAL.items():
            over_seeds(tally, TABLE, row, name, [column(r) for r in own])
        for name in row["differences"]:
            values = [SEVERAL[name](a) - SEVERAL[name](b) for a, b in zip(own, by_loss[0])]
            tally.same(DIFFERENCES, row["differences"][name]["value"], np.mean(values))
            by_seed(tally, row["differences"][name], values)
    if table[0]["held_out_nll"].value is not None:
        chosen(tally, table)
