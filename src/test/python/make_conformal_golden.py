"""What MAPIE says of prediction sets, model-diagnostics of CORP's decomposition, probmetrics and SciPy of structured scaling.
Made with Python 3.11.7, MAPIE 1.6.0, model-diagnostics 1.5.0, probmetrics 1.3.0, PyTorch 2.15.0, scikit-learn 1.9.1, SciPy 1.17.1,
NumPy 2.4.6.
usage: make_conformal_golden.py OUT_DIR"""
import json
import os
import sys
from importlib.metadata import version

import mapie

import numpy as np
from mapie.classification import SplitConformalClassifier
from mapie.conformity_scores.sets import aps as mapie_aps
from mapie.conformity_scores.sets.lac import LACConformityScore
from mapie.conformity_scores.sets.raps import RAPSConformityScore
from mapie.utils import _compute_classification_quantile
from model_diagnostics.scoring import LogLoss, SquaredError, decompose
from probmetrics.calibrators import get_calibrator
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin

from streams import uniform, whole

WANTED = [0.8, 0.9, 0.95]


def drawn(name, n, classes, sharpness):
    p = uniform(f"{name}/p", n * classes, 0.2, 1).reshape(n, classes) ** sharpness
    p /= p.sum(1, keepdims=True)
    y = np.where(uniform(f"{name}/hit", n, 0, 1) < 0.6, p.argmax(1), whole(f"{name}/y", n, classes))
    return p, y


class Known(ClassifierMixin, BaseEstimator):
    """A classifier whose input is its output."""

    def fit(self, x, y):
        self.classes_ = np.arange(x.shape[1])
        return self

    def predict_proba(self, x):
        return x

    def predict(self, x):
        return x.argmax(1)


class Given:
    """Random numbers that are known."""

    def __init__(self, values):
        self.values = values

    def uniform(self, size):
        return self.values.reshape(size)


def split(method, p, y, t, u, v):
    """u and v: the random shares of the pictures that sets are fitted on and made for."""
    known = Known().fit(p, y)
    classifier = SplitConformalClassifier(known, confidence_level=WANTED, conformity_score=method, prefit=True)
    mapie_aps.check_random_state = lambda seed: Given(u)
    classifier.conformalize(p, y)
    mapie_aps.check_random_state = lambda seed: Given(v)
    options = dict(conformity_score_params=dict(include_last_label="randomized")) if method == "aps" else {}
    included = classifier.predict_set(t, **options)[1]
    return dict(quantiles=np.ravel(classifier._mapie_classifier.conformity_score_function_.quantiles_).tolist(), sets=sets(included))


def sets(included):
    """By coverage, by picture, the classes."""
    return [[np.flatnonzero(included[i, :, a]).tolist() for i in range(len(included))] for a in range(included.shape[2])]


def regularized(p, y, t, u, v, penalty, free):
    rank = lambda q: (-q).argsort(1, kind="stable").argsort(1, kind="stable") + 1
    sums = lambda q: np.take_along_axis(np.cumsum(-np.sort(-q, 1), 1), rank(q) - 1, 1)
    own = (sums(p) - u[:, None] * p)[np.arange(len(y)), y]
    scores = RAPSConformityScore._regularize_conformity_score(np.array([free]), penalty, own[:, None], rank(p)[np.arange(len(y)), y])[:, :, 0]
    quantiles = _compute_classification_quantile(scores, 1 - np.array(WANTED))
    of = sums(t) - v[:, None] * t + penalty * np.maximum(0, rank(t) - free)
    return dict(quantiles=np.ravel(quantiles).tolist(), sets=sets(of[:, :, None] <= np.ravel(quantiles)[None, None, :]))


def crossed(name, n, classes, m, folds):
    """CV+ of LAC: each picture's score under its fold's map; a new picture's under every fold's."""
    fold = whole(f"{name}/fold", n, folds)
    maps = [drawn(f"{name}/{f}", n, classes, 6)[0] for f in range(folds)]
    y = np.where(uniform(f"{name}/hit", n, 0, 1) < 0.6, maps[0].argmax(1), whole(f"{name}/y", n, classes))
    scores = np.array([1 - maps[fold[i]][i, y[i]] for i in range(n)])
    new = [drawn(f"{name}/new/{f}", m, classes, 6)[0] for f in range(folds)]
    every = np.stack([new[f] for f in fold], 2)
    return dict(n=n, classes=classes, new=m, folds=folds,
                sets=sets(LACConformityScore().get_prediction_sets(every, scores, 1 - np.array(WANTED), cv=folds, agg_scores="crossval")))


def by_class(p, y, t):
    out = []
    for wanted in WANTED:
        included = np.zeros(t.shape, bool)
        for c in range(p.shape[1]):
            own = np.sort(1 - p[y == c, c])
            k = int(np.ceil(round(wanted * (len(own) + 1), 9)))
            included[:, c] = True if k > len(own) else 1 - t[:, c] <= own[k - 1]
        out.append([np.flatnonzero(row).tolist() for row in included])
    return out


cases = []
for name, n, m, classes, sharpness in [("conformal/even", 300, 60, 10, 3), ("conformal/many", 499, 60, 37, 6), ("conformal/few", 30, 40, 4, 5)]:
    p, y = drawn(name, n, classes, sharpness)
    t, _ = drawn(name + "/new", m, classes, sharpness)
    u, v = uniform(name + "/u", n, 0, 1), uniform(name + "/v", m, 0, 1)
    cases.append(dict(name=name, n=n, new=m, classes=classes, sharpness=sharpness, lac=split("lac", p, y, t, u, v), aps=split("aps", p, y, t, u, v),
                      raps=regularized(p, y, t, u, v, 0.1, 2), by_class=by_class(p, y, t)))


corp = []
for name, n, power in [("corp/true", 400, 1.0), ("corp/sure", 300, 3.0), ("corp/ties", 200, 1.5)]:
    c = uniform(name + "/c", n, 0.05, 1)
    if name == "corp/ties":
        c = np.round(c, 1)
    hit = (uniform(name + "/hit", n, 0, 1) < c**power).astype(float)
    found = dict(name=name, n=n, power=power)
    for kind, score in (("brier", SquaredError()), ("log", LogLoss())):
        row = decompose(y_obs=hit, y_pred=np.minimum(c, 1 - 1e-12), scoring_function=score)
        found[kind] = {k: float(row[k][0]) for k in ("miscalibration", "discrimination", "uncertainty", "score")}
    corp.append(found)


def structured(name, n, m, classes):
    """Structured scaling by its definition, in float64; probmetrics' own fit has float32 logarithms and a loose stop."""
    z = (uniform(name + "/z", (n + m) * classes, -4, 4)).astype(np.float32).astype(float).reshape(n + m, classes)
    bent = 0.5 * z + np.linspace(-0.5, 0.5, classes) + 0.2 * np.roll(z, 1, 1)
    y = (softmax(bent, axis=1).cumsum(1) < uniform(name + "/y", n + m, 0, 1)[:, None]).sum(1).clip(0, classes - 1)
    fit, new, labels = z[:n], z[n:], y[:n]
    nll = lambda logits: -log_softmax(logits, 1)[np.arange(n), labels].mean()
    beta = np.exp(minimize_scalar(lambda b: nll(fit * np.exp(b)), bounds=(-7, 7), method="bounded", options=dict(xatol=1e-12)).x)
    mixed = lambda logits: (n * softmax(beta * logits, axis=1) + 1 / classes) / (n + 1)
    u, v = np.log(mixed(fit)), np.log(mixed(new))
    diagonal = np.eye(classes, dtype=bool)
    weights = np.where(diagonal, classes, classes * (classes - 1)) / n

    def scaled(x, full, logs):
        d = x[: classes * classes].reshape(classes, classes) if full else np.diag(x[:classes])
        return logs + logs @ d.T + x[-classes:], d

    def objective(x, full):
        logits, d = scaled(x, full, u)
        miss = (softmax(logits, axis=1) - np.eye(classes)[labels]) / n
        slope = miss.T @ u + 2 * weights * d
        value = nll(logits) + (weights * d**2).sum() + classes / n * (x[-classes:] ** 2).sum()
        return value, np.concatenate([slope.ravel() if full else np.diag(slope), miss.sum(0) + 2 * classes / n * x[-classes:]])

    out = dict(name=name, n=n, new=m, classes=classes, logits=z.tolist(), labels=labels.tolist(), temperature=float(1 / beta), mixed=mixed(new).tolist())
    for method, full, theirs in (("vector", False, "svs"), ("matrix", True, "sms")):
        x = minimize(objective, np.zeros((classes * classes if full else classes) + classes), args=(full,), jac=True, method="L-BFGS-B", options=dict(maxiter=5000, ftol=1e-16, gtol=1e-11)).x
        own = softmax(scaled(x, full, v)[0], axis=1)
        other = get_calibrator(theirs)
        other.fit(softmax(fit, axis=1), labels)
        found = other.predict_proba(softmax(new, axis=1))
        out[method] = dict(probabilities=own.tolist(), probmetrics=np.asarray(found).astype(float).tolist(), off=float(np.abs(own - found).max()))
        print(name, method, out[method]["off"])
    return out


scaling = [structured("structured/even", 400, 20, 5), structured("structured/few", 60, 20, 8)]
with open(os.path.join(sys.argv[1], "conformal.json"), "w") as f:
    json.dump(dict(versions=dict(mapie=mapie.__version__, model_diagnostics=version("model-diagnostics"), probmetrics=version("probmetrics"), scipy=version("scipy"), numpy=np.__version__), wanted=WANTED, cases=cases,
                   crossed=crossed("conformal/crossed", 200, 8, 50, 5), corp=corp, structured=scaling), f)
