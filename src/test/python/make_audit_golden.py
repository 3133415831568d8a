"""Writes src/test/resources/golden/audit.json: which labels cleanlab finds likely wrong.

    pip install cleanlab==2.9.0
    python make_audit_golden.py
"""

import json
import pathlib

import cleanlab
import cleanlab.multilabel_classification.filter as multilabel
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


def several(seed, pictures, classes, noise, sharpness, rare=False):
    """Pictures of several labels, some of them changed, and the sigmoid of noisy logits of the true ones.

    https://docs.cleanlab.ai/stable/cleanlab/multilabel_classification/filter.html says what is found: by class, and in any class.
    """
    rng = np.random.default_rng(seed)
    truth = rng.random((pictures, classes)) < rng.uniform(0.1, 0.6, classes)
    if rare:
        # A class of no picture, and one of a single one.
        truth[:, -1] = False
        truth[:, -2] = np.arange(pictures) == 7
    wrong = rng.random((pictures, classes)) < noise
    wrong[:, classes - 2 if rare else classes :] = False
    has = truth ^ wrong
    logits = rng.normal(size=(pictures, classes)) + sharpness * (truth - 0.5)
    p = np.round(1 / (1 + np.exp(-logits)), 7)
    labels = [np.flatnonzero(row).tolist() for row in has]
    by_class = multilabel.find_multilabel_issues_per_class(labels, p, n_jobs=1)
    found = multilabel.find_label_issues(labels, p, n_jobs=1)
    return {
        "labels": labels,
        "probabilities": p.tolist(),
        "issues_by_class": [np.flatnonzero(column).tolist() for column in by_class.T],
        "issues": np.flatnonzero(found).tolist(),
    }


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
    of_several = [
        several(11, 120, 3, 0.1, 4),
        several(12, 200, 6, 0.05, 5),
        several(13, 150, 5, 0.2, 3, rare=True),
        several(14, 100, 2, 0, 2),
    ]
    OUT.write_text(json.dumps({"cleanlab": cleanlab.__version__, "cases": cases, "several": of_several}))
    print([len(c["issues"]) for c in cases], [len(c["issues"]) for c in of_several])


if __name__ == "__main__":
    main()
