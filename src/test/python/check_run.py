"""Computes every figure of a run's report.json again from its predictions.parquet, with NumPy, SciPy and scikit-learn, and
fits every recalibration again; of an evaluation's directory, its figures under the run's calibration.json (the run must be where
the evaluation found it); of a study's directory, every run's and the table's. Exits with 1 where one differs.
Wants: numpy, scipy, scikit-learn, pyarrow (run here with 2.4.6, 1.17.1, 1.9.1, 26.0.1).
usage: check_run.py DIRECTORY..."""
import json
import os
import sys

import numpy as np
import pyarrow.parquet as pq
from scipy.integrate import trapezoid
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import expit, log_softmax, logsumexp, softmax
from scipy.stats import beta, binom, t as student
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

BINS = 15
differ = []
checked = 0


def same(what, found, expected, tolerance=1e-9):
    global checked
    checked += 1
    if found is None or not np.isfinite(found):
        ok = expected is None or not np.isfinite(expected)
    else:
        ok = abs(found - expected) <= tolerance * max(1, abs(expected))
    if not ok:
        differ.append(f"{what}: the report says {found}, this script {expected}")


def gaps(p, hit, closed_at_zero=False):
    """Share, confidence and accuracy of each right-closed bin of equal width that is not empty."""
    index = np.maximum(np.ceil(p * BINS) - 1, 0).astype(int)
    # ceil(p * 15) is off by a rounding error at some edges: put them right.
    index = np.where((index > 0) & (p <= index / BINS), index - 1, index)
    index = np.where(p > (index + 1) / BINS, index + 1, index)
    n = np.bincount(index, minlength=BINS)
    return n, np.bincount(index, p, BINS), np.bincount(index, hit, BINS)


def equal_mass(c, hit):
    order = np.argsort(c, kind="stable")
    c, hit = c[order], hit[order]
    parts = np.array_split(c, min(BINS, len(c)))
    edges = [(a[-1] + b[0]) / 2 for a, b in zip(parts, parts[1:])]
    index = np.searchsorted(edges, c, side="left")
    return [(k.sum(), c[k].mean(), hit[k].mean()) for k in (index == b for b in range(len(parts))) if k.any()]


def figures(p, y):
    rows = np.arange(len(y))
    best = p.argmax(1)
    c, hit = p.max(1), (best == y).astype(float)
    own = p[rows, y][:, None]
    rank = ((p > own) | ((p == own) & (np.arange(p.shape[1]) < y[:, None]))).sum(1)
    n, conf, right = gaps(c, hit)
    k = n > 0
    gap = np.abs(conf[k] - right[k]) / n[k]
    weight = n[k] / len(y)
    mass = equal_mass(c, hit)
    classwise = 0.0
    for j in range(p.shape[1]):
        _, a, b = gaps(p[:, j], (y == j).astype(float))
        classwise += np.abs(a - b).sum() / len(y) / p.shape[1]
    # By falling confidence, of equal ones the wrong first.
    sure = hit[np.lexsort((hit, -c))]
    k = np.arange(1, len(y) + 1)
    aurc, oracle = ((k - np.cumsum(h)) / k for h in (sure, np.sort(hit)[::-1]))
    excess = aurc.mean() - oracle.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        normalized = excess / (1 - hit.mean() - oracle.mean())
    classes = p.shape[1]
    labelled, predicted, hits = (np.bincount(a, minlength=classes) for a in (y, best, y[best == y]))
    present = (labelled > 0) | (predicted > 0)
    recall = hits[labelled > 0] / labelled[labelled > 0]
    precision = hits / np.maximum(predicted, 1)
    f1 = 2 * hits / np.maximum(labelled + predicted, 1)
    debiased = sum(m * ((a - b) ** 2 - b * (1 - b) / (m - 1)) for m, a, b in mass if m > 1) / len(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(p > 0, p * np.log(p), 0).sum(1)
    return dict(error=1 - hit.mean(), top5_error=(rank >= 5).mean(), nll=-np.log(np.maximum(own, np.finfo(float).tiny)).mean(),
                brier=((p - np.eye(p.shape[1])[y]) ** 2).sum(1).mean(), ece=(weight * gap).sum(), mce=gap.max(), rmsce=np.sqrt((weight * gap**2).sum()),
                ece_equal_mass=sum(m * abs(a - b) for m, a, b in mass) / len(y), ece_classwise=classwise, ece_debiased=np.sqrt(max(0, debiased)),
                entropy=entropy.mean(), auroc=roc_auc_score(hit, c) if 0 < hit.sum() < len(hit) else np.nan, mean_confidence=c.mean(),
                aurc=aurc.mean(), aurc_excess=excess, aurc_normalized=normalized, balanced_error=1 - recall.mean(),
                macro_precision=precision[present].mean(), macro_f1=f1[present].mean(),
                **{f"risk_at_{q}": 1 - sure[: int(-(-q * len(y) // 100))].mean() for q in (50, 80, 90, 95)})


def smooth_ece(c, hit):
    """By its definition, the Gaussian kernel reflected at 0 and 1 by its images, on a grid."""
    t = np.linspace(0, 1, 1001)

    def error(sigma):
        total = np.zeros_like(t)
        for m in range(-int(np.ceil(4 * sigma)) - 1, int(np.ceil(4 * sigma)) + 2):
            for sign in (1, -1):
                total += np.exp(-((t[:, None] - sign * c + 2 * m) ** 2) / (2 * sigma**2)) @ (c - hit)
        return trapezoid(np.abs(total) / np.sqrt(2 * np.pi) / sigma / len(c), t)

    return brentq(lambda sigma: error(sigma) - sigma, 1e-3, 1, xtol=1e-7) if error(1e-3) > 1e-3 else None


def corp(c, hit):
    joined = IsotonicRegression(y_min=0, y_max=1).fit_transform(c, hit)
    brier = lambda q: ((q - hit) ** 2).mean()
    return dict(miscalibration=brier(c) - brier(joined), discrimination=brier(hit.mean()) - brier(joined), uncertainty=brier(hit.mean()))


def compare(what, section, p, y):
    for name, value in figures(p, y).items():
        same(f"{what}/{name}", section[name], value)
    if "smooth_ece" in section:
        c, hit = p.max(1), (p.argmax(1) == y).astype(float)
        for name, value in corp(c, hit).items():
            same(f"{what}/corp_{name}", section[f"corp_{name}"], value)
        expected = smooth_ece(c, hit)
        if expected is not None:
            same(f"{what}/smooth_ece", section["smooth_ece"], expected, 1e-4)
    # Random on both sides: 1,000 draws there, 4,000 here.
    c, random = p.max(1), np.random.default_rng(0)
    draws = [sum(abs(a - b) for a, b in zip(*gaps(c, (random.random(len(c)) < c).astype(float))[1:])) / len(c) for _ in range(4000)]
    expected = np.quantile(draws, 0.95)
    same(f"{what}/ece_if_calibrated", section["ece_if_calibrated"] / expected, 1, 0.08)
    n, conf, right = gaps(c, (p.argmax(1) == y).astype(float))
    for b, bin in enumerate(section["bins"]):
        same(f"{what}/bins/{b}/count", bin["count"], n[b])
        if n[b]:
            same(f"{what}/bins/{b}/confidence", bin["confidence"], conf[b] / n[b])
            same(f"{what}/bins/{b}/accuracy", bin["accuracy"], right[b] / n[b])


def intervals(section, p, y):
    random = np.random.default_rng(1)
    for name in ("error", "nll", "ece", "brier", "aurc", "balanced_error"):
        low, high = section["intervals"][name]
        found = []
        for _ in range(400):
            k = np.repeat(np.arange(len(y)), random.poisson(1, len(y)))
            found.append(figures(p[k], y[k])[name])
        a, b = np.quantile(found, [0.025, 0.975])
        for side, limit, expected in (("low", low, a), ("high", high, b)):
            same(f"intervals/{name}/{side}, in widths", (limit - expected) / (b - a), 0, 0.25)


def log_odds(z):
    p = softmax(z, axis=1)
    others = np.stack([np.delete(p, c, 1).sum(1) for c in range(p.shape[1])], 1)
    with np.errstate(divide="ignore"):
        return np.clip(np.log(p) - np.log(others), -40, 40)


def methods_of(report):
    """The figures of each recalibration. A report of version 0.1.0 has them beside the chosen one's name."""
    section = report["recalibrated"]
    return section.get("methods", section)


def recalibrated(report, z, y, zv, yv):
    section, chosen = methods_of(report), report["recalibrated"]["chosen"]
    for name, value in report["recalibrated"].items():
        if value is None or isinstance(value, (int, float)):
            same(f"recalibrated/{name}", value, section[chosen][name])
    classes = z.shape[1]
    nll = lambda logits, labels: -log_softmax(logits, 1)[np.arange(len(labels)), labels].mean()
    methods = [m for m in section if isinstance(section[m], dict)]
    same("chosen is least", section[chosen]["validation_nll"], min(section[m]["validation_nll"] for m in methods))
    compare("recalibrated/none", section["none"], softmax(z, axis=1), y)

    t = section["temperature"]["parameter"]
    best = minimize_scalar(lambda b: nll(zv * np.exp(b), yv), bounds=(-7, 7), method="bounded", options=dict(xatol=1e-9))
    same("temperature", t, float(np.exp(-best.x)), 1e-5)
    compare("recalibrated/temperature", section["temperature"], softmax(z / t, axis=1), y)

    v = section["vector"]["parameters"]
    a, b = np.array(v["scale"]), np.array(v["shift"])

    def loss(x):
        logits = zv * x[:classes] + x[classes:]
        miss = (softmax(logits, axis=1) - np.eye(classes)[yv]) / len(yv)
        return nll(logits, yv), np.concatenate([(miss * zv).sum(0), miss.sum(0)])

    best = minimize(loss, np.concatenate([np.full(classes, 1 / t), np.zeros(classes)]), jac=True, method="L-BFGS-B", options=dict(maxiter=2000))
    same("vector, NLL of the fit over the least", nll(zv * a + b, yv), best.fun, 2e-3)
    compare("recalibrated/vector", section["vector"], softmax(z * a + b, axis=1), y)

    odds, test = log_odds(zv), log_odds(z)
    v = section["platt"]["parameters"]
    a, b = np.array(v["scale"]), np.array(v["shift"])
    iso = section["isotonic"]["parameters"]
    curves = np.empty_like(z)
    for c in range(classes):
        hit = yv == c
        target = np.where(hit, (hit.sum() + 1) / (hit.sum() + 2), 1 / ((~hit).sum() + 2))
        x = odds[:, c]
        fit = minimize(lambda w: (np.logaddexp(0, w[0] * x + w[1]) - target * (w[0] * x + w[1])).mean(), [1, 0], method="BFGS", options=dict(gtol=1e-9))
        same(f"platt/{c}, probabilities", np.abs(expit(a[c] * x + b[c]) - expit(fit.x[0] * x + fit.x[1])).max(), 0, 2e-3)
        regression = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(x, hit.astype(float))
        # The figures go by our points: on their plateaus many probabilities are equal, and a last digit would part them.
        curves[:, c] = np.interp(test[:, c], iso["curves"][c]["at"], iso["curves"][c]["value"])
        same(f"isotonic/{c}, probabilities", np.abs(curves[:, c] - regression.predict(test[:, c])).max(), 0, 1e-6)
    p = expit(a * test + b)
    compare("recalibrated/platt", section["platt"], p / p.sum(1, keepdims=True), y)
    total = curves.sum(1, keepdims=True)
    p = np.where(total > 0, curves / np.where(total > 0, total, 1), 1 / classes)
    p = (len(yv) * p + 1 / classes) / (len(yv) + 1)
    compare("recalibrated/isotonic", section["isotonic"], p, y)


def applied(m, z):
    """Probabilities under a recalibration as calibration.json has it."""
    method, classes = m["method"], z.shape[1]
    if method in ("none", "temperature"):
        return softmax(z / m.get("temperature", 1), axis=1)
    if method == "vector":
        return softmax(z * np.array(m["scale"]) + np.array(m["shift"]), axis=1)
    if method in ("platt", "isotonic", "beta"):
        odds = log_odds(z)
        if method == "beta":
            p = expit(-np.array(m["a"]) * np.logaddexp(0, -odds) + np.array(m["b"]) * np.logaddexp(0, odds) + np.array(m["c"]))
            return p / p.sum(1, keepdims=True)
        if method == "platt":
            p = expit(np.array(m["scale"]) * odds + np.array(m["shift"]))
            return p / p.sum(1, keepdims=True)
        p = np.stack([np.interp(odds[:, c], m["curves"][c]["at"], m["curves"][c]["value"]) for c in range(classes)], 1)
        total = p.sum(1, keepdims=True)
        p = np.where(total > 0, p / np.where(total > 0, total, 1), 1 / classes)
        return (m["count"] * p + 1 / classes) / (m["count"] + 1)
    p = (m["count"] * softmax(z / m["temperature"], axis=1) + 1 / classes) / (m["count"] + 1)
    if method == "temperature-mixed":
        return p
    matrix = np.array([r["row"] for r in m["matrix"]]) if "matrix" in m else np.diag(m["scale"])
    return softmax(np.log(p) @ matrix.T + np.array(m["shift"]), axis=1)


def structured(section, z, y, zv, yv):
    """Structured scaling's figures, and that its fit is at the least of its objective."""
    n, classes = zv.shape
    for name in ("temperature-mixed", "structured-vector", "structured-matrix"):
        if name not in section:
            continue
        m = dict(section[name]["parameters"], method=name)
        same(f"{name}/count", m["count"], n)
        compare(f"recalibrated/{name}", section[name], applied(m, z), y)
        if name == "temperature-mixed":
            continue
        u = np.log(applied(dict(m, method="temperature-mixed"), zv))
        d = (np.array([r["row"] for r in m["matrix"]]) if "matrix" in m else np.diag(m["scale"])) - np.eye(classes)
        b, full = np.array(m["shift"]), "matrix" in m
        weights = np.where(np.eye(classes, dtype=bool), classes, classes * (classes - 1)) / n
        miss = (softmax(u + u @ d.T + b, axis=1) - np.eye(classes)[yv]) / n
        slope = miss.T @ u + 2 * weights * d
        same(f"{name}, slope at the fit", np.abs(slope if full else np.diag(slope)).max(), 0, 1e-4)
        same(f"{name}, slope of the shifts", np.abs(miss.sum(0) + 2 * classes / n * b).max(), 0, 1e-4)


def beta_curves(section, z, y, zv, yv):
    """Beta calibration's figures, and each class's curve: the least NLL with a and b of at least 0, of 20 pictures and 20 of others."""
    if "beta" not in section:
        return
    m = dict(section["beta"]["parameters"], method="beta")
    compare("recalibrated/beta", section["beta"], applied(m, z), y)
    odds = log_odds(zv)
    for c in range(z.shape[1]):
        hit = yv == c
        own = np.array([m[k][c] for k in "abc"])
        if min(hit.sum(), (~hit).sum()) < 20:
            same(f"beta/{c} keeps its p", np.abs(own - [1, 1, 0]).max(), 0)
            continue
        x = np.stack([-np.logaddexp(0, -odds[:, c]), np.logaddexp(0, odds[:, c]), np.ones(len(yv))], 1)
        target = np.where(hit, (hit.sum() + 1) / (hit.sum() + 2), 1 / ((~hit).sum() + 2))

        def loss(w):
            return (np.logaddexp(0, x @ w) - target * (x @ w)).mean(), x.T @ (expit(x @ w) - target) / len(yv)

        fit = minimize(loss, [1, 1, 0], jac=True, method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)], options=dict(maxiter=5000, ftol=1e-16, gtol=1e-11))
        same(f"beta/{c}, NLL of the fit over the least", loss(own)[0], fit.fun, 1e-7)


def score(name, power, z):
    p = softmax(z, axis=1)
    top = np.sort(p, axis=1)
    if name == "p-norm":
        centred = z - z.mean(1, keepdims=True)
        return centred.max(1) / np.linalg.norm(centred, ord=power, axis=1)
    return {"max-probability": lambda: top[:, -1], "margin": lambda: top[:, -1] - top[:, -2], "energy": lambda: logsumexp(z, axis=1),
            "entropy": lambda: np.where(p > 0, p * np.log(np.maximum(p, 1e-300)), 0).sum(1)}[name]()


def selective(report, calibration, z, y):
    section = report["selective"]
    right = applied(calibration, z).argmax(1) == y
    for row in section["scores"]:
        s = score(row["score"], row["power"], z)
        h = right[np.lexsort((right, -s))]
        k = np.arange(1, len(y) + 1)
        # Scores that differ in a last digit may change places.
        same(f"selective/{row['score']}/aurc", row["aurc"], ((k - np.cumsum(h)) / k).mean(), 1e-4)
    s = score(section["score"], section["power"], z)
    held = calibration["selection"]["held_out"]
    for i, row in enumerate(section["thresholds"]):
        answered = s >= row.get("threshold", -np.inf)
        same(f"selective/{i}/coverage", row["coverage"], answered.mean(), 1 / len(y))
        same(f"selective/{i}/held_out_coverage", row["held_out_coverage"], held["count"][i] / held["count"][-1])
        k, n = held["wrong"][i], held["count"][i]
        same(f"selective/{i}/bound", row["bound"], beta.ppf(0.95, k + 1, n - k) if k < n else 1, 1e-6)
    for row in section["promises"]:
        if "coverage" in row:
            # The threshold is tested by the held-out pictures' exact tail.
            i = [t.get("threshold") for t in section["thresholds"]].index(row.get("threshold"))
            k, n = held["wrong"][i], held["count"][i]
            same(f"selective/{row['max_error']}, tail at most 0.05", max(0.05, binom.cdf(k, n, row["max_error"])), 0.05)


def included_at(fitted, z, wanted):
    """Which classes are in each picture's LAC set."""
    folds, scores = np.array(fitted["folds"]), np.array(fitted["scores"])
    own = [1 - applied(m, z) for m in fitted["maps"]]
    below = sum((np.searchsorted(np.sort(scores[folds == f]), q) for f, q in enumerate(own)), np.zeros(z.shape))
    return below < np.ceil(round(wanted * (len(scores) + 1), 9))


def sets(report, calibration, z, y):
    section, fitted = report["sets"], calibration["sets"]
    same("sets/held_out", section["held_out"], len(fitted["scores"]))
    if fitted["method"] != "lac":
        return
    for level in section["levels"]:
        included = included_at(fitted, z, level["wanted"])
        same(f"sets/{level['wanted']}/coverage", level["coverage"], included[np.arange(len(y)), y].mean(), 1 / len(y))
        same(f"sets/{level['wanted']}/size", level["size"], included.sum(1).mean(), 1e-3)
    if "slices" not in section:
        return
    included = included_at(fitted, z, section["wanted"])
    hits, sizes = included[np.arange(len(y)), y], included.sum(1)
    slices = {("classes", name): y == c for name, c in zip(section["classes"], np.unique(y))}
    cat = np.isin(y, [c for name, c in zip(section["classes"], np.unique(y)) if name[0].isupper()])
    slices.update({("species", name): cat if name == "cat" else ~cat for name in section["slices"]["species"]})
    top = softmax(z, axis=1).max(1)
    slices.update({("confidence", f"{20 * b} to {20 * b + 20} %"): np.maximum(np.ceil(top * 5) - 1, 0) == b for b in range(5)})
    for (kind, name), among in slices.items():
        found = section["classes"].get(name) if kind == "classes" else section["slices"][kind].get(name)
        n = int(among.sum())
        same(f"sets/{kind}/{name}/count", found["count"] if found else 0, n)
        if not found or not n:
            continue
        # A score that differs in a last digit may change one picture's set.
        k = round(found["coverage"] * n)
        same(f"sets/{kind}/{name}/covered", k - hits[among].sum(), 0, 1)
        same(f"sets/{kind}/{name}/size, of all pictures", found["size"] * n - sizes[among].sum(), 0, 1.001)
        low, high = beta.ppf(0.025, k, n - k + 1) if k else 0, beta.ppf(0.975, k + 1, n - k) if k < n else 1
        same(f"sets/{kind}/{name}/coverage/low", found["coverage_interval"][0], low, 1e-6)
        same(f"sets/{kind}/{name}/coverage/high", found["coverage_interval"][1], high, 1e-6)
        half = student.ppf(0.975, n - 1) * sizes[among].std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
        same(f"sets/{kind}/{name}/size/high", found["size_interval"][1], sizes[among].mean() + half, max(1e-3, 2 / n))


def shift(report, calibration, of):
    """The cells of corrupted pictures, and the pictures of no known class."""
    section = report["shift"]
    z0, y0, paths = of("test")
    corrupted = set(of("shift-blur-1")[2])
    kept = np.isin(paths, list(corrupted))
    same("shift/pictures", section["pictures"], kept.sum())
    power = {r["score"]: r["power"] for r in report.get("selective", {}).get("scores", [])}
    fitted = calibration.get("sets")

    def common(what, cell, z, y):
        if fitted and fitted["method"] == "lac":
            included = included_at(fitted, z, cell["sets"]["wanted"])
            same(f"{what}/sets/size", cell["sets"]["size"], included.sum(1).mean(), 1e-3)
            same(f"{what}/sets/empty", cell["sets"]["empty"], (included.sum(1) == 0).mean(), 1 / len(z))
            if y is not None:
                hits = included[np.arange(len(y)), y].sum()
                same(f"{what}/sets/coverage", cell["sets"]["coverage"], hits / len(y), 1 / len(y))
                low, high = beta.ppf(0.025, hits, len(y) - hits + 1) if hits else 0, beta.ppf(0.975, hits + 1, len(y) - hits) if hits < len(y) else 1
                same(f"{what}/sets/coverage/low", cell["sets"]["coverage_interval"][0], low, 2 / len(y))
                same(f"{what}/sets/coverage/high", cell["sets"]["coverage_interval"][1], high, 2 / len(y))
        rows = {r["max_error"]: r for r in report.get("selective", {}).get("promises", [])}
        for row in cell.get("promises", []):
            threshold = rows[row["max_error"]].get("threshold", -np.inf)
            answered = score(section["score"], section["power"], z) >= threshold
            same(f"{what}/answered/{row['max_error']}", row["coverage"], answered.mean(), 1 / len(z))
            if y is not None:
                wrong = applied(calibration, z).argmax(1) != y
                same(f"{what}/wrong/{row['max_error']}", row["error"], wrong[answered].mean() if answered.any() else np.nan, 2 / max(1, answered.sum()))

    for cell in section["cells"]:
        what = f"shift/{cell['corruption']}-{cell['strength']}"
        z, y = (z0[kept], y0[kept]) if cell["strength"] == 0 else of(what.replace("/", "-"))[:2]
        p = applied(calibration, z)
        expected = figures(p, y)
        for name in ("error", "nll", "ece"):
            same(f"{what}/{name}", cell[name], expected[name])
        hit = p.argmax(1) == y
        for name, value in cell["auroc"].items():
            s = score(name, power.get(name, 0), z)
            same(f"{what}/auroc/{name}", value, roc_auc_score(hit, s) if 0 < hit.sum() < len(hit) else np.nan, 1e-4)
        h = hit[np.lexsort((hit, -score(section["score"], section["power"], z)))]
        k = np.arange(1, len(y) + 1)
        same(f"{what}/aurc", cell["aurc"], ((k - np.cumsum(h)) / k).mean(), 1e-4)
        common(what, cell, z, y)
    for group in section["unknown"]:
        what = f"shift/{group['split']}"
        z = of(group["split"])[0]
        same(f"{what}/count", group["count"], len(z))
        known = np.repeat([1, 0], [kept.sum(), len(z)])
        for name, value in group["auroc"].items():
            s = score(name, power.get(name, 0), np.concatenate([z0[kept], z]))
            same(f"{what}/auroc/{name}", value, roc_auc_score(known, s), 1e-4)
        common(what, group, z, None)


def kept_epoch(report, epochs, zv, yv):
    """The epoch of the least figure was kept, and its figure is that of the validation predictions."""
    name = report["training"]["kept_by"].replace("-", "_")
    kept = min((e for e in epochs if e["validation"][name] is not None), key=lambda e: e["validation"][name])
    same("training/kept_epoch", report["training"]["kept_epoch"], kept["epoch"])
    nll = lambda t: -log_softmax(zv / t, 1)[np.arange(len(yv)), yv].mean()
    same("validation/nll of the kept epoch", kept["validation"]["nll"], nll(1), 1e-6)
    if name == "nll_after_temperature":
        least = minimize_scalar(lambda x: nll(np.exp(x)), bounds=(-7, 7), method="bounded", options=dict(xatol=1e-9))
        same("validation/nll_after_temperature", kept["validation"][name], least.fun, 1e-6)


def margin(z, y):
    right = z[np.arange(len(y)), y]
    return float((right - (z.sum(1) - right) / (z.shape[1] - 1)).mean())


def run(directory):
    report = json.load(open(os.path.join(directory, "report.json")))
    table = pq.read_table(os.path.join(directory, "predictions.parquet"))
    split = np.array(table["split"].to_pylist())
    labels = table["label"].to_numpy()
    logits = np.stack(table["logits"].to_numpy(zero_copy_only=False)).astype(float)
    p = np.stack(table["probabilities"].to_numpy(zero_copy_only=False))
    of = lambda part: (logits[split == part], labels[split == part], p[split == part])
    z, y, q = of("test")
    same("probabilities are softmax of the logits", np.abs(q - softmax(z, axis=1)).max(), 0, 1e-12)
    same("test/count", report["test"]["count"], len(y))
    compare("test", report["test"], q, y)
    c, hit = q.max(1), q.argmax(1) == y
    order = np.lexsort((hit, -c))
    for point in report["test"]["risk_coverage"]:
        upto = int(np.ceil(round(point["coverage"] * 20) * len(y) / 20))
        same(f"test/risk_coverage/{point['coverage']}", point["risk"], 1 - hit[order][:upto].mean())
    intervals(report["test"], q, y)
    if report["command"] == "evaluate":
        calibration = json.load(open(os.path.join(report["model"]["weights"], "calibration.json")))
        compare("recalibrated", report["recalibrated"], applied(calibration, z), y)
        if "shift" in report:
            path = np.array(table["path"].to_pylist())
            shift(report, calibration, lambda part: (logits[split == part], labels[split == part], path[split == part]))
    elif "recalibrated" in report:
        zv, yv, _ = of("validation" if (split == "validation").any() else "cross-fitted")
        recalibrated(report, z, y, zv, yv)
        structured(methods_of(report), z, y, zv, yv)
        beta_curves(methods_of(report), z, y, zv, yv)
        calibration = json.load(open(os.path.join(directory, "calibration.json")))
        epochs = [json.loads(line) for line in open(os.path.join(directory, "epochs.jsonl"))]
        if "kept_by" in report["training"]:
            kept_epoch(report, epochs, zv, yv)
    if "selective" in report:
        selective(report, calibration, z, y)
    if "sets" in report:
        sets(report, calibration, z, y)
    if "train" in report:
        zt, yt, qt = of("train")
        expected = figures(qt, yt)
        same("train/count", report["train"]["count"], len(yt))
        for name in ("error", "nll", "ece"):
            same(f"train/{name}", report["train"][name], expected[name])
        same("margin/test", report["margin"]["test"], margin(z, y), 1e-6)
        same("margin/train", report["margin"]["train"], margin(zt, yt), 1e-6)
        e, n = report["training"]["smoothing"], logits.shape[1]
        same("margin/optimum", report["margin"]["optimum"], np.log((1 - e + e / n) / (e / n)) if e else None)
    return report


def losses(directory, found):
    """A study of losses: each row from the runs' tables, and differences with intervals by this script's own draws."""
    random = np.random.default_rng(2)
    of = {}
    for row in found["table"]:
        name = row["loss"].translate(str.maketrans(":=,", "---"))
        of[row["loss"]] = []
        for seed in range(found["first_seed"], found["first_seed"] + found["seeds"]):
            place = os.path.join(directory, "runs", f"{name}-seed-{seed}")
            report = run(place)
            calibration = json.load(open(os.path.join(place, "calibration.json")))
            table = pq.read_table(os.path.join(place, "predictions.parquet")).sort_by("path")
            test = np.array(table["split"].to_pylist()) == "test"
            z = np.stack(table["logits"].to_numpy(zero_copy_only=False)).astype(float)[test]
            y = table["label"].to_numpy()[test]
            p = applied(calibration, z)
            power = [r["power"] for r in report["selective"]["scores"] if r["score"] == "p-norm"][0]
            sets = included_at(calibration["sets"], z, 0.95).sum(1) if calibration["sets"]["method"] == "lac" else None
            of[row["loss"]].append(dict(report=report, wrong=p.argmax(1) != y, nll=-np.log(p[np.arange(len(y)), y]), sets=sets,
                                        plain=score("max-probability", 0, z), p_norm=score("p-norm", power, z)))

    def aurc(s, wrong, times):
        order = np.repeat(np.lexsort((~wrong, -s)), times[np.lexsort((~wrong, -s))])
        return (np.cumsum(wrong[order]) / np.arange(1, len(order) + 1)).mean()

    columns = dict(error=lambda r, t: np.average(r["wrong"], weights=t), nll_recalibrated=lambda r, t: np.average(r["nll"], weights=t),
                   aurc=lambda r, t: aurc(r["plain"], r["wrong"], t), aurc_p_norm=lambda r, t: aurc(r["p_norm"], r["wrong"], t),
                   set_size=lambda r, t: np.average(r["sets"], weights=t) if r["sets"] is not None else np.nan)
    first = of[found["table"][0]["loss"]]
    once = np.ones(len(first[0]["wrong"]), int)
    draws = [random.poisson(1, len(once)) for _ in range(400)]
    for row in found["table"]:
        own = of[row["loss"]]
        for name in ("nll", "ece"):
            same(f"{row['loss']}/{name}", row[name], np.mean([r["report"]["test"][name] for r in own]))
        promised = [[p for p in r["report"]["selective"]["promises"] if p["max_error"] == 0.05][0] for r in own]
        for name, key in (("answered", "coverage"), ("answered_error", "error")):
            same(f"{row['loss']}/{name}", row[name], np.mean([p.get(key, np.nan) for p in promised]))
        same(f"{row['loss']}/ece_recalibrated", row["ece_recalibrated"], np.mean([r["report"]["recalibrated"]["ece"] for r in own]))
        for name, column in columns.items():
            value = np.mean([column(r, once) for r in own])
            if np.isfinite(value):
                same(f"{row['loss']}/{name}", row[name], value, 1e-4)
                if len(own) > 1:
                    same(f"{row['loss']}/{name}, deviation", row["deviations"][name], np.std([column(r, once) for r in own], ddof=1), 1e-4)
        pairs = {name: (column, column) for name, column in columns.items()}
        pairs["aurc_p_norm_from_aurc"] = (columns["aurc_p_norm"], columns["aurc"])
        for name, (mine, firsts) in pairs.items():
            apart = [np.mean([mine(r, t) for r in own]) - np.mean([firsts(r, t) for r in first]) for t in [once] + draws]
            if not np.isfinite(apart[0]):
                continue
            difference = row["differences"][name]
            same(f"{row['loss']}/{name}, difference", difference["value"], apart[0], 1e-4)
            low, high = np.quantile(apart[1:], [0.025, 0.975])
            for side, limit, expected in zip(("low", "high"), difference["interval"], (low, high)):
                same(f"{row['loss']}/{name}, {side} in widths", (limit - expected) / max(high - low, 1e-9), 0, 0.3)
            seeds = np.array([mine(a, once) - firsts(b, once) for a, b in zip(own, first)])
            for i, expected in enumerate(seeds):
                same(f"{row['loss']}/{name}, difference of seed {i}", difference["by_seed"][i], expected, 1e-4)
            if len(seeds) > 1:
                # Of the report's own differences, which were just compared: to all digits, for some are below a thousandth.
                seeds = np.array(difference["by_seed"])
                half = student.ppf(0.975, len(seeds) - 1) * np.std(seeds, ddof=1) / np.sqrt(len(seeds))
                same(f"{row['loss']}/{name}, seeds, low", difference["seeds_interval"][0], seeds.mean() - half)
                same(f"{row['loss']}/{name}, seeds, high", difference["seeds_interval"][1], seeds.mean() + half)
    best = {}
    for row in found["table"][1:]:
        name = row["loss"].split(":")[0]
        same(f"{row['loss']}/held_out_nll", row["held_out_nll"], np.mean([r["report"]["recalibrated"]["validation_nll"] for r in of[row["loss"]]]))
        best[name] = min(best.get(name, row), row, key=lambda r: r["held_out_nll"])
    for i, row in enumerate(found["table"]):
        same(f"{row['loss']}/chosen", row["chosen"], i == 0 or best[row["loss"].split(":")[0]] is row)


def study(directory):
    found = json.load(open(os.path.join(directory, "study.json")))
    if "losses" in found:
        losses(directory, found)
        return
    table = json.load(open(os.path.join(directory, "study.json")))["table"]
    reports = [run(os.path.join(directory, "runs", name)) for name in sorted(os.listdir(os.path.join(directory, "runs")))]
    chosen = lambda r: methods_of(r)[r["recalibrated"]["chosen"]] if "recalibrated" in r else r["test"]
    columns = dict(error=lambda r: r["test"]["error"], nll=lambda r: r["test"]["nll"], ece=lambda r: r["test"]["ece"],
                   ece_chosen=lambda r: chosen(r)["ece"], nll_chosen=lambda r: chosen(r)["nll"], ece_if_calibrated=lambda r: chosen(r)["ece_if_calibrated"],
                   error_gap=lambda r: r["test"]["error"] - r["train"]["error"], nll_gap=lambda r: r["test"]["nll"] - r["train"]["nll"],
                   margin_test=lambda r: r["margin"]["test"], margin_train=lambda r: r["margin"]["train"])
    for row in table:
        own = [r for r in reports if r["training"]["smoothing"] == row["smoothing"]]
        for name, column in columns.items():
            values = [column(r) for r in own]
            same(f"smoothing {row['smoothing']}/{name}", row[name]["mean"], np.mean(values))
            if len(values) > 1:
                same(f"smoothing {row['smoothing']}/{name}/spread", row[name]["spread"], np.std(values, ddof=1))
        print(f"smoothing {row['smoothing']}: ECE {row['ece']['mean']:.4f}, recalibrated ({row['chosen']}) {row['ece_chosen']['mean']:.4f},"
              f" if perfectly calibrated up to {row['ece_if_calibrated']['mean']:.4f}")


for given in sys.argv[1:]:
    before, found = checked, len(differ)
    study(given) if os.path.exists(os.path.join(given, "study.json")) else run(given)
    print(f"{given}: {checked - before} figures, {len(differ) - found} differ")
print("\n".join(differ))
sys.exit(1 if differ else 0)
