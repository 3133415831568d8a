"""The report's sections on probabilities: test, recalibrated, slices, partitions, and the parts' brief ones."""
import numpy as np

from . import figures, seeds

BRIEF = ("count", "error", "nll", "ece")
NORMAL_97_5 = 1.959963984540054


def all_figures(tally, part, s):
    """Every figure of some predictions, and the bins of their reliability diagram."""
    for name, value in s.figures().items():
        tally.same(figures.FAMILY[name], part[name], value)
    tally.same("ECE if perfectly calibrated", part["ece_if_calibrated"], figures.ece_if_calibrated(s))
    # The width that equals its own error: where the report's is off, so is the error at it.
    found = part["smooth_ece"]
    tally.same("smooth ECE", found, figures.smooth_error(s, max(figures.NARROWEST, found.value)))
    for name, value in figures.corp(s).items():
        tally.same("CORP: miscalibration, discrimination ...", part[f"corp_{name}"], value)
    count, confidence, right = s.bins()
    for b, of in enumerate(part["bins"]):
        least = max(1, count[b])
        for name, value in (("low", b / figures.BINS), ("high", (b + 1) / figures.BINS), ("count", count[b]),
                            ("confidence", confidence[b] / least), ("accuracy", right[b] / least)):
            tally.same("bins of reliability diagrams", of[name], value)


def reliability(tally, part, s):
    """The diagrams without bins: smoothed, and by isotonic regression."""
    width, at = part["width"], np.linspace(0, 1, len(part["smooth"].value))
    tally.same("smooth ECE", width, max(figures.NARROWEST, figures.smooth_error(s, width.value)))
    gap = figures.smoothed(at, s.confidence, s.confidence - s.right, width.value)
    mass = figures.smoothed(at, s.confidence, np.ones(len(s.y)), width.value)
    for i, point in enumerate(part["smooth"]):
        tally.same("smoothed reliability diagrams", point["confidence"], at[i])
        tally.same("smoothed reliability diagrams", point["density"], max(0, mass[i]))
        # Without density there is no accuracy. With hardly any it is a quotient of rounding errors, and its difference counts less.
        found, expected = point["accuracy"].value, np.clip(at[i] - gap[i] / mass[i], 0, 1) if mass[i] > 1e-9 else np.nan
        off = float(mass[i] > 2e-9) if found is None else np.nan_to_num(abs(found - expected)) * min(1, max(0, mass[i]) / 1e-4)
        tally.off("smoothed reliability diagrams", point["accuracy"], off, f"the report says {found}, this script {expected}")
    c, count, accuracy = figures.joined(s)
    starts = np.flatnonzero(np.r_[True, np.diff(accuracy) > 1e-12])
    blocks = list(part["corp"])
    tally.off("CORP: reliability diagrams", part["corp"], float(abs(len(blocks) - len(starts))), f"{len(blocks)} blocks, here {len(starts)}")
    for block, a, b in zip(blocks, starts, np.r_[starts[1:], len(c)]):
        for name, value in (("low", c[a]), ("high", c[b - 1]), ("count", count[a:b].sum()), ("accuracy", accuracy[a])):
            tally.same("CORP: reliability diagrams", block[name], value)


def tested(tally, part, s):
    """The section of the test part, without its intervals."""
    tally.same("error", part["count"], len(s.y))
    all_figures(tally, part, s)
    reliability(tally, part["reliability"], s)
    right = s.right[s.order]
    for i, point in enumerate(part["risk_coverage"]):
        tally.same("risk at coverages", point["coverage"], (i + 1) / 20)
        tally.same("risk at coverages", point["risk"], 1 - right[: -(-(i + 1) * len(right) // 20)].mean())


def intervals(tally, part, s, names):
    """The bootstrap's intervals, by the same draws: they are hashed from the pictures' names."""
    draws = [s.figures(times) for times in seeds.replicates(names)]
    for name in part:
        values = np.array([d[name] for d in draws], dtype=float)
        limits(tally, "intervals of the test part's figures", part[name], values)


def limits(tally, family, part, low, high=None):
    """A 95 % interval, from the values of a bootstrap's draws; of two orders that are equally right, from the least and the most of each."""
    ends = [values[np.isfinite(values)] for values in (low, low if high is None else high)]
    for i, share in enumerate((0.025, 0.975)):
        tally.between(family, part[i], *(np.quantile(values, share) if len(values) else np.nan for values in ends))


def brief(tally, family, part, s, among=slice(None)):
    found = s.brief(among) if len(s.y[among]) else dict(count=0, error=np.nan, nll=np.nan, ece=np.nan)
    for name in BRIEF:
        tally.same(family, part[name], found[name])


def bands(s):
    """The pictures of each band of confidence."""
    band = np.maximum(np.ceil(s.confidence * 5) - 1, 0)
    return {f"{20 * b} to {20 * b + 20} %": band == b for b in range(5)}


def species(classes, y):
    """The pictures of each species of the pets: a cat's class starts with a capital."""
    cats = np.isin(y, [c for c, name in enumerate(classes) if name[0].isupper()])
    return {"cat": cats, "dog": ~cats}


def slices(tally, part, s, classes):
    """The figures of each class, species and band of confidence that has pictures."""
    kinds = dict(breed={name: s.y == c for c, name in enumerate(classes)}, species=species(classes, s.y), confidence=bands(s))
    for kind, all_of in kinds.items():
        # Only classes of the pets' names tell a species.
        if kind == "species" and not part[kind].value:
            continue
        for name, among in all_of.items():
            if among.any() or name in part[kind]:
                brief(tally, "error, NLL and ECE of slices", part[kind][name], s, among)
                if kind == "breed" and among.any():
                    recall(tally, part[kind][name], s.right[among])


def recall(tally, part, right):
    """A class's recall and its interval by Wilson's score."""
    n, share, z2 = len(right), right.mean(), NORMAL_97_5**2
    center, half = share + z2 / (2 * n), NORMAL_97_5 * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    tally.same("recall of classes", part["recall"], share)
    for i, limit in enumerate((max(0, (center - half) / (1 + z2 / n)), min(1, (center + half) / (1 + z2 / n)))):
        tally.same("recall of classes", part["recall_interval"][i], limit)


def partitions(tally, part, s, partition):
    for row in part:
        among = partition == row["id"].value
        brief(tally, "error, NLL and ECE of partitions", row, s, among)
