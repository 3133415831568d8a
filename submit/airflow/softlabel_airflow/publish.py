"""A gate before a model is published, and publishing."""
from __future__ import annotations

import json
from typing import Any

from airflow.sdk import Asset, BaseOperator, ObjectStoragePath
from airflow.sdk.exceptions import AirflowFailException

from softlabel_airflow.runs import checked, run_folder

FILES = ("model.safetensors", "model.json", "calibration.json", "report.json")


class SoftlabelGateOperator(BaseOperator):
    """The error and the recalibrated ECE of an evaluation, where both are within their limits; fails with the figures where one is not.

    evaluated: what evaluate wrote.
    max_error, max_ece: the limits, from 0 to 1.
    """

    template_fields = ("evaluated", "max_error", "max_ece")

    def __init__(self, *, evaluated: str, max_error: Any, max_ece: Any, **kwargs: Any) -> None:
        super().__init__(**{"retries": 0, **kwargs})
        self.evaluated = evaluated
        self.max_error = max_error
        self.max_ece = max_ece

    def execute(self, context) -> dict[str, float]:
        report = json.loads(ObjectStoragePath(f"{checked('evaluated', self.evaluated)}/report.json").read_text())
        # A model of several labels has its recalibrated figures beside those of its labels; a run without recalibration has none.
        calibrated = report.get("recalibrated") or report.get("labels") or {}
        figures = {"error": report["test"]["error"], "ece": calibrated.get("ece")}
        limits = {"error": float(self.max_error), "ece": float(self.max_ece)}
        # What is no number is over any limit.
        over = [f"expected {name} of at most {limits[name]:.4f}, found {'none' if value is None else format(value, '.4f')}"
                f" on {report['test']['count']} pictures"
                for name, value in figures.items() if value is None or not value <= limits[name]]
        if over:
            raise AirflowFailException("; ".join(over) + "; nothing is published")
        return figures


class SoftlabelPublishOperator(BaseOperator):
    """Copies a run's model to a shelf, in a folder of its own, and names that in current.json, last of all. The asset gets an event with
    the model's path, the run id and the figures, by which other DAGs are scheduled.

    run_dir: the run directory.
    shelf: where published models are kept.
    figures: what the gate gave.
    asset: the asset of the published model.
    """

    template_fields = ("run_dir", "shelf", "figures")

    def __init__(self, *, run_dir: str, shelf: str, figures: Any, asset: Asset, **kwargs: Any) -> None:
        super().__init__(outlets=[asset], **kwargs)
        self.run_dir = run_dir
        self.shelf = shelf
        self.figures = figures
        self.asset = asset

    def execute(self, context) -> str:
        run = ObjectStoragePath(checked("run_dir", self.run_dir))
        shelf = ObjectStoragePath(checked("shelf", self.shelf))
        model = shelf / run_folder(context["run_id"])
        model.mkdir(parents=True, exist_ok=True)
        for file in FILES:
            if (run / file).exists():
                (model / file).write_bytes((run / file).read_bytes())
        said = {"model": str(model), "run_id": context["run_id"], **self.figures}
        (shelf / "current.json").write_text(json.dumps(said, indent=2))
        context["outlet_events"][self.asset].extra = said
        self.log.info("published %s: error %.4f, recalibrated ECE %.4f", model, self.figures["error"], self.figures["ece"])
        return str(model)
