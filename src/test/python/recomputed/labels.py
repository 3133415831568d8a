"""Pictures of several labels: each label by itself, the report's section "labels"."""
import numpy as np
from scipy.optimize import brentq, root
from scipy.special import expit

from . import seeds
from .figures import bin_of

EACH = "several labels: figures of each label"
ALL = "several labels: mAP, F1, NLL, ECE"
FITS = "several labels: fitted again"


def nll(z, target):
    return np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z)))


def average_precision(score, has):
    """The sum of recall gained times precision over the scores that differ."""
    if not has.any():
        return np.nan
    _, group = np.unique(-score, return_inverse=True)
    hits, said = np.cumsum(np.bincount(group, has)), np.cumsum(np.bincount(group))
    return (np.diff(hits, prepend=0) / has.sum() * hits / said).sum()


def best_threshold(score, has):
    """The score at or above which to say yes for the largest F1, of several the highest."""
    values, group = np.unique(-score, return_inverse=True)
    hits, said = np.cumsum(np.bincount(group, has)), np.cumsum(np.bincount(group))
    return -values[np.argmax(2 * hits / (said + has.sum()))]


def ece(p, has):
    of = bin_of(p)
    return np.abs(np.bincount(of, p) - np.bincount(of, has)).sum() / len(p)


def decided(said, has):
    """Precision, recall and F1; 0 where there is no hit."""
    hits = (said & has).sum()
    return dict(precision=hits / max(1, said.sum()), recall=hits / max(1, has.sum()), f1=2 * hits / max(1, said.sum() + has.sum()))


def labels(tally, part, by, z, has, classes):
    """The section: figures of each label under its curve and threshold, and their means."""
    scale, shift, threshold = (np.array(by[k]) for k in ("scale", "shift", "threshold"))
    scores = scale * z + shift
    said = expit(scores) >= threshold
    found = []
    for c, name in enumerate(classes):
        one = dict(average_precision=average_precision(scores[:, c], has[:, c]), **decided(said[:, c], has[:, c]), nll=nll(scores[:, c], has[:, c]).mean(),
                   ece=ece(expit(scores[:, c]), has[:, c]), ece_plain=ece(expit(z[:, c]), has[:, c]))
        for key, value in dict(one, count=has[:, c].sum(), threshold=threshold[c], scale=scale[c], shift=shift[c]).items():
            tally.same(EACH, part["each"][name][key], value)
        found.append(dict(one, nll_plain=nll(z[:, c], has[:, c]).mean()))

    def mean(key):
        values = np.array([f[key] for f in found])
        return values[np.isfinite(values)].mean() if np.isfinite(values).any() else np.nan

    tally.same(ALL, part["count"], len(z))
    tally.same(ALL, part["map_macro"], mean("average_precision"))
    tally.same(ALL, part["map_micro"], average_precision(scores.ravel(), has.ravel()))
    for key in ("nll", "nll_plain", "ece", "ece_plain"):
        tally.same(ALL, part[key], mean(key))
    for key, value in decided(said, has).items():
        tally.same(ALL, part["macro"][key], mean(key))
        tally.same(ALL, part["micro"][key], value)


def curve(method, z, has):
    """Scale and shift of one label's curve."""
    if method == "none" or not 0 < has.sum() < len(has):
        return 1.0, 0.0
    if method == "temperature":
        slope = lambda x: (z * (expit(np.exp(x) * z) - has)).sum()
        # Where the logits part the label at 0, the colder the better, and the temperature stays 1.
        return (1.0 if slope(np.log(1e3)) <= 0 else float(np.exp(brentq(slope, -np.log(1e3), np.log(1e3), xtol=1e-13)))), 0.0
    target = np.where(has, (has.sum() + 1) / (has.sum() + 2), 1 / ((~has).sum() + 2))

    def slope_and_curvature(w):
        p = expit(w[0] * z + w[1])
        v = p * (1 - p)
        return np.array([(z * (p - target)).sum(), (p - target).sum()]), np.array([[(v * z * z).sum(), (v * z).sum()], [(v * z).sum(), v.sum()]])

    return tuple(root(slope_and_curvature, [1.0, 0.0], jac=True, tol=1e-13).x)


def held_out(tally, part, by, z, has, names):
    """The chosen method's curves and thresholds, and every method's cross-validated NLL."""
    fold = seeds.Hashed(names).fold
    each = list(part["each"])
    nlls = {}
    for method in part["methods"]:
        sums = 0.0
        for c, name in enumerate(each):
            for f in range(seeds.FOLDS):
                if (fold == f).any():
                    scale, shift = curve(method, z[fold != f, c], has[fold != f, c])
                    sums += nll(scale * z[fold == f, c] + shift, has[fold == f, c]).sum()
            if method == by["method"]:
                scale, shift = curve(method, z[:, c], has[:, c])
                known = 0 < has[:, c].sum() < len(z)
                threshold = expit(best_threshold(scale * z[:, c] + shift, has[:, c])) if known else 0.5
                for key, value in dict(scale=scale, shift=shift, threshold=threshold).items():
                    tally.same(FITS, part["each"][name][key], value)
        nlls[method] = sums / has.size
        tally.same(FITS, part["methods"][method]["validation_nll"], nlls[method])
