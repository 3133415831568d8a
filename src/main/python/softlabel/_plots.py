"""Diagrams of a run's confidence, by matplotlib."""

from typing import TYPE_CHECKING, Any, Dict, List, Optional

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def _axes(ax: "Optional[Axes]") -> "Axes":
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ImportError as e:
        raise ImportError(
            f"expected matplotlib to draw with, found {e}; pip install 'softlabel[plots]'"
        ) from e
    return pyplot.subplots(figsize=(4.5, 4.5))[1]


def _points(ax: "Axes", bins: List[Dict[str, Any]], label: str, color: str) -> None:
    filled = [b for b in bins if b["count"] > 0]
    total = sum(b["count"] for b in filled)
    confidence = [b["confidence"] for b in filled]
    accuracy = [b["accuracy"] for b in filled]
    ax.plot(confidence, accuracy, color=color, linewidth=1, label=label)
    # An area in proportion to the share of the pictures.
    areas = [12 + 400 * b["count"] / total for b in filled]
    ax.scatter(confidence, accuracy, areas, color=color, alpha=0.6, clip_on=False)


def reliability(
    test: Dict[str, Any], recalibrated: Optional[Dict[str, Any]], ax: "Optional[Axes]"
) -> "Axes":
    """Accuracy by mean confidence, of 15 bins of equal width."""
    drawn = _axes(ax)
    drawn.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    _points(drawn, test["bins"], f"model, ECE {test['ece']:.3f}", "tab:blue")
    if recalibrated is not None and "bins" in recalibrated:
        name = f"{recalibrated['chosen']}, ECE {recalibrated['ece']:.3f}"
        _points(drawn, recalibrated["bins"], name, "tab:orange")
    drawn.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="accuracy")
    drawn.legend(loc="lower right")
    return drawn


def risk_coverage(test: Dict[str, Any], ax: "Optional[Axes]") -> "Axes":
    """The error of the most confident share of the pictures, by that share."""
    drawn = _axes(ax)
    curve = test["risk_coverage"]
    coverage = [p["coverage"] for p in curve]
    risk = [p["risk"] for p in curve]
    drawn.plot(coverage, risk, color="tab:blue", label=f"AURC {test['aurc']:.3f}")
    drawn.axhline(test["error"], color="0.6", linestyle="--", linewidth=1)
    drawn.set(xlim=(0, 1), xlabel="coverage", ylabel="error")
    drawn.set_ylim(bottom=0)
    drawn.legend(loc="upper left")
    return drawn
