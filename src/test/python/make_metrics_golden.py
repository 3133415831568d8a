"""What torchmetrics, netcal, scikit-learn, NumPy, SciPy, relplot and uncertainty-calibration say of the same predictions.
Made with Python 3.11.7, torchmetrics 1.9.0, netcal 1.4.0, scikit-learn 1.9.1, NumPy 2.4.6, uncertainty-calibration 0.1.4,
SciPy 1.17.1, relplot 1.0.3.
usage: make_metrics_golden.py OUT_DIR"""
import json
import os
import sys

os.environ.setdefault("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_FP16")
import calibration
import numpy as np
import relplot
import scipy
import scipy.integrate
import scipy.optimize
import scipy.special
import scipy.stats
import sklearn
import sklearn.metrics as sk
import torch
import torchmetrics
from netcal.metrics import ECE, MCE
from torchmetrics.functional.classification import multiclass_calibration_error

from streams import uniform, whole

BINS = 15


def predictions(name, n, classes, sharpness):
    # Not too near 0: scikit-learn clips probabilities at 2.2e-16 in its logarithm, which is not done here.
    p = uniform(f"{name}/p", n * classes, 0.2, 1).reshape(n, classes) ** sharpness
    p /= p.sum(1, keepdims=True)
    y = np.where(uniform(f"{name}/hit", n, 0, 1) < 0.6, p.argmax(1), whole(f"{name}/y", n, classes))
    return p, y


def edges():
    """Two classes, confidences exactly on bin edges, right and wrong in turn."""
    top = np.repeat(np.arange(8, 16) / 15.0, 3)
    p = np.stack([top, 1 - top], 1)
    return p, np.arange(top.size) % 2


def right_closed(confidence, hit, power):
    total = []
    for b in range(BINS):
        k = (confidence > b / BINS) & (confidence <= (b + 1) / BINS)
        if k.any():
            total.append((k.sum() / confidence.size, abs(confidence[k].mean() - hit[k].mean())))
    if power == 0:
        return max(g for _, g in total)
    return float(sum(w * g**power for w, g in total) ** (1 / power))


def numpy_figures(p, y):
    c, hit = p.max(1), (p.argmax(1) == y).astype(float)
    one = np.eye(p.shape[1])[y]
    classwise = np.mean([right_closed_class(p[:, k], one[:, k]) for k in range(p.shape[1])])
    order = np.lexsort((hit, -c))
    risk = [float(1 - hit[order][: int(np.ceil(q * len(y) / 20))].mean()) for q in range(1, 21)]
    return dict(ece=right_closed(c, hit, 1), mce=right_closed(c, hit, 0), rmsce=right_closed(c, hit, 2), ece_classwise=float(classwise),
                entropy=float(-np.mean(np.sum(np.where(p > 0, p * np.log(np.maximum(p, 1e-300)), 0), 1))), mean_confidence=float(c.mean()), risk_coverage=risk,
                brier=float(((p - one) ** 2).sum(1).mean()), **selective(hit[order]))


def selective(hit):
    """AURC and its kin by their definitions, of hits by falling confidence."""
    n = len(hit)
    area = lambda h: sum((k - sum(h[:k])) / k for k in range(1, n + 1)) / n
    aurc, best = area(hit.tolist()), area(sorted(hit.tolist(), reverse=True))
    out = dict(aurc=aurc, aurc_excess=aurc - best, aurc_normalized=(aurc - best) / (1 - hit.mean() - best))
    for percent in (50, 80, 90, 95):
        k = -(-percent * n // 100)
        out[f"risk_at_{percent}"] = float(1 - hit[:k].mean())
    return {name: float(value) for name, value in out.items()}


def right_closed_class(c, hit):
    total = 0.0
    for b in range(BINS):
        k = (c > b / BINS) & (c <= (b + 1) / BINS)
        if b == 0:
            k |= c == 0
        total += abs(c[k].sum() - hit[k].sum())
    return total / c.size


def references(p, y):
    c, hit = p.max(1), (p.argmax(1) == y).astype(int)
    labels = list(range(p.shape[1]))
    tm = lambda norm: float(multiclass_calibration_error(torch.tensor(p), torch.tensor(y), p.shape[1], n_bins=BINS, norm=norm))
    out = dict(torchmetrics=dict(ece=tm("l1"), rmsce=tm("l2"), mce=tm("max")),
               netcal=dict(ece=float(ECE(BINS).measure(p, y)), mce=float(MCE(BINS).measure(p, y))),
               sklearn=dict(nll=float(sk.log_loss(y, p, labels=labels)), error=float(1 - sk.accuracy_score(y, p.argmax(1))), auroc=float(sk.roc_auc_score(hit, c)), balanced_error=float(1 - sk.balanced_accuracy_score(y, p.argmax(1))),
                            macro_precision=float(sk.precision_score(y, p.argmax(1), average="macro", zero_division=0)),
                            macro_f1=float(sk.f1_score(y, p.argmax(1), average="macro"))),
               uncertainty_calibration=dict(ece=float(calibration.get_ece(p, y)), ece_equal_mass=float(calibration.get_ece_em(p, y)),
                                            ece_debiased=float(calibration.get_calibration_error(p, y, p=2, debias=True, mode="top-label"))))
    if p.shape[1] == 2:  # netcal takes two columns for a binary problem on the second, another question than the top label's
        del out["netcal"]
    if p.shape[1] > 5:
        out["sklearn"]["top5_error"] = float(1 - sk.top_k_accuracy_score(y, p, k=5, labels=labels))
    return out


def smooth_ece(c, hit):
    """Smooth ECE by its definition (Blasiok and Nakkiran, 2023): the Gaussian kernel reflected at 0 and 1 by its images."""
    t = np.linspace(0, 1, 4001)

    def error(sigma):
        images = range(-int(np.ceil(4 * sigma)) - 1, int(np.ceil(4 * sigma)) + 2)
        total = sum(np.exp(-((t[:, None] - sign * c + 2 * m) ** 2) / (2 * sigma**2)) @ (c - hit) for m in images for sign in (1, -1))
        return scipy.integrate.trapezoid(np.abs(total) / np.sqrt(2 * np.pi) / sigma / c.size, t)

    width = scipy.optimize.brentq(lambda sigma: error(sigma) - sigma, 1e-3, 1, xtol=1e-9)
    # relplot's grid counts a confidence of exactly 1 half: of one wrong answer at 1 and one at .6 it makes .735, where one at .999 gives .801.
    other = float(relplot.smECE_sigma(c, hit, 0.1)) if c.max() < 1 else None
    return dict(error=float(error(width)), width=float(width), at_tenth=float(error(0.1)), relplot=other)


def scores(z):
    """Each confidence score of float32 logits, in float64."""
    z = z.astype(np.float32).astype(float)
    p = scipy.special.softmax(z, axis=1)
    top = np.sort(p, axis=1)
    centred = z - z.mean(1, keepdims=True)
    out = dict(MAX_PROBABILITY=top[:, -1], MARGIN=top[:, -1] - top[:, -2], ENTROPY=-scipy.stats.entropy(p, axis=1), ENERGY=scipy.special.logsumexp(z, axis=1))
    for power in (1, 2, 3.5, 10):
        out[f"p_norm {power}"] = centred.max(1) / np.linalg.norm(centred, ord=power, axis=1)
    return {name: values.tolist() for name, values in out.items()}


golden = dict(versions=dict(torchmetrics=torchmetrics.__version__, netcal="1.4.0", sklearn=sklearn.__version__, numpy=np.__version__, uncertainty_calibration="0.1.4"), cases=[])
for name, n, classes, sharpness in [("flat", 400, 10, 3), ("sharp", 1000, 37, 20), ("two", 200, 2, 1), ("few", 17, 6, 8)]:
    p, y = predictions(name, n, classes, sharpness)
    golden["cases"].append(dict(name=name, n=n, classes=classes, sharpness=sharpness, references=dict(references(p, y), numpy=numpy_figures(p, y))))
p, y = edges()
golden["cases"].append(dict(name="edges", n=len(y), classes=2, sharpness=0, references=dict(numpy=numpy_figures(p, y))))
smooth = [dict(case=c["name"], **smooth_ece(p.max(1), (p.argmax(1) == y).astype(float)))
          for c in golden["cases"] for p, y in [edges() if c["name"] == "edges" else predictions(c["name"], c["n"], c["classes"], c["sharpness"])]]
confidence = dict(versions=dict(scipy=scipy.__version__, numpy=np.__version__, relplot="1.0.3"), smooth=smooth, scores=scores(uniform("scores/z", 40 * 12, -9, 9).reshape(40, 12)))
with open(os.path.join(sys.argv[1], "confidence.json"), "w") as f:
    json.dump(confidence, f, indent=1)
with open(os.path.join(sys.argv[1], "metrics.json"), "w") as f:
    json.dump(golden, f, indent=1)
