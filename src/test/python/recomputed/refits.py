"""Recalibrations, fitted again on the held-out predictions: the report's section "recalibrated"."""
import numpy as np
from scipy.optimize import brentq, isotonic_regression, minimize
from scipy.special import expit, log_softmax

from . import seeds
from .figures import Scored
from .maps import applied, log_odds, matrix, mixed, softmax
from .sections import all_figures, reliability

EXACT = "recalibrations, fitted again"
ROUGH = "vector and Platt scaling, fitted again"
BETA = "beta calibration, fitted again"
NLL = "cross-validated NLL"
COLDEST, HOTTEST = 1e-3, 1e3


def likelihood(p, y):
    """The NLL of each picture."""
    return -np.log(np.maximum(p[np.arange(len(y)), y], np.finfo(float).tiny))


def best_temperature(z, y):
    """Where the NLL's slope over the logarithm of 1/T is 0."""
    below = z - z.max(1, keepdims=True)
    own = below[np.arange(len(y)), y]

    def slope(x):
        return ((softmax(np.exp(x) * below) * below).sum(1) - own).mean()

    low, high = -np.log(HOTTEST), -np.log(COLDEST)
    if slope(low) > 0 or slope(high) <= 0:
        # The NLL falls towards one end.
        return HOTTEST if slope(low) > 0 else COLDEST
    return float(np.exp(-brentq(slope, low, high, xtol=1e-12)))


def methods_of(part):
    """Each method's section and its map in the form of calibration.json."""
    for name in part["methods"]:
        row = part["methods"][name]
        m = dict(row["parameters"].value or {}, method=name)
        if name == "temperature":
            m["temperature"] = row["parameter"].value
        yield name, row, m


def recalibrated(tally, part, calibration, z, y):
    """Every method's figures under its own map, and the chosen one's again, which is the map that calibration.json has."""
    chosen = part["chosen"].value
    for name, row, m in methods_of(part):
        s = Scored(applied(m, z), y)
        all_figures(tally, row, s)
        if name == chosen:
            all_figures(tally, part, s)
            reliability(tally, part["reliability"], s)
            tally.same(NLL, part["validation_nll"], row["validation_nll"].value)
            off = np.abs(applied(calibration, z) - s.p).max()
            tally.off(EXACT, part["chosen"], off, f"calibration.json's map is another one; probabilities are off by {off}")


def held_out(tally, part, calibration, z, y, hashed):
    """Each method fitted again, on all pictures and without each fold, which gives its cross-validated NLL."""
    chosen = part["chosen"].value
    folds = [f for f in range(seeds.FOLDS) if 0 < (hashed.fold == f).sum() < len(y)]
    least = []
    for name, row, m in methods_of(part):
        AGREE[name](tally, row, m, z, y)
        least.append(row["validation_nll"].value)
        stored = calibration["sets"]["maps"] if name == chosen and "sets" in calibration else None
        if name == "vector" and not stored:
            # Where classes can be told apart without error, the fits of a fold have no least to agree on.
            continue
        # Which classes have a curve of their own is decided on all pictures.
        refit = (lambda a, b: fit_beta(a, b, enough(y, z.shape[1]))) if name == "beta" else FITS[name]
        sums = 0.0
        for f in folds:
            left, others = hashed.fold == f, hashed.fold != f
            fit = stored[f] if stored else refit(z[others], y[others])
            sums += likelihood(applied(fit, z[left]), y[left]).sum()
            if stored and name != "vector":
                again = refit(z[others], y[others])
                off = np.abs(applied(fit, z[left]) - applied(again, z[left])).max()
                tally.off(FAMILY.get(name, EXACT), row["validation_nll"], off, f"fold {f}'s map in calibration.json is off by {off}")
        expected = sums / np.isin(hashed.fold, folds).sum() if folds else np.inf
        tally.same(ROUGH if name == "platt" and not stored else NLL, row["validation_nll"], expected)
    # A method that was named is the only one beside none, and need not be the best.
    if len(least) > 2:
        tally.same(NLL, part["methods"][chosen]["validation_nll"], min(least))


def minimum(loss, start, gain):
    """The parameters of the least loss, which is given with its slopes; it ends where a step lowers the loss by so little of it."""
    return minimize(loss, start, jac=True, method="L-BFGS-B", options=dict(maxiter=2000, maxfun=4000, maxcor=30, ftol=gain, gtol=1e-8)).x


def cross_entropy(logits, y):
    """The mean NLL, and its slopes over the logits."""
    rows = np.arange(len(y))
    miss = softmax(logits)
    miss[rows, y] -= 1
    return -log_softmax(logits, 1)[rows, y].mean(), miss / len(y)


def fit_temperature(z, y):
    return dict(method="temperature", temperature=best_temperature(z, y))


def fit_mixed(z, y):
    return dict(method="temperature-mixed", temperature=best_temperature(z, y), count=len(y))


def vector_loss(z, y):
    """The NLL of vector scaling and its slopes, with a little of each parameter's square, so that no direction is flat."""
    classes = z.shape[1]

    def loss(x):
        value, miss = cross_entropy(z * x[:classes] + x[classes:], y)
        return value + 5e-9 * (x**2).sum(), np.concatenate([(miss * z).sum(0), miss.sum(0)]) + 1e-8 * x

    return loss


def fit_vector(z, y):
    classes = z.shape[1]
    x = minimum(vector_loss(z, y), np.repeat([1 / best_temperature(z, y), 0], classes), 1e-11)
    return dict(method="vector", scale=x[:classes], shift=x[classes:])


def fit_platt(z, y):
    """Logistic curves over the log-odds of each class, to Platt's targets."""
    odds, each = log_odds(z), []
    for c in range(z.shape[1]):
        x, has = odds[:, c], y == c
        target = np.where(has, (has.sum() + 1) / (has.sum() + 2), 1 / ((~has).sum() + 2))

        def loss(w, x=x, target=target):
            t = w[0] * x + w[1]
            miss = (expit(t) - target) / len(x)
            return (np.logaddexp(0, t) - target * t).mean(), np.array([(miss * x).sum(), miss.sum()])

        each.append(minimum(loss, [1.0, 0.0], 1e-12))
    scale, shift = np.array(each).T
    return dict(method="platt", scale=scale, shift=shift)


def fit_beta(z, y, fitted=None):
    """Curves over ln p and -ln(1 - p) of each class with enough pictures, with slopes of at least 0, to Platt's targets; the others keep p."""
    odds, each = log_odds(z), np.tile([1.0, 1.0, 0.0], (z.shape[1], 1))
    for c in np.flatnonzero(enough(y, z.shape[1]) if fitted is None else fitted):
        x, has = np.stack([-np.logaddexp(0, -odds[:, c]), np.logaddexp(0, odds[:, c]), np.ones(len(y))], 1), y == c
        target = np.where(has, (has.sum() + 1) / (has.sum() + 2), 1 / ((~has).sum() + 2))

        # In units in which the slopes are alike, from 0: the solver stops early elsewhere.
        unit = np.abs(x).max(0)
        x = x / unit

        def loss(w, x=x, target=target):
            t = x @ w
            return (np.logaddexp(0, t) - target * t).mean(), x.T @ (expit(t) - target) / len(x)

        bounds, options = [(0, None), (0, None), (None, None)], dict(maxiter=5000, maxfun=10000, ftol=1e-16, gtol=1e-11)
        each[c] = minimize(loss, np.zeros(3), jac=True, method="L-BFGS-B", bounds=bounds, options=options).x / unit
    return dict(method="beta", a=each[:, 0], b=each[:, 1], c=each[:, 2])


def enough(y, classes):
    """The classes of which there are 20 pictures, and 20 others."""
    count = np.bincount(y, minlength=classes)
    return np.minimum(count, len(y) - count) >= 20


def fit_isotonic(z, y):
    odds, curves = log_odds(z), []
    for c in range(z.shape[1]):
        x, group = np.unique(odds[:, c], return_inverse=True)
        count = np.bincount(group)
        curves.append(dict(at=x, value=isotonic_regression(np.bincount(group, y == c) / count, weights=count).x))
    return dict(method="isotonic", curves=curves, count=len(y))


def structured_loss(start, y, full):
    """The NLL of structured scaling with its ridge, and its slopes; parameters are what the matrix has beyond the identity, then shifts."""
    n, classes = start.shape
    weights = np.where(np.eye(classes, dtype=bool), classes, classes * (classes - 1)) / n

    def loss(d, b):
        value, miss = cross_entropy(start + start @ d.T + b, y)
        slope, shift = miss.T @ start + 2 * weights * d, miss.sum(0) + 2 * classes / n * b
        return value + (weights * d**2).sum() + classes / n * (b**2).sum(), slope if full else np.diag(slope), shift

    return loss


def fit_structured(z, y, full):
    m, classes = fit_mixed(z, y), z.shape[1]
    own = structured_loss(np.log(applied(m, z)), y, full)

    def shaped(x):
        return (x[:-classes].reshape(classes, classes) if full else np.diag(x[:-classes])), x[-classes:]

    def loss(x):
        value, slope, shift = own(*shaped(x))
        return value, np.concatenate([slope.ravel(), shift])

    d, b = shaped(minimum(loss, np.zeros((classes * classes if full else classes) + classes), 1e-14))
    rows = np.eye(classes) + d
    return dict(m, method="structured-matrix", matrix=[dict(row=row) for row in rows], shift=b)


def temperature(tally, row, m, z, y):
    tally.same(EXACT, row["parameter"], best_temperature(z, y))


def mixed_temperature(tally, row, m, z, y):
    tally.same(EXACT, row["parameters"]["temperature"], best_temperature(z, y))
    tally.same(EXACT, row["parameters"]["count"], len(y))


def vector(tally, row, m, z, y):
    """The NLL of the fit is close to the least; the parameters need not be, where it is flat."""
    loss = vector_loss(z, y)
    own, least = (loss(np.concatenate([f["scale"], f["shift"]]))[0] for f in (m, fit_vector(z, y)))
    tally.off(ROUGH, row["parameters"]["scale"], own - least, f"the fit's NLL is {own}, the least {least}")


def platt(tally, row, m, z, y):
    odds, fit = log_odds(z), fit_platt(z, y)
    for c in range(z.shape[1]):
        off = np.abs(expit(m["scale"][c] * odds[:, c] + m["shift"][c]) - expit(fit["scale"][c] * odds[:, c] + fit["shift"][c])).max()
        tally.off(ROUGH, row["parameters"]["scale"][c], off, f"probabilities are off by {off}; here {fit['scale'][c]}, shift {fit['shift'][c]}")


def beta(tally, row, m, z, y):
    odds, fit = log_odds(z), fit_beta(z, y)

    def curve(f, c):
        return expit(-f["a"][c] * np.logaddexp(0, -odds[:, c]) + f["b"][c] * np.logaddexp(0, odds[:, c]) + f["c"][c])

    for c in range(z.shape[1]):
        off = np.abs(curve(m, c) - curve(fit, c)).max()
        tally.off(BETA, row["parameters"]["a"][c], off, f"probabilities are off by {off}; here {[float(fit[k][c]) for k in 'abc']}")


def isotonic(tally, row, m, z, y):
    tally.same(EXACT, row["parameters"]["count"], len(y))
    for c, (curve, fit) in enumerate(zip(m["curves"], fit_isotonic(z, y)["curves"])):
        off = np.abs(np.interp(fit["at"], curve["at"], curve["value"]) - fit["value"]).max()
        tally.off(EXACT, row["parameters"]["curves"][c], off, f"the curve is off by {off}")


def structured(tally, row, m, z, y):
    """At the least of the NLL with its ridge every slope is 0."""
    mixed_temperature(tally, row, m, z, y)
    loss = structured_loss(np.log(mixed(softmax(z / m["temperature"]), m["count"])), y, "matrix" in m)
    _, slope, shift = loss(matrix(m) - np.eye(z.shape[1]), np.array(m["shift"]))
    off = max(np.abs(slope).max(), np.abs(shift).max())
    tally.off(EXACT, row["parameters"]["shift"], off, f"a slope at the fit is {off}, expected 0")


# What is compared more loosely than EXACT.
FAMILY = {"platt": ROUGH, "beta": BETA}
FITS = {"none": lambda z, y: dict(method="none"), "temperature": fit_temperature, "vector": fit_vector, "platt": fit_platt, "beta": fit_beta,
        "isotonic": fit_isotonic, "temperature-mixed": fit_mixed, "structured-vector": lambda z, y: fit_structured(z, y, False),
        "structured-matrix": lambda z, y: fit_structured(z, y, True)}
AGREE = {"none": lambda *_: None, "temperature": temperature, "vector": vector, "platt": platt, "beta": beta, "isotonic": isotonic,
         "temperature-mixed": mixed_temperature, "structured-vector": structured, "structured-matrix": structured}
