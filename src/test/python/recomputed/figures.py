"""Figures of probabilities and labels: error, likelihood, calibration, ranking, classes."""
import numpy as np
from scipy.optimize import isotonic_regression

from . import seeds

BINS = 15
COVERAGES = (50, 80, 90, 95)
NARROWEST = 1e-3

FAMILIES = {
    "error": ("error", "top5_error", "count"),
    "NLL, Brier score, entropy": ("nll", "brier", "entropy"),
    "ECE and the like": ("ece", "mce", "rmsce", "ece_equal_mass", "ece_classwise", "ece_debiased", "mean_confidence"),
    "AURC, its excess, normalised; AUROC": ("aurc", "aurc_excess", "aurc_normalized", "auroc"),
    "risk at coverages": tuple(f"risk_at_{q}" for q in COVERAGES),
    "balanced error and macro averages": ("balanced_error", "macro_precision", "macro_f1"),
}
FAMILY = {name: family for family, names in FAMILIES.items() for name in names}


def bin_of(p):
    """The bin of equal width, closed on the right."""
    index = np.clip(np.ceil(p * BINS) - 1, 0, BINS - 1).astype(int)
    # The product is off by a rounding error at some edges: put them right.
    index = np.where((index > 0) & (p <= index / BINS), index - 1, index)
    return np.where((index < BINS - 1) & (p > (index + 1) / BINS), index + 1, index)


def equal_mass(c, hit):
    """Count, confidence and accuracy of bins of equal mass over rising confidence, edges half-way between neighbours."""
    parts = np.array_split(c, min(BINS, len(c)))
    edges = [(a[-1] + b[0]) / 2 for a, b in zip(parts, parts[1:])]
    index = np.searchsorted(edges, c, side="left")
    return [(k.sum(), c[k].mean(), hit[k].mean()) for k in (index == b for b in range(len(parts))) if k.any()]


def auroc(score, right):
    """The chance that a right one has more than a wrong one, equal ones counting half."""
    _, group = np.unique(score, return_inverse=True)
    wins, losses = np.bincount(group, right), np.bincount(group, ~right)
    with np.errstate(invalid="ignore"):
        return (wins * (np.cumsum(losses) - losses / 2)).sum() / wins.sum() / losses.sum()


def area(right):
    """The mean error among the first k answers, over all k."""
    return (np.cumsum(~right) / np.arange(1, len(right) + 1)).mean()


def least_area(right):
    """The area of as many wrong answers, had they come last."""
    return area(np.sort(right)[::-1])


class Scored:
    """Pictures, what was said of them, and every figure of any draw of them."""

    def __init__(self, p, y):
        self.p, self.y = p, y
        rows = np.arange(len(y))
        own = p[rows, y]
        self.classes = p.shape[1]
        self.predicted = p.argmax(1)
        self.confidence = p.max(1)
        self.right = self.predicted == y
        rank = ((p > own[:, None]) | ((p == own[:, None]) & (np.arange(self.classes) < y[:, None]))).sum(1)
        self.in_top = rank < 5
        self.nll = -np.log(np.maximum(own, np.finfo(float).tiny))
        self.brier = (p**2).sum(1) - 2 * own + 1
        self.entropy = -(p * np.log(np.where(p > 0, p, 1))).sum(1)
        self.bin = bin_of(self.confidence)
        self.cell = bin_of(p) + BINS * np.arange(self.classes)
        # By falling confidence, of equal ones the wrong first.
        self.order = np.lexsort((self.right, -self.confidence))

    def bins(self, k=slice(None)):
        """Count, sum of confidence and right answers by bin."""
        of = self.bin[k]
        return [np.bincount(of, weights, BINS) for weights in (np.ones(len(of)), self.confidence[k], self.right[k])]

    def brief(self, k=slice(None)):
        """Error, NLL and ECE of some of them."""
        _, confidence, right = self.bins(k)
        n = len(self.y[k])
        return dict(count=n, error=1 - self.right[k].mean(), nll=self.nll[k].mean(), ece=np.abs(confidence - right).sum() / n)

    def figures(self, times=None):
        """Every figure, each picture counted so many times."""
        k = self.order if times is None else np.repeat(self.order, times[self.order])
        n, right, c = len(k), self.right[k], self.confidence[k]
        bins = self.bins(k)
        count, confidence, hits = (b[bins[0] > 0] for b in bins)
        gap = np.abs(confidence - hits) / count
        mass = equal_mass(c[::-1], right[::-1])
        debiased = sum(m * ((a - b) ** 2 - b * (1 - b) / (m - 1)) for m, a, b in mass if m > 1) / n
        own = BINS * self.y[k] + self.cell[k, self.y[k]] % BINS
        weights = np.bincount(self.cell[k].ravel(), self.p[k].ravel(), BINS * self.classes)
        classwise = np.abs(weights - np.bincount(own, minlength=BINS * self.classes)).sum() / n / self.classes
        aurc, least, error = area(right), least_area(right), 1 - right.mean()
        with np.errstate(invalid="ignore", divide="ignore"):
            normalized = (aurc - least) / np.float64(error - least)
        return dict(error=error, top5_error=1 - self.in_top[k].mean(), nll=self.nll[k].mean(), brier=self.brier[k].mean(), ece=(count * gap).sum() / n,
                    mce=gap.max(), rmsce=np.sqrt((count * gap**2).sum() / n), ece_equal_mass=sum(m * abs(a - b) for m, a, b in mass) / n,
                    ece_classwise=classwise, ece_debiased=np.sqrt(max(0, debiased)), entropy=self.entropy[k].mean(), auroc=auroc(c, right),
                    mean_confidence=c.mean(), aurc=aurc, aurc_excess=aurc - least, aurc_normalized=normalized,
                    **{f"risk_at_{q}": 1 - right[: -(-q * n // 100)].mean() for q in COVERAGES}, **self.macro(k))

    def macro(self, k):
        labelled, predicted, hits = (np.bincount(v, minlength=self.classes) for v in (self.y[k], self.predicted[k], self.y[k][self.right[k]]))
        present = (labelled > 0) | (predicted > 0)
        recall = hits[labelled > 0] / labelled[labelled > 0]
        precision, f1 = hits / np.maximum(predicted, 1), 2 * hits / np.maximum(labelled + predicted, 1)
        return dict(balanced_error=1 - recall.mean(), macro_precision=precision[present].mean(), macro_f1=f1[present].mean())


def smoothed(at, c, values, sigma):
    """The mean of values that lie at c, smoothed by a Gaussian kernel that is reflected at 0 and 1: by the images of each."""
    reach = 9 * sigma
    turns = range(-int(reach / 2) - 1, int(reach / 2) + 2)
    places = np.concatenate([sign * c + 2 * turn for turn in turns for sign in (1, -1)])
    weights = np.tile(values, 2 * len(turns))
    near = (places > -reach) & (places < 1 + reach)
    order = np.argsort(places[near])
    places, weights = places[near][order], weights[near][order]
    out = []
    for part in np.array_split(at, int(1 / (5 * sigma)) + 1):
        a, b = np.searchsorted(places, [part[0] - reach, part[-1] + reach])
        out.append(np.exp(-((part[:, None] - places[a:b]) ** 2) / (2 * sigma**2)) @ weights[a:b])
    return np.concatenate(out) / (np.sqrt(2 * np.pi) * sigma * len(c))


def smooth_error(s, sigma):
    """The integral of the absolute smoothed difference between confidence and accuracy; straight between its points."""
    f = smoothed(np.linspace(0, 1, max(2000, int(np.ceil(40 / sigma))) + 1), s.confidence, s.confidence - s.right, sigma)
    a, b = f[:-1], f[1:]
    crossing = (a**2 + b**2) / np.maximum(2 * (np.abs(a) + np.abs(b)), np.finfo(float).tiny)
    return np.where(a * b >= 0, np.abs(a + b) / 2, crossing).mean()


def joined(s):
    """Accuracy by isotonic regression over confidence (CORP): the confidences that differ, how many of each, and their joined accuracy."""
    c, group = np.unique(s.confidence, return_inverse=True)
    count = np.bincount(group)
    return c, count, isotonic_regression(np.bincount(group, s.right) / count, weights=count).x


def corp(s):
    c, count, accuracy = joined(s)
    of = np.repeat(accuracy, count)
    right = s.right[np.argsort(s.confidence, kind="stable")]
    overall, best = ((q - right) ** 2 for q in (right.mean(), of))
    return dict(miscalibration=((s.confidence - s.right) ** 2).mean() - best.mean(), discrimination=overall.mean() - best.mean(),
                uncertainty=overall.mean())


def ece_if_calibrated(s):
    """The 95th percentile of ECE over 1,000 draws of right answers, each with its confidence as probability."""
    order = s.order
    c, of = s.confidence[order], s.bin[order]
    # Confidence falls, so a bin's pictures stand together.
    starts = np.flatnonzero(np.r_[True, of[1:] != of[:-1]])
    found = []
    for some in np.array_split(np.arange(1000), 1 + 1000 * len(c) // 4_000_000):
        drawn = seeds.uniform(some, len(c)) < c
        found.append(np.abs(np.add.reduceat(c - drawn, starts, axis=1)).sum(1) / len(c))
    return np.sort(np.concatenate(found))[949]
