"""What PyTorch, scikit-learn and SciPy say of pictures of several labels.
Made with Python 3.11.7, PyTorch 2.15.0, scikit-learn 1.9.1, SciPy 1.17.1, NumPy 2.4.6.
usage: make_labels_golden.py OUT_DIR"""
import json
import os
import sys

import numpy as np
import scipy
import scipy.optimize
import scipy.special
import sklearn
import sklearn.metrics as sk
import torch
from sklearn.linear_model import LogisticRegression

from streams import uniform, whole

BINS = 15


def loss_case(i):
    """BCEWithLogitsLoss on smoothed targets, its gradient by autograd."""
    s = f"several/loss/{i}"
    n, c, epsilon = [1, 3, 8][i % 3], [2, 5, 12][i // 3 % 3], [0.0, 0.1, 0.3][i // 9]
    x = torch.tensor((uniform(s + "/x", n * c) * [1, 8][i % 2]).reshape(n, c), requires_grad=True)
    y = torch.tensor(whole(s + "/y", n * c, 2).reshape(n, c).astype(np.float64))
    loss = torch.nn.BCEWithLogitsLoss()(x, y * (1 - epsilon) + epsilon / 2)
    loss.backward()
    return dict(epsilon=epsilon, logits=x.tolist(), targets=y.tolist(), loss=loss.item(), gradient=x.grad.tolist())


def figures(p, y, threshold):
    said = p >= threshold
    out = {}
    for average in ("macro", "micro"):
        of = lambda f: float(f(y, said, average=average, zero_division=0))
        out[average] = dict(precision=of(sk.precision_score), recall=of(sk.recall_score), f1=of(sk.f1_score),
                            average_precision=float(sk.average_precision_score(y, p, average=average)))
    return out


def ece(p, y):
    total = 0.0
    for b in range(BINS):
        k = (p > b / BINS) & (p <= (b + 1) / BINS)
        total += abs(p[k].sum() - y[k].sum())
    return float(total / len(p))


def curves(z, y):
    """One label's temperature and Platt's curve, by SciPy and scikit-learn."""
    nll = lambda log: np.logaddexp(0, np.exp(-log) * z).sum() - (np.exp(-log) * z * y).sum()
    temperature = np.exp(scipy.optimize.minimize_scalar(nll, bounds=(np.log(1e-3), np.log(1e3)), method="bounded", options=dict(xatol=1e-12)).x)
    up, down = (y.sum() + 1) / (y.sum() + 2), 1 / ((1 - y).sum() + 2)
    target = np.where(y == 1, up, down)
    fit = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    fit.fit(np.concatenate([z, z])[:, None], np.repeat([1, 0], len(z)), sample_weight=np.concatenate([target, 1 - target]))
    precision, recall, thresholds = sk.precision_recall_curve(y, scipy.special.expit(z))
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    return dict(temperature=float(temperature), scale=float(fit.coef_[0, 0]), shift=float(fit.intercept_[0]), best_f1=float(f1.max()),
                average_precision=float(sk.average_precision_score(y, z)), nll=float(sk.log_loss(y, scipy.special.expit(z), labels=[0, 1])), ece=ece(scipy.special.expit(z), y))


def case(name, n, c, sharpness):
    z = (uniform(f"several/{name}/z", n * c) * sharpness).astype(np.float32).reshape(n, c)
    if name == "ties":
        z = np.round(z)
    # Some labels are rarer than others, and logits are over-confident.
    p = scipy.special.expit(z.astype(float) * 0.6 - np.arange(c) * 0.5)
    y = (uniform(f"several/{name}/y", n * c, 0, 1).reshape(n, c) < p).astype(int)
    probabilities = scipy.special.expit(z.astype(float))
    return dict(name=name, logits=z.astype(float).tolist(), labels=y.tolist(), figures=figures(probabilities, y, 0.5),
                each=[curves(z[:, k].astype(float), y[:, k]) for k in range(c)])


golden = dict(torch=torch.__version__.split("+")[0], sklearn=sklearn.__version__, scipy=scipy.__version__, loss=[loss_case(i) for i in range(27)],
              cases=[case("flat", 120, 4, 3), case("sharp", 90, 6, 8), case("ties", 80, 3, 4)])
with open(os.path.join(sys.argv[1], "labels.json"), "w") as f:
    json.dump(golden, f)
