"""Image classifiers trained on Spark, with calibrated probabilities.

    import softlabel
    spark = softlabel.session()
    pictures = spark.read.format("binaryFile").load("pictures/*/*.jpg")
"""

from ai.softlabel.ml import (
    CalibrationEvaluator,
    ImageClassificationModel,
    ImageClassificationSummary,
    ImageClassifier,
    ProbabilityCalibrator,
    ProbabilityCalibratorModel,
)
from softlabel._run import Run
from softlabel._session import jar, sample, session
from softlabel._version import __version__

__all__ = [
    "CalibrationEvaluator",
    "ImageClassificationModel",
    "ImageClassificationSummary",
    "ImageClassifier",
    "ProbabilityCalibrator",
    "ProbabilityCalibratorModel",
    "Run",
    "__version__",
    "jar",
    "sample",
    "session",
]
