"""Run directories, as the command line and `runDir` write them."""

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Union, cast

from softlabel import _plots

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes


class Run:
    """A finished run in a local folder.

    `Run("target/run").report["test"]["ece"]`, `Run("target/run").predictions`
    """

    def __init__(self, path: Union[str, Path]) -> None:
        self.path = Path(path)
        if not (self.path / "report.json").is_file():
            raise FileNotFoundError(
                f"expected a finished run with report.json at {self.path}, found none; "
                "give the directory that softlabel train wrote"
            )

    def _json(self, name: str) -> Any:
        return json.loads((self.path / name).read_text(encoding="utf-8"))

    @cached_property
    def report(self) -> Dict[str, Any]:
        """`report.json`."""
        return cast(Dict[str, Any], self._json("report.json"))

    @cached_property
    def epochs(self) -> List[Dict[str, Any]]:
        """The lines of `epochs.jsonl`, one for each epoch."""
        text = (self.path / "epochs.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @cached_property
    def classes(self) -> List[str]:
        """The names of the classes, by label."""
        card = self._json("model.json")
        # A model of several labels has another key.
        return cast(List[str], card["labels"] if "labels" in card else card["classes"])

    @cached_property
    def predictions(self) -> "pandas.DataFrame":
        """A row for each prediction: path, label, logits, probabilities, split and partition."""
        folder = self.path / "predictions.parquet"
        if not folder.exists():
            raise FileNotFoundError(
                f"expected {folder}, found none; the run has no test or validation part"
            )
        try:
            import pandas
            import pyarrow  # type: ignore[import-untyped]  # noqa: F401
        except ImportError as e:
            raise ImportError(
                "expected pandas and pyarrow to read predictions, found "
                f"{e}; pip install 'softlabel[pandas]'"
            ) from e
        return pandas.read_parquet(folder)

    def _test(self) -> Dict[str, Any]:
        test = self.report.get("test")
        if not test or not test["count"]:
            raise ValueError(
                f"expected a run with a test part, found none in {self.path}; "
                "train with --split, or run softlabel evaluate on other pictures"
            )
        return cast(Dict[str, Any], test)

    def plot_reliability(self, ax: "Optional[Axes]" = None) -> "Axes":
        """Draws the reliability diagram of the test part: accuracy by mean confidence in 15 bins, as the model gives it and as
        the chosen recalibration does. The area of a point grows with the number of pictures in its bin.

        ax: where to draw; a new figure by default.
        """
        return _plots.reliability(self._test(), self.report.get("recalibrated"), ax)

    def plot_risk_coverage(self, ax: "Optional[Axes]" = None) -> "Axes":
        """Draws the risk-coverage curve of the test part: the error of the most confident share of the pictures, by that
        share, with the error of all of them as a dashed line.

        ax: where to draw; a new figure by default.
        """
        return _plots.risk_coverage(self._test(), ax)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"
