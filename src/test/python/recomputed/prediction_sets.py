"""Prediction sets: the report's section "sets"."""
import numpy as np
from scipy.special import betaincinv, stdtrit

from . import seeds
from .maps import applied
from .scores import CLOSE
from .sections import bands, species

OVERALL = "prediction sets: coverage, size"
SLICES = "prediction sets by class and slice"
HELD_OUT = "prediction sets: what chose them"


def rank_of(wanted, n):
    """Of n scores, the place of the largest that is in."""
    return int(np.ceil(wanted * (n + 1) * (1 - 1e-12)))


def badness(like, p, share):
    """How badly each class fits, by LAC, APS or RAPS."""
    if like["method"] == "lac":
        return 1 - p
    order = np.argsort(-p, axis=1, kind="stable")
    falling = np.take_along_axis(p, order, 1)
    places = np.maximum(0, np.arange(1, p.shape[1] + 1) - like["free"])
    out = np.empty(p.shape)
    np.put_along_axis(out, order, np.cumsum(falling, 1) - share[:, None] * falling + like["penalty"] * places, 1)
    return out


class Sets:
    """The sets of some pictures, by held-out scores and the maps that were fitted without each fold."""

    def __init__(self, fitted, z, share):
        self.fitted = fitted
        self.own = []
        for f, m in enumerate(fitted["maps"]):
            same = f > 0 and m == fitted["maps"][f - 1]
            self.own.append(self.own[-1] if same else badness(fitted, applied(m, z), share))

    def included(self, wanted, groups=None, slack=0.0):
        """Which classes are in each picture's set; compared with all held-out pictures, or those of the class's group (-1: with all)."""
        folds, scores, labels = (np.array(self.fitted[k]) for k in ("folds", "scores", "labels"))
        included = np.empty(self.own[0].shape, bool)
        group = np.full(included.shape[1], -1) if groups is None else groups
        for g in np.unique(group):
            among = np.full(len(scores), True) if g == -1 else group[labels] == g
            columns = group == g
            below = 0
            for f in range(folds.max() + 1):
                rising = np.sort(scores[among & (folds == f)])
                below = below + np.searchsorted(rising, self.own[min(f, len(self.own) - 1)][:, columns] + slack)
            included[:, columns] = below < rank_of(wanted, among.sum())
        return included

    def both(self, wanted, groups=None):
        """The smallest and the largest sets, where scores that are close to a held-out one may be on either side of it."""
        return self.included(wanted, groups, CLOSE), self.included(wanted, groups, -CLOSE)


def coverage(tally, family, part, sets, y):
    """Coverage and its interval by Clopper and Pearson."""
    n = len(y)
    hits = [included[np.arange(n), y].sum() for included in sets]
    tally.between(family, part["coverage"], hits[0] / n, hits[1] / n)
    low, high = ([betaincinv(k, n - k + 1, 0.025) if k else 0, betaincinv(k + 1, n - k, 0.975) if k < n else 1] for k in hits)
    for i in range(2):
        tally.between(family, part["coverage_interval"][i], low[i], high[i])


def sizes(tally, family, part, sets):
    few, many = (included.sum(1) for included in sets)
    tally.between(family, part["size"], few.mean(), many.mean())
    tally.between(family, part["empty"], (many == 0).mean(), (few == 0).mean())
    return few, many


def sets_of(tally, family, part, sets, y):
    """Coverage, size and empty sets with their intervals."""
    coverage(tally, family, part, sets, y)
    ends = []
    for size in sizes(tally, family, part, sets):
        n = len(size)
        half = stdtrit(n - 1, 0.975) * size.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        ends.append((size.mean() - half, size.mean() + half))
    for i, limits in enumerate(zip(*ends)):
        tally.between(family, part["size_interval"][i], min(limits), max(limits))


def by_class(tally, part, sets, y, wanted):
    """How coverage differs between the classes."""
    found = []
    for included in sets:
        hits = included[np.arange(len(y)), y]
        found.append(np.array([hits[y == c].mean() for c in np.unique(y)]))
    gaps = [np.abs(each - wanted).mean() for each in found]
    tally.between(OVERALL, part["least_class_coverage"], found[0].min(), found[1].min())
    tally.between(OVERALL, part["class_coverage_gap"], min(gaps), max(gaps))


def sets(tally, part, fitted, others, s, z, names, classes):
    """The section; others are the methods that were not chosen, where the predictions that they were fitted on are at hand."""
    share = seeds.Hashed(names).share
    chosen, method, wanted = Sets(fitted, z, share), fitted["method"], part["wanted"].value
    tally.same(OVERALL, part["held_out"], len(fitted["scores"]))
    every = {like["method"]: (Sets(like, z, share), None) for like in others}
    every[method] = (chosen, None)
    every[f"{method}-by-class"] = (chosen, np.arange(len(classes)))
    if "clusters" in fitted:
        clusters = np.array(fitted["clusters"] + [0] * (len(classes) - len(fitted["clusters"]))) - 1
        every[f"{method}-by-cluster"] = (chosen, clusters)
        tally.same(OVERALL, part["methods"][f"{method}-by-cluster"]["clusters"], clusters.max() + 1)
    for name, (of, groups) in every.items():
        row, found = part["methods"][name], of.both(wanted, groups)
        sets_of(tally, OVERALL, row, found, s.y)
        by_class(tally, row, found, s.y, wanted)
    for level in part["levels"]:
        sets_of(tally, OVERALL, level, chosen.both(level["wanted"].value), s.y)
    found = chosen.both(wanted)
    kinds = [(part["classes"], {name: s.y == c for c, name in enumerate(classes)}), (part["slices"]["confidence"], bands(s))]
    kinds += [(part["slices"]["species"], species(classes, s.y))] if part["slices"]["species"].value else []
    for of, slices in kinds:
        for name, among in slices.items():
            if among.any() or name in of:
                tally.same(SLICES, of[name]["count"], among.sum())
                sets_of(tally, SLICES, of[name], [included[among] for included in found], s.y[among])


def held_out(tally, part, fitted, p, y, hashed):
    """What chose the method, on held-out pictures' probabilities under the maps that were fitted without each; the fits of all methods."""
    chooses, rows = hashed.chooses, np.arange(len(y))
    own = p[rows, y][:, None]
    places = 1 + ((p > own) | ((p == own) & (np.arange(p.shape[1]) < y[:, None]))).sum(1)
    free = np.sort(places[chooses])[min(chooses.sum(), rank_of(0.95, chooses.sum())) - 1]
    out = []
    for method in ("lac", "aps", "raps"):
        row = part["methods"][method]
        found = []
        for penalty in (0.001, 0.01, 0.1, 0.2, 0.5) if method == "raps" else (0,):
            like = dict(method=method, penalty=penalty, free=free if method == "raps" else 0)
            bad = badness(like, p, hashed.share)
            upto = np.sort(bad[rows, y][chooses])[min(chooses.sum(), rank_of(0.95, chooses.sum())) - 1]
            found.append(((bad[chooses] <= upto + CLOSE).sum(1).mean(), penalty, like, bad[rows, y]))
        size, penalty, like, scores = min(found, key=lambda f: f[:2])
        tally.same(HELD_OUT, row["choice_size"], size)
        if method == "raps":
            tally.same(HELD_OUT, row["penalty"], penalty)
            tally.same(HELD_OUT, row["free"], free)
        if method == fitted["method"]:
            off = np.abs(np.sort(scores[~chooses]) - np.sort(fitted["scores"])).max()
            tally.off(HELD_OUT, part["chosen"], off, f"calibration.json's scores are off by {off}")
        out.append(dict(like, maps=fitted["maps"], scores=scores[~chooses], folds=hashed.fold[~chooses], labels=y[~chooses]))
    return out
