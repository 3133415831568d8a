"""Corrupted pictures and pictures of no known class: the report's section "shift"."""
import numpy as np

from . import prediction_sets, seeds
from .figures import Scored, area, auroc
from .maps import applied
from .scores import Ordered, answers, score

CELLS = "shift: error, NLL, ECE, AURC, AUROC"
SETS = "shift: coverage and size of sets"
ANSWERED = "shift: what thresholds let through"


def shift(tally, part, report, calibration, table):
    """The section; the predictions of each cell are in splits of their own."""
    clean, corrupted = table.of("test"), table.of("shift-blur-1")
    known = clean.among(np.isin(clean.names, corrupted.names))
    tally.same(CELLS, part["pictures"], len(known.names))
    scores = {name: 0 for name in part["cells"][0]["auroc"]}
    scores.update({row["score"]: row["power"] for row in report.get("selective", {}).get("scores", [])})
    promised = {row["max_error"]: row for row in report.get("selective", {}).get("promises", [])}
    own = lambda z: score(part["score"].value, part["power"].value, z)

    def promises(cell, z, right):
        for row in cell["promises"] if "promises" in cell else ():
            answers(tally, ANSWERED, row, own(z), promised[row["max_error"].value].get("threshold", -np.inf), right)

    def made(cell, some):
        fitted = calibration["sets"]
        return prediction_sets.Sets(fitted, some.z, seeds.Hashed(some.names).share).both(cell["sets"]["wanted"].value)

    for cell in part["cells"]:
        some = known if cell["strength"].value == 0 else table.of(f"shift-{cell['corruption'].value}-{cell['strength'].value}")
        s = Scored(applied(calibration, some.z), some.y)
        for name, value in s.brief().items():
            tally.same(CELLS, cell[name], value)
        tally.between(CELLS, cell["aurc"], *Ordered(own(some.z), s.right).each(area))
        for name in cell["auroc"]:
            tally.same(CELLS, cell["auroc"][name], auroc(score(name, scores[name], some.z), s.right))
        if "sets" in cell:
            sets = made(cell, some)
            prediction_sets.coverage(tally, SETS, cell["sets"], sets, some.y)
            prediction_sets.sizes(tally, SETS, cell["sets"], sets)
        promises(cell, some.z, s.right)
    for group in part["unknown"]:
        some = table.of(group["split"].value)
        tally.same(CELLS, group["count"], len(some.z))
        both, is_known = np.concatenate([known.z, some.z]), np.repeat([True, False], [len(known.z), len(some.z)])
        for name in group["auroc"]:
            tally.same(CELLS, group["auroc"][name], auroc(score(name, scores[name], both), is_known))
        if "sets" in group:
            prediction_sets.sizes(tally, SETS, group["sets"], made(group, some))
        promises(group, some.z, np.zeros(len(some.z), bool))
