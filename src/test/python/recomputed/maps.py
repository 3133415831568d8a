"""Recalibrations as calibration.json has them: from logits to probabilities."""
import numpy as np
from scipy.special import expit


def total(values):
    """Sums of the rows, from left to right: equal pictures get equal probabilities to the last digit, as in the report."""
    return np.cumsum(values, axis=1)[:, -1:]


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / total(e)


def log_odds(z):
    p = softmax(z)
    others = np.concatenate([total(np.where(np.arange(p.shape[1]) == c, 0, p)) for c in range(p.shape[1])], 1)
    with np.errstate(divide="ignore"):
        return np.clip(np.log(p) - np.log(others), -40, 40)


def normalized(p):
    sums = total(p)
    return np.where(sums > 0, p / np.where(sums > 0, sums, 1), 1 / p.shape[1])


def mixed(p, count):
    return (count * p + 1 / p.shape[1]) / (count + 1)


def matrix(m):
    return np.array([row["row"] for row in m["matrix"]]) if "matrix" in m else np.diag(m["scale"])


def applied(m, z):
    """The probabilities of logits under a recalibration."""
    method = m["method"]
    if method == "none":
        return softmax(z)
    if method == "temperature":
        return softmax(z / m["temperature"])
    if method == "vector":
        return softmax(z * np.array(m["scale"]) + np.array(m["shift"]))
    if method == "platt":
        return normalized(expit(np.array(m["scale"]) * log_odds(z) + np.array(m["shift"])))
    if method == "beta":
        odds = log_odds(z)
        p = expit(-np.array(m["a"]) * np.logaddexp(0, -odds) + np.array(m["b"]) * np.logaddexp(0, odds) + np.array(m["c"]))
        return normalized(p)
    if method == "isotonic":
        odds = log_odds(z)
        curves = [np.interp(odds[:, c], curve["at"], curve["value"]) for c, curve in enumerate(m["curves"])]
        return mixed(normalized(np.stack(curves, 1)), m["count"])
    p = mixed(softmax(z / m["temperature"]), m["count"])
    return p if method == "temperature-mixed" else softmax(np.log(p) @ matrix(m).T + np.array(m["shift"]))
