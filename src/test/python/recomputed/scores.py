"""Confidence scores, and when to answer: the report's section "selective"."""
import numpy as np
from scipy.special import bdtr, betaincinv

from . import seeds
from .figures import area
from .maps import total
from .sections import limits

SCORES = "confidence scores: AURC, gain, risk"
INTERVALS = "intervals of the scores' AURC and gain"
HELD_OUT = "held-out counts and AURC that chose"
THRESHOLDS = "thresholds: answered, wrong, bound"
# Scores within this of each other may be equal in the last digits, and either may come first.
CLOSE = 1e-12


def score(name, power, z):
    """How sure each answer is: the more, the surer."""
    most = z.max(1, keepdims=True)
    below = z - most
    e = np.exp(below)
    sums = total(e)[:, 0]
    if name == "max-probability":
        return 1 / sums
    if name == "margin":
        return -np.expm1(np.sort(below, axis=1)[:, -2]) / sums
    if name == "entropy":
        return total(e * below / sums[:, None])[:, 0] - np.log(sums)
    if name == "energy":
        return most[:, 0] + np.log(sums)
    apart = z - total(z) / z.shape[1]
    largest = np.abs(apart).max(1, keepdims=True)
    parts = apart / np.where(largest > 0, largest, 1)
    return np.where(largest[:, 0] > 0, parts.max(1) / np.maximum(total(np.abs(parts) ** power)[:, 0], 1e-300) ** (1 / power), 0)


class Ordered:
    """Answers by falling score, of equal scores the wrong first. Scores that are close may stand in another order in the report: there
    are two orders then, that of the most and that of the least area."""

    def __init__(self, score, right):
        self.score, self.right = score, right
        rising = np.argsort(score, kind="stable")
        step = np.diff(score[rising])
        starts = np.r_[True, step > CLOSE * np.maximum(1, np.abs(score[rising][1:]))]
        group = np.empty(len(score), int)
        group[rising] = np.cumsum(starts)
        unequal = np.zeros(len(score) + 1, bool)
        unequal[group[rising][1:][(step > 0) & ~starts[1:]]] = True
        self.orders = [np.lexsort((right, -group))]
        if unequal.any():
            self.orders.append(np.lexsort((np.where(unequal[group], ~right, right), -group)))

    def each(self, figure, times=None):
        """The least and the most that a figure of the answers in order has; each answer counted so many times."""
        found = [figure(self.right[order if times is None else np.repeat(order, times[order])]) for order in self.orders]
        return min(found), max(found)


def let_through(s, threshold):
    """The pictures that a threshold surely lets through, and those that it may: a score that is close to it may be on either side."""
    slack = CLOSE * max(1, abs(threshold)) if np.isfinite(threshold) else 0
    return s > threshold + slack, s >= threshold - slack


def answers(tally, what, part, s, threshold, right):
    """How many pictures a threshold lets through, and the error among those."""
    surely, maybe = let_through(s, threshold)
    tally.between(what, part["coverage"], surely.mean(), maybe.mean())
    if "error" not in part:
        return
    if part["error"].value is None and not surely.any():
        tally.same(what, part["error"], np.nan)
        return
    # At least: no wrong one that need not be among them, and all right ones that may be; at most: the other way round.
    wrong, hits = ([(answered & among).sum() for answered in (surely, maybe)] for among in (~right, right))
    least = wrong[0] / (wrong[0] + hits[1]) if wrong[0] + hits[1] else 1 if wrong[1] else np.nan
    most = wrong[1] / (wrong[1] + hits[0]) if wrong[1] + hits[0] else 0 if hits[1] else np.nan
    tally.between(what, part["error"], least, most)


def selective(tally, part, fitted, right, z, names):
    """The section of a fit on the test part: its scores, thresholds and what each promised error became."""
    hashed = seeds.replicates(names)
    orders = {row["score"].value: Ordered(score(row["score"].value, row["power"].value, z), right) for row in part["scores"]}
    plain = orders["max-probability"]
    drawn = {name: np.array([of.each(area, times) for times in hashed]) for name, of in orders.items()}
    tally.same(SCORES, part["count"], len(right))
    for row, kept in zip(part["scores"], fitted["scores"]):
        tally.same(HELD_OUT, row["held_out_aurc"], kept["aurc"])
        of = orders[row["score"].value]
        low, high = of.each(area)
        first, last = plain.each(area)
        tally.between(SCORES, row["aurc"], low, high)
        gains = (0.0, 0.0) if of is plain else (first - high, last - low)
        tally.between(SCORES, row["gain"], *gains)
        for i, point in enumerate(row["risk_coverage"]):
            upto = -(-(i + 1) * len(right) // 20)
            tally.same(SCORES, point["coverage"], (i + 1) / 20)
            tally.between(SCORES, point["risk"], *of.each(lambda order, k=upto: 1 - order[:k].mean()))
        least, most = drawn[row["score"].value].T
        limits(tally, INTERVALS, row["aurc_interval"], least, most)
        gains = drawn["max-probability"].T - (most, least) if of is not plain else np.zeros((2, len(least)))
        limits(tally, INTERVALS, row["gain_interval"], *gains)
    thresholds(tally, part, fitted, score(part["score"].value, part["power"].value, z), right)


def thresholds(tally, part, fitted, s, right):
    held, choice = fitted["held_out"], fitted["choice"]
    levels = fitted["thresholds"] + [-np.inf]
    tally.same(THRESHOLDS, part["held_out"], held["count"][-1])

    def became(row, i):
        if np.isfinite(levels[i]):
            tally.same(THRESHOLDS, row["threshold"], levels[i])
        k, n = held["wrong"][i], held["count"][i]
        tally.same(THRESHOLDS, row["held_out_coverage"], n / held["count"][-1])
        tally.same(THRESHOLDS, row["held_out_error"], k / n if n else np.nan)
        answers(tally, THRESHOLDS, row, s, levels[i], right)

    for i, row in enumerate(part["thresholds"]):
        became(row, i)
        k, n = held["wrong"][i], held["count"][i]
        tally.same(THRESHOLDS, row["bound"], betaincinv(k + 1, n - k, 1 - part["delta"].value) if k < n else 1)
    for row in part["promises"]:
        # From the threshold that is safest on the pictures that chose, down to the first that fails on the others.
        error = row["max_error"].value
        safe, tails = (bdtr(np.array(of["wrong"], float), np.array(of["count"]), error) for of in (choice, held))
        start = len(safe) - 1 - int(np.argmin(safe[::-1]))
        failing = np.flatnonzero(tails[start:] > part["delta"].value)
        end = start + (failing[0] if len(failing) else len(tails) - start)
        if end > start:
            became(row, end - 1)
        else:
            tally.off(THRESHOLDS, row, float("coverage" in row), "a threshold is said to hold this error, here none does")


def held_out(tally, part, fitted, z, right, hashed):
    """What was chosen and counted on held-out pictures, right under the map that was fitted without each."""
    chooses, fold = hashed.chooses, hashed.fold
    s = score(fitted["score"], fitted["power"], z)
    rising = np.sort(s[chooses])
    expected = [rising[len(rising) - max(1, i * len(rising) // 100)] for i in range(1, 100)]
    off = np.abs(np.array(fitted["thresholds"]) - expected).max()
    tally.off(HELD_OUT, part["scores"], off, f"calibration.json's thresholds are not the scores' quantiles, by {off}")
    for name, among in (("choice", chooses), ("held_out", ~chooses)):
        for i, threshold in enumerate(fitted["thresholds"] + [-np.inf]):
            least, most = (answered & among for answered in let_through(s, threshold))
            # A threshold is the score of a picture that chose, which it lets through: where no other is close, it is that one.
            least = most if name == "choice" and (most & ~least).sum() == 1 else least
            for key, counted in (("count", among), ("wrong", ~right)):
                found, low, high = fitted[name][key][i], (least & counted).sum(), (most & counted).sum()
                fits = low <= found <= high
                tally.off(HELD_OUT, part["thresholds"][i], float(not fits), f"calibration.json's {name} has a {key} of {found}, here {low} to {high}")
    areas = {}
    for row in part["scores"]:
        name = row["score"].value
        of = {power: score(name, power, z) for power in (range(1, 11) if name == "p-norm" else (0,))}
        aurc = lambda power, among: Ordered(of[power][among], right[among]).each(area)[1]
        least = lambda among: min(of, key=lambda power: aurc(power, among)) if len(of) > 1 else 0
        sums = 0.0
        for f in range(seeds.FOLDS):
            own, others = chooses & (fold == f), chooses & (fold != f)
            if own.any():
                sums += own.sum() * aurc(least(others if others.any() else own), own)
        areas[name] = sums / chooses.sum()
        tally.same(HELD_OUT, row["held_out_aurc"], areas[name])
        tally.same(HELD_OUT, row["power"], least(chooses))
    best = min(areas.values())
    # Of scores that differ by less than a figure is compared to, either is the best.
    fits = areas[part["score"].value] <= best + 1e-9
    tally.off(HELD_OUT, part["power"], float(not fits), f"the score is {part['score'].value}, of AURC {areas[part['score'].value]}; the least is {best}")
