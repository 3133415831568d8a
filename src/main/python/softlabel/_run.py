"""Run directories, as the command line and `runDir` write them."""

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Union

if TYPE_CHECKING:
    import pandas


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

    @cached_property
    def report(self) -> Dict[str, Any]:
        """`report.json`."""
        return json.loads((self.path / "report.json").read_text(encoding="utf-8"))

    @cached_property
    def epochs(self) -> List[Dict[str, Any]]:
        """The lines of `epochs.jsonl`, one for each epoch."""
        text = (self.path / "epochs.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @cached_property
    def classes(self) -> List[str]:
        """The names of the classes, by label."""
        return json.loads((self.path / "model.json").read_text(encoding="utf-8"))["classes"]

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
            import pyarrow  # noqa: F401
        except ImportError as e:
            raise ImportError(
                "expected pandas and pyarrow to read predictions, found "
                f"{e}; pip install 'softlabel[pandas]'"
            ) from e
        return pandas.read_parquet(folder)

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"
