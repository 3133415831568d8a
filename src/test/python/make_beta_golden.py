"""What betacal says of beta calibration, and SciPy's minimum by the paper's definition. Made with Python 3.11.7, betacal 1.1.0 (MIT),
scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6.
usage: make_beta_golden.py OUT_DIR"""
import functools
import json
import os
import sys
from importlib.metadata import version

import betacal.beta_calibration
import numpy as np
from betacal import BetaCalibration
from scipy.optimize import minimize
from scipy.special import expit, softmax
from sklearn.linear_model import LogisticRegression

from streams import uniform

THEIRS = betacal.beta_calibration.LogisticRegression
# The authors' code with a solver that stops later: scikit-learn's default leaves curves some 1e-4 off.
EXACT = functools.partial(LogisticRegression, solver="newton-cholesky", tol=1e-13, max_iter=1000)
ENOUGH = 20


def features(p):
    return np.stack([np.log(p), -np.log1p(-p), np.ones_like(p)], 1)


def targets(hit):
    """Platt's, as two weighted rows for each picture."""
    n = hit.sum()
    return np.where(hit, (n + 1) / (n + 2), 1 / (len(hit) - n + 2))


def by_betacal(p, hit, new, solver):
    betacal.beta_calibration.LogisticRegression = solver
    t = targets(hit)
    fitted = BetaCalibration(parameters="abm").fit(np.concatenate([p, p]), np.repeat([1, 0], len(p)), np.concatenate([t, 1 - t]))
    return fitted.predict(new)


def by_scipy(p, hit):
    """The least NLL with a and b of at least 0: the same as the paper's refit wherever one of them is below 0."""
    x, t = features(p), targets(hit)

    def nll(w):
        z = x @ w
        return (np.logaddexp(0, z) - t * z).mean(), x.T @ (expit(z) - t) / len(t)

    return minimize(nll, [1, 1, 0], jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)],
                    options=dict(maxiter=10000, maxfun=100000, maxcor=30, ftol=0, gtol=1e-13)).x


def case(name, n, m, classes, bend):
    decimals = uniform(name + "/z", (n + m) * classes, -4, 4).round(3).reshape(n + m, classes)
    z = decimals.astype(np.float32).astype(float)
    y = (softmax(bend(z), axis=1).cumsum(1) < uniform(name + "/y", n + m, 0, 1)[:, None]).sum(1).clip(0, classes - 1)
    p, labels = softmax(z, axis=1), y[:n]
    curves, loose, held = p[n:].copy(), p[n:].copy(), []
    off = 0
    for c in range(classes):
        hit = labels == c
        if min(hit.sum(), n - hit.sum()) < ENOUGH:
            held.append("p")
            continue
        curves[:, c] = by_betacal(p[:n, c], hit, p[n:, c], EXACT)
        loose[:, c] = by_betacal(p[:n, c], hit, p[n:, c], THEIRS)
        w = by_scipy(p[:n, c], hit)
        held.append("".join(letter for letter, v in zip("ab", w) if v == 0))
        off = max(off, np.abs(expit(features(p[n:, c]) @ w) - curves[:, c]).max())
    assert off < 1e-7, off
    print(name, "pictures", np.bincount(labels, minlength=classes), "held at 0", held, "SciPy", off, "betacal's own solver", np.abs(loose - curves).max())
    return dict(name=name, n=n, new=m, classes=classes, logits=decimals.tolist(), labels=labels.tolist(), held=held, curves=curves.tolist(),
                probabilities=(curves / curves.sum(1, keepdims=True)).tolist(), betacal=loose.tolist())


def bent(z):
    """Too sure, and the second class turns where its p is small, the third where it is large."""
    out = 0.5 * z + np.linspace(-0.5, 0.5, z.shape[1])
    out[:, 1] = np.abs(z[:, 1]) - 1
    out[:, 2] = -np.abs(z[:, 2]) + 1.5
    return out


def rare(z):
    out = 1.6 * z
    out[:, 0] -= 6
    return out


def parted(z):
    """Labels of the largest logit, but for few: p parts the classes."""
    return 40 * z


cases = [case("beta/bent", 500, 20, 5, bent), case("beta/rare", 300, 20, 4, rare), case("beta/parted", 150, 20, 3, parted)]
with open(os.path.join(sys.argv[1], "beta.json"), "w") as f:
    json.dump(dict(versions={name: version(name) for name in ("betacal", "scikit-learn", "scipy", "numpy")}, cases=cases), f)
