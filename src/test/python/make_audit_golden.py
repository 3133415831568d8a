"""Writes src/test/resources/golden/audit.json: which labels cleanlab finds likely wrong.

    pip install cleanlab==2.9.0
    python make_audit_golden.py
"""

import json
import pathlib

import cleanlab
import numpy as np

# cleanlab rounds counts by an argsort. Where several are as near to the next whole number, numpy's default order depends on the
# processor; the stable one does not.
argsort = np.argsort
np.argsort = lambda values, *rest, **more: argsort(values, kind="stable")

OUT = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "audit.json"


def case(seed, pictures, classes, noise, sharpness, rare=False):
    """Labels with some of them changed, and the softmax of noisy logits of the true classes."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, pictures)
    if rare:
        # A class of one picture, and one of none.
        truth[truth >= classes - 2] = 0
        truth[0] = classes - 2
    labels = truth.copy()
    wrong = rng.random(pictures) < noise
    wrong[0] = False
    labels[wrong] = rng.integers(0, classes - 2 if rare else classes, wrong.sum())
    logits = rng.normal(size=(pictures, classes))
    logits[np.arange(pictures), truth] += sharpness
    p = np.exp(logits)
    p = np.round(p / p.sum(axis=1, keepdims=True), 7)
    found = cleanlab.filter.find_label_issues(labels, p, n_jobs=1)
    return {"labels": labels.tolist(), "probabilities": p.tolist(), "issues": np.flatnonzero(found).tolist()}


def main():
    cases = [
        case(1, 120, 3, 0.1, 3),
        case(2, 200, 5, 0.05, 4),
        case(3, 200, 5, 0.3, 2),
        case(4, 150, 8, 0.1, 3, rare=True),
        case(5, 300, 10, 0.08, 3.5),
        case(6, 250, 4, 0, 1),
        case(7, 100, 2, 0.2, 2),
        case(8, 300, 12, 0.15, 2.5, rare=True),
    ]
    OUT.write_text(json.dumps({"cleanlab": cleanlab.__version__, "cases": cases}))
    print([len(c["issues"]) for c in cases])


if __name__ == "__main__":
    main()
