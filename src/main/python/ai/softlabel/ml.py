"""Spark ML's stages of Softlabel. This module is named like the Java package, so that PySpark's persistence finds it;
import the names from `softlabel`."""

from typing import Any, Dict, List, Optional, TypeVar

from pyspark import keyword_only
from pyspark.ml.evaluation import JavaEvaluator
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel
from pyspark.sql import SparkSession
from pyspark.sql.utils import is_remote

__all__ = [
    "CalibrationEvaluator",
    "ImageClassificationModel",
    "ImageClassificationSummary",
    "ImageClassifier",
    "ProbabilityCalibrator",
    "ProbabilityCalibratorModel",
]


S = TypeVar("S", bound=Params)


def _classic(name: str) -> None:
    """The server of Spark Connect answers no calls of stages that are not Spark's own."""
    if is_remote():
        raise NotImplementedError(
            f"expected a classic Spark session for {name}, which can't be asked over Spark Connect; "
            "read the run directory (runDir) with softlabel.Run"
        )


def _given(values: Dict[str, Any]) -> Dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class ImageClassificationSummary:
    """What training said of a model."""

    def __init__(self, java_summary: Any) -> None:
        self._java = java_summary

    @property
    def objectiveHistory(self) -> List[float]:
        """The mean training loss of each epoch, in nats."""
        return list(self._java.objectiveHistory())

    @property
    def totalIterations(self) -> int:
        """The number of epochs."""
        return int(self._java.totalIterations())

    @property
    def report(self) -> Dict[str, Any]:
        """The run's `report.json`."""
        import json

        report: Dict[str, Any] = json.loads(self._java.report())
        return report


class _ScoringParams(Params):
    """How pictures are scored."""

    featuresCol: "Param[str]" = Param(
        Params._dummy(), "featuresCol", "column of pictures: paths (string), files (binary) or the struct of the image source", typeConverter=TypeConverters.toString
    )

    predictionCol: "Param[str]" = Param(
        Params._dummy(), "predictionCol", "output column of the most probable class, from 0; empty for none", typeConverter=TypeConverters.toString
    )

    probabilityCol: "Param[str]" = Param(
        Params._dummy(), "probabilityCol", "output column of recalibrated probabilities, a vector with one for each class; empty for none", typeConverter=TypeConverters.toString
    )

    rawPredictionCol: "Param[str]" = Param(
        Params._dummy(), "rawPredictionCol", "output column of logits, a vector with one for each class; empty for none", typeConverter=TypeConverters.toString
    )

    handleInvalid: "Param[str]" = Param(
        Params._dummy(), "handleInvalid", "what transform does with a picture that cannot be used: error, skip the row, or keep it with null", typeConverter=TypeConverters.toString
    )

    abstainCol: "Param[str]" = Param(
        Params._dummy(), "abstainCol", "output column of whether the model abstains (boolean), written where maxError or minCoverage is set", typeConverter=TypeConverters.toString
    )

    predictionSetCol: "Param[str]" = Param(
        Params._dummy(), "predictionSetCol", "output column of prediction sets, arrays of class names, written where coverage is set", typeConverter=TypeConverters.toString
    )

    maxError: "Param[float]" = Param(
        Params._dummy(), "maxError", "largest error among the pictures that are answered, in (0, 1); the model abstains from the others", typeConverter=TypeConverters.toFloat
    )

    minCoverage: "Param[float]" = Param(
        Params._dummy(), "minCoverage", "least share of the pictures that is answered, in (0, 1); the model abstains from the others", typeConverter=TypeConverters.toFloat
    )

    coverage: "Param[float]" = Param(
        Params._dummy(), "coverage", "probability with which a prediction set holds the label, in (0, 1)", typeConverter=TypeConverters.toFloat
    )

    def getFeaturesCol(self) -> str:
        """The column of pictures: paths (string), files (binary) or the struct of the image source."""
        return self.getOrDefault(self.featuresCol)

    def setFeaturesCol(self: S, value: str) -> S:
        """Sets the column of pictures: paths (string), files (binary) or the struct of the image source."""
        return self._set(featuresCol=value)

    def getPredictionCol(self) -> str:
        """The output column of the most probable class, from 0; empty for none."""
        return self.getOrDefault(self.predictionCol)

    def setPredictionCol(self: S, value: str) -> S:
        """Sets the output column of the most probable class, from 0; empty for none."""
        return self._set(predictionCol=value)

    def getProbabilityCol(self) -> str:
        """The output column of recalibrated probabilities, a vector with one for each class; empty for none."""
        return self.getOrDefault(self.probabilityCol)

    def setProbabilityCol(self: S, value: str) -> S:
        """Sets the output column of recalibrated probabilities, a vector with one for each class; empty for none."""
        return self._set(probabilityCol=value)

    def getRawPredictionCol(self) -> str:
        """The output column of logits, a vector with one for each class; empty for none."""
        return self.getOrDefault(self.rawPredictionCol)

    def setRawPredictionCol(self: S, value: str) -> S:
        """Sets the output column of logits, a vector with one for each class; empty for none."""
        return self._set(rawPredictionCol=value)

    def getHandleInvalid(self) -> str:
        """What transform does with a picture that cannot be used: error, skip the row, or keep it with null."""
        return self.getOrDefault(self.handleInvalid)

    def setHandleInvalid(self: S, value: str) -> S:
        """Sets what transform does with a picture that cannot be used: error, skip the row, or keep it with null."""
        return self._set(handleInvalid=value)

    def getAbstainCol(self) -> str:
        """The output column of whether the model abstains (boolean), written where maxError or minCoverage is set."""
        return self.getOrDefault(self.abstainCol)

    def setAbstainCol(self: S, value: str) -> S:
        """Sets the output column of whether the model abstains (boolean), written where maxError or minCoverage is set."""
        return self._set(abstainCol=value)

    def getPredictionSetCol(self) -> str:
        """The output column of prediction sets, arrays of class names, written where coverage is set."""
        return self.getOrDefault(self.predictionSetCol)

    def setPredictionSetCol(self: S, value: str) -> S:
        """Sets the output column of prediction sets, arrays of class names, written where coverage is set."""
        return self._set(predictionSetCol=value)

    def getMaxError(self) -> float:
        """The largest error among the pictures that are answered, in (0, 1); the model abstains from the others."""
        return self.getOrDefault(self.maxError)

    def setMaxError(self: S, value: float) -> S:
        """Sets the largest error among the pictures that are answered, in (0, 1); the model abstains from the others."""
        return self._set(maxError=value)

    def getMinCoverage(self) -> float:
        """The least share of the pictures that is answered, in (0, 1); the model abstains from the others."""
        return self.getOrDefault(self.minCoverage)

    def setMinCoverage(self: S, value: float) -> S:
        """Sets the least share of the pictures that is answered, in (0, 1); the model abstains from the others."""
        return self._set(minCoverage=value)

    def getCoverage(self) -> float:
        """The probability with which a prediction set holds the label, in (0, 1)."""
        return self.getOrDefault(self.coverage)

    def setCoverage(self: S, value: float) -> S:
        """Sets the probability with which a prediction set holds the label, in (0, 1)."""
        return self._set(coverage=value)


class ImageClassifier(JavaEstimator[Any], _ScoringParams, JavaMLReadable[Any], JavaMLWritable):
    """Trains an image classifier on the rows of a DataFrame, in the Spark application that is running."""

    labelCol: "Param[str]" = Param(
        Params._dummy(), "labelCol", "column of classes: texts, or whole numbers from 0", typeConverter=TypeConverters.toString
    )
    weightCol: "Param[str]" = Param(
        Params._dummy(), "weightCol", "column of weights in the loss, at least 0; all 1 if not set", typeConverter=TypeConverters.toString
    )
    validationIndicatorCol: "Param[str]" = Param(
        Params._dummy(), "validationIndicatorCol", "boolean column: rows with true are not trained on, but used for recalibration and early stopping", typeConverter=TypeConverters.toString
    )
    nameCol: "Param[str]" = Param(
        Params._dummy(), "nameCol", "column of unique names, for the order of rows and for reports; by default the path, or a hash of the picture", typeConverter=TypeConverters.toString
    )
    architecture: "Param[str]" = Param(
        Params._dummy(), "architecture", "the network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help lists", typeConverter=TypeConverters.toString
    )
    weights: "Param[str]" = Param(
        Params._dummy(), "weights", "path or URI of pretrained weights, a safetensors file with the names of torchvision; from scratch if not set", typeConverter=TypeConverters.toString
    )
    imageSize: "Param[int]" = Param(
        Params._dummy(), "imageSize", "side of the training pictures in pixels, from 64 to 512", typeConverter=TypeConverters.toInt
    )
    testSize: "Param[int]" = Param(
        Params._dummy(), "testSize", "side of the pictures for scoring, at least imageSize; 0 for imageSize", typeConverter=TypeConverters.toInt
    )
    storeSize: "Param[int]" = Param(
        Params._dummy(), "storeSize", "short side at which training pictures are stored, from which random crops are cut, from imageSize to 1024; 0 for that of scoring", typeConverter=TypeConverters.toInt
    )
    testFlip: "Param[bool]" = Param(
        Params._dummy(), "testFlip", "whether scores are averaged over each picture and its mirror image", typeConverter=TypeConverters.toBoolean
    )
    batchSize: "Param[int]" = Param(
        Params._dummy(), "batchSize", "pictures per step, over all replicas", typeConverter=TypeConverters.toInt
    )
    epochs: "Param[int]" = Param(
        Params._dummy(), "epochs", "number of epochs", typeConverter=TypeConverters.toInt
    )
    frozenEpochs: "Param[int]" = Param(
        Params._dummy(), "frozenEpochs", "epochs at the start that train only the head", typeConverter=TypeConverters.toInt
    )
    headPasses: "Param[int]" = Param(
        Params._dummy(), "headPasses", "passes over the cached features in each frozen epoch", typeConverter=TypeConverters.toInt
    )
    freezeNorm: "Param[bool]" = Param(
        Params._dummy(), "freezeNorm", "whether BatchNorm keeps its pretrained statistics; needs weights", typeConverter=TypeConverters.toBoolean
    )
    loss: "Param[str]" = Param(
        Params._dummy(), "loss", "the loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1", typeConverter=TypeConverters.toString
    )
    smoothing: "Param[float]" = Param(
        Params._dummy(), "smoothing", "strength of label smoothing in [0, 1); 0 is plain cross-entropy", typeConverter=TypeConverters.toFloat
    )
    optimizer: "Param[str]" = Param(
        Params._dummy(), "optimizer", "the optimiser: sgd, adamw or lars", typeConverter=TypeConverters.toString
    )
    schedule: "Param[str]" = Param(
        Params._dummy(), "schedule", "the schedule of the learning rate: one-cycle, cosine or step", typeConverter=TypeConverters.toString
    )
    lr: "Param[float]" = Param(
        Params._dummy(), "lr", "peak learning rate of the late stages of the body", typeConverter=TypeConverters.toFloat
    )
    headLrFactor: "Param[float]" = Param(
        Params._dummy(), "headLrFactor", "learning rate of the head as a multiple of lr", typeConverter=TypeConverters.toFloat
    )
    earlyLrFactor: "Param[float]" = Param(
        Params._dummy(), "earlyLrFactor", "learning rate of the stem and the early stages as a multiple of lr", typeConverter=TypeConverters.toFloat
    )
    frozenLr: "Param[float]" = Param(
        Params._dummy(), "frozenLr", "peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor", typeConverter=TypeConverters.toFloat
    )
    weightDecay: "Param[float]" = Param(
        Params._dummy(), "weightDecay", "weight decay, not applied to BatchNorm and biases", typeConverter=TypeConverters.toFloat
    )
    dropout: "Param[float]" = Param(
        Params._dummy(), "dropout", "share of features that are dropped before the head, in [0, 1)", typeConverter=TypeConverters.toFloat
    )
    mixup: "Param[float]" = Param(
        Params._dummy(), "mixup", "parameter of the Beta distribution of mixup; 0 for none", typeConverter=TypeConverters.toFloat
    )
    minScale: "Param[float]" = Param(
        Params._dummy(), "minScale", "least area of a random crop, in (0, 1]", typeConverter=TypeConverters.toFloat
    )
    validation: "Param[float]" = Param(
        Params._dummy(), "validation", "share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0 for none", typeConverter=TypeConverters.toFloat
    )
    folds: "Param[int]" = Param(
        Params._dummy(), "folds", "folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal to epochs", typeConverter=TypeConverters.toInt
    )
    patience: "Param[int]" = Param(
        Params._dummy(), "patience", "epochs without a better validation NLL after which training stops; 0 for never", typeConverter=TypeConverters.toInt
    )
    keepBest: "Param[str]" = Param(
        Params._dummy(), "keepBest", "the figure of the rows held out whose least value chooses the epoch that is kept: nll, nll-after-temperature (refine, then calibrate), or auto for nll with patience and else the last epoch", typeConverter=TypeConverters.toString
    )
    recalibrate: "Param[str]" = Param(
        Params._dummy(), "recalibrate", "the recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta", typeConverter=TypeConverters.toString
    )
    replicas: "Param[int]" = Param(
        Params._dummy(), "replicas", "copies of the network that share each batch; 0 for one per task slot", typeConverter=TypeConverters.toInt
    )
    seed: "Param[int]" = Param(
        Params._dummy(), "seed", "the random seed", typeConverter=TypeConverters.toInt
    )
    maxRejected: "Param[float]" = Param(
        Params._dummy(), "maxRejected", "largest accepted share of pictures that cannot be used", typeConverter=TypeConverters.toFloat
    )
    runDir: "Param[str]" = Param(
        Params._dummy(), "runDir", "where the run directory is written, a path or URI that all executors see; a temporary one, deleted after fit, if not set", typeConverter=TypeConverters.toString
    )

    _input_kwargs: Dict[str, Any]

    @keyword_only
    def __init__(
        self,
        *,
        featuresCol: str = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        weightCol: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        nameCol: Optional[str] = None,
        handleInvalid: str = "error",
        abstainCol: str = "abstain",
        predictionSetCol: str = "predictionSet",
        maxError: Optional[float] = None,
        minCoverage: Optional[float] = None,
        coverage: Optional[float] = None,
        architecture: str = "resnet18",
        weights: Optional[str] = None,
        imageSize: int = 128,
        testSize: int = 0,
        storeSize: int = 0,
        testFlip: bool = False,
        batchSize: int = 32,
        epochs: int = 4,
        frozenEpochs: int = 0,
        headPasses: int = 1,
        freezeNorm: bool = False,
        loss: str = "label-smoothing",
        smoothing: float = 0.1,
        optimizer: str = "sgd",
        schedule: str = "one-cycle",
        lr: float = 0.002,
        headLrFactor: float = 10.0,
        earlyLrFactor: float = 1.0,
        frozenLr: float = 0.0,
        weightDecay: float = 1e-4,
        dropout: float = 0.0,
        mixup: float = 0.0,
        minScale: float = 0.35,
        validation: float = 0.0,
        folds: int = 0,
        patience: int = 0,
        keepBest: str = "auto",
        recalibrate: str = "auto",
        replicas: int = 0,
        seed: int = 1,
        maxRejected: float = 0.05,
        runDir: Optional[str] = None,
    ) -> None:
        """Makes a stage; a value that is not given keeps its default."""
        super().__init__()
        self._java_obj = self._new_java_obj("ai.softlabel.ml.ImageClassifier", self.uid)
        self._setDefault(
            featuresCol="features",
            labelCol="label",
            predictionCol="prediction",
            probabilityCol="probability",
            rawPredictionCol="rawPrediction",
            handleInvalid="error",
            abstainCol="abstain",
            predictionSetCol="predictionSet",
            architecture="resnet18",
            imageSize=128,
            testSize=0,
            storeSize=0,
            testFlip=False,
            batchSize=32,
            epochs=4,
            frozenEpochs=0,
            headPasses=1,
            freezeNorm=False,
            loss="label-smoothing",
            smoothing=0.1,
            optimizer="sgd",
            schedule="one-cycle",
            lr=0.002,
            headLrFactor=10.0,
            earlyLrFactor=1.0,
            frozenLr=0.0,
            weightDecay=1e-4,
            dropout=0.0,
            mixup=0.0,
            minScale=0.35,
            validation=0.0,
            folds=0,
            patience=0,
            keepBest="auto",
            recalibrate="auto",
            replicas=0,
            seed=1,
            maxRejected=0.05,
        )
        self._set(**_given(self._input_kwargs))

    @keyword_only
    def setParams(
        self,
        *,
        featuresCol: str = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        weightCol: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        nameCol: Optional[str] = None,
        handleInvalid: str = "error",
        abstainCol: str = "abstain",
        predictionSetCol: str = "predictionSet",
        maxError: Optional[float] = None,
        minCoverage: Optional[float] = None,
        coverage: Optional[float] = None,
        architecture: str = "resnet18",
        weights: Optional[str] = None,
        imageSize: int = 128,
        testSize: int = 0,
        storeSize: int = 0,
        testFlip: bool = False,
        batchSize: int = 32,
        epochs: int = 4,
        frozenEpochs: int = 0,
        headPasses: int = 1,
        freezeNorm: bool = False,
        loss: str = "label-smoothing",
        smoothing: float = 0.1,
        optimizer: str = "sgd",
        schedule: str = "one-cycle",
        lr: float = 0.002,
        headLrFactor: float = 10.0,
        earlyLrFactor: float = 1.0,
        frozenLr: float = 0.0,
        weightDecay: float = 1e-4,
        dropout: float = 0.0,
        mixup: float = 0.0,
        minScale: float = 0.35,
        validation: float = 0.0,
        folds: int = 0,
        patience: int = 0,
        keepBest: str = "auto",
        recalibrate: str = "auto",
        replicas: int = 0,
        seed: int = 1,
        maxRejected: float = 0.05,
        runDir: Optional[str] = None,
    ) -> "ImageClassifier":
        """Sets params by name."""
        return self._set(**_given(self._input_kwargs))

    def getLabelCol(self) -> str:
        """The column of classes: texts, or whole numbers from 0."""
        return self.getOrDefault(self.labelCol)

    def setLabelCol(self, value: str) -> "ImageClassifier":
        """Sets the column of classes: texts, or whole numbers from 0."""
        return self._set(labelCol=value)

    def getWeightCol(self) -> str:
        """The column of weights in the loss, at least 0; all 1 if not set."""
        return self.getOrDefault(self.weightCol)

    def setWeightCol(self, value: str) -> "ImageClassifier":
        """Sets the column of weights in the loss, at least 0; all 1 if not set."""
        return self._set(weightCol=value)

    def getValidationIndicatorCol(self) -> str:
        """The boolean column: rows with true are not trained on, but used for recalibration and early stopping."""
        return self.getOrDefault(self.validationIndicatorCol)

    def setValidationIndicatorCol(self, value: str) -> "ImageClassifier":
        """Sets the boolean column: rows with true are not trained on, but used for recalibration and early stopping."""
        return self._set(validationIndicatorCol=value)

    def getNameCol(self) -> str:
        """The column of unique names, for the order of rows and for reports; by default the path, or a hash of the picture."""
        return self.getOrDefault(self.nameCol)

    def setNameCol(self, value: str) -> "ImageClassifier":
        """Sets the column of unique names, for the order of rows and for reports; by default the path, or a hash of the picture."""
        return self._set(nameCol=value)

    def getArchitecture(self) -> str:
        """The network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help lists."""
        return self.getOrDefault(self.architecture)

    def setArchitecture(self, value: str) -> "ImageClassifier":
        """Sets the network: resnet18, resnet34, resnet50, resnet101, resnet152, or another that softlabel --help lists."""
        return self._set(architecture=value)

    def getWeights(self) -> str:
        """The path or URI of pretrained weights, a safetensors file with the names of torchvision; from scratch if not set."""
        return self.getOrDefault(self.weights)

    def setWeights(self, value: str) -> "ImageClassifier":
        """Sets the path or URI of pretrained weights, a safetensors file with the names of torchvision; from scratch if not set."""
        return self._set(weights=value)

    def getImageSize(self) -> int:
        """The side of the training pictures in pixels, from 64 to 512."""
        return self.getOrDefault(self.imageSize)

    def setImageSize(self, value: int) -> "ImageClassifier":
        """Sets the side of the training pictures in pixels, from 64 to 512."""
        return self._set(imageSize=value)

    def getTestSize(self) -> int:
        """The side of the pictures for scoring, at least imageSize; 0 for imageSize."""
        return self.getOrDefault(self.testSize)

    def setTestSize(self, value: int) -> "ImageClassifier":
        """Sets the side of the pictures for scoring, at least imageSize; 0 for imageSize."""
        return self._set(testSize=value)

    def getStoreSize(self) -> int:
        """The short side at which training pictures are stored, from which random crops are cut, from imageSize to 1024; 0 for that of scoring."""
        return self.getOrDefault(self.storeSize)

    def setStoreSize(self, value: int) -> "ImageClassifier":
        """Sets the short side at which training pictures are stored, from which random crops are cut, from imageSize to 1024; 0 for that of scoring."""
        return self._set(storeSize=value)

    def getTestFlip(self) -> bool:
        """Whether scores are averaged over each picture and its mirror image."""
        return self.getOrDefault(self.testFlip)

    def setTestFlip(self, value: bool) -> "ImageClassifier":
        """Sets whether scores are averaged over each picture and its mirror image."""
        return self._set(testFlip=value)

    def getBatchSize(self) -> int:
        """The pictures per step, over all replicas."""
        return self.getOrDefault(self.batchSize)

    def setBatchSize(self, value: int) -> "ImageClassifier":
        """Sets the pictures per step, over all replicas."""
        return self._set(batchSize=value)

    def getEpochs(self) -> int:
        """The number of epochs."""
        return self.getOrDefault(self.epochs)

    def setEpochs(self, value: int) -> "ImageClassifier":
        """Sets the number of epochs."""
        return self._set(epochs=value)

    def getFrozenEpochs(self) -> int:
        """The epochs at the start that train only the head."""
        return self.getOrDefault(self.frozenEpochs)

    def setFrozenEpochs(self, value: int) -> "ImageClassifier":
        """Sets the epochs at the start that train only the head."""
        return self._set(frozenEpochs=value)

    def getHeadPasses(self) -> int:
        """The passes over the cached features in each frozen epoch."""
        return self.getOrDefault(self.headPasses)

    def setHeadPasses(self, value: int) -> "ImageClassifier":
        """Sets the passes over the cached features in each frozen epoch."""
        return self._set(headPasses=value)

    def getFreezeNorm(self) -> bool:
        """Whether BatchNorm keeps its pretrained statistics; needs weights."""
        return self.getOrDefault(self.freezeNorm)

    def setFreezeNorm(self, value: bool) -> "ImageClassifier":
        """Sets whether BatchNorm keeps its pretrained statistics; needs weights."""
        return self._set(freezeNorm=value)

    def getLoss(self) -> str:
        """The loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1."""
        return self.getOrDefault(self.loss)

    def setLoss(self, value: str) -> "ImageClassifier":
        """Sets the loss as NAME or NAME:parameter=value, for example max-sup:alpha=0.1."""
        return self._set(loss=value)

    def getSmoothing(self) -> float:
        """The strength of label smoothing in [0, 1); 0 is plain cross-entropy."""
        return self.getOrDefault(self.smoothing)

    def setSmoothing(self, value: float) -> "ImageClassifier":
        """Sets the strength of label smoothing in [0, 1); 0 is plain cross-entropy."""
        return self._set(smoothing=value)

    def getOptimizer(self) -> str:
        """The optimiser: sgd, adamw or lars."""
        return self.getOrDefault(self.optimizer)

    def setOptimizer(self, value: str) -> "ImageClassifier":
        """Sets the optimiser: sgd, adamw or lars."""
        return self._set(optimizer=value)

    def getSchedule(self) -> str:
        """The schedule of the learning rate: one-cycle, cosine or step."""
        return self.getOrDefault(self.schedule)

    def setSchedule(self, value: str) -> "ImageClassifier":
        """Sets the schedule of the learning rate: one-cycle, cosine or step."""
        return self._set(schedule=value)

    def getLr(self) -> float:
        """The peak learning rate of the late stages of the body."""
        return self.getOrDefault(self.lr)

    def setLr(self, value: float) -> "ImageClassifier":
        """Sets the peak learning rate of the late stages of the body."""
        return self._set(lr=value)

    def getHeadLrFactor(self) -> float:
        """The learning rate of the head as a multiple of lr."""
        return self.getOrDefault(self.headLrFactor)

    def setHeadLrFactor(self, value: float) -> "ImageClassifier":
        """Sets the learning rate of the head as a multiple of lr."""
        return self._set(headLrFactor=value)

    def getEarlyLrFactor(self) -> float:
        """The learning rate of the stem and the early stages as a multiple of lr."""
        return self.getOrDefault(self.earlyLrFactor)

    def setEarlyLrFactor(self, value: float) -> "ImageClassifier":
        """Sets the learning rate of the stem and the early stages as a multiple of lr."""
        return self._set(earlyLrFactor=value)

    def getFrozenLr(self) -> float:
        """The peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor."""
        return self.getOrDefault(self.frozenLr)

    def setFrozenLr(self, value: float) -> "ImageClassifier":
        """Sets the peak learning rate of the head in frozen epochs; 0 for lr times headLrFactor."""
        return self._set(frozenLr=value)

    def getWeightDecay(self) -> float:
        """The weight decay, not applied to BatchNorm and biases."""
        return self.getOrDefault(self.weightDecay)

    def setWeightDecay(self, value: float) -> "ImageClassifier":
        """Sets the weight decay, not applied to BatchNorm and biases."""
        return self._set(weightDecay=value)

    def getDropout(self) -> float:
        """The share of features that are dropped before the head, in [0, 1)."""
        return self.getOrDefault(self.dropout)

    def setDropout(self, value: float) -> "ImageClassifier":
        """Sets the share of features that are dropped before the head, in [0, 1)."""
        return self._set(dropout=value)

    def getMixup(self) -> float:
        """The parameter of the Beta distribution of mixup; 0 for none."""
        return self.getOrDefault(self.mixup)

    def setMixup(self, value: float) -> "ImageClassifier":
        """Sets the parameter of the Beta distribution of mixup; 0 for none."""
        return self._set(mixup=value)

    def getMinScale(self) -> float:
        """The least area of a random crop, in (0, 1]."""
        return self.getOrDefault(self.minScale)

    def setMinScale(self, value: float) -> "ImageClassifier":
        """Sets the least area of a random crop, in (0, 1]."""
        return self._set(minScale=value)

    def getValidation(self) -> float:
        """The share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0 for none."""
        return self.getOrDefault(self.validation)

    def setValidation(self, value: float) -> "ImageClassifier":
        """Sets the share of the rows, of each class alike, held out for recalibration and early stopping, in [0, 1); 0 for none."""
        return self._set(validation=value)

    def getFolds(self) -> int:
        """The folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal to epochs."""
        return self.getOrDefault(self.folds)

    def setFolds(self, value: int) -> "ImageClassifier":
        """Sets the folds of cross-fitting for recalibration without rows held out; 0 for none; needs frozenEpochs equal to epochs."""
        return self._set(folds=value)

    def getPatience(self) -> int:
        """The epochs without a better validation NLL after which training stops; 0 for never."""
        return self.getOrDefault(self.patience)

    def setPatience(self, value: int) -> "ImageClassifier":
        """Sets the epochs without a better validation NLL after which training stops; 0 for never."""
        return self._set(patience=value)

    def getKeepBest(self) -> str:
        """The figure of the rows held out whose least value chooses the epoch that is kept: nll, nll-after-temperature (refine, then calibrate), or auto for nll with patience and else the last epoch."""
        return self.getOrDefault(self.keepBest)

    def setKeepBest(self, value: str) -> "ImageClassifier":
        """Sets the figure of the rows held out whose least value chooses the epoch that is kept: nll, nll-after-temperature (refine, then calibrate), or auto for nll with patience and else the last epoch."""
        return self._set(keepBest=value)

    def getRecalibrate(self) -> str:
        """The recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta."""
        return self.getOrDefault(self.recalibrate)

    def setRecalibrate(self, value: str) -> "ImageClassifier":
        """Sets the recalibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta."""
        return self._set(recalibrate=value)

    def getReplicas(self) -> int:
        """The copies of the network that share each batch; 0 for one per task slot."""
        return self.getOrDefault(self.replicas)

    def setReplicas(self, value: int) -> "ImageClassifier":
        """Sets the copies of the network that share each batch; 0 for one per task slot."""
        return self._set(replicas=value)

    def getSeed(self) -> int:
        """The random seed."""
        return self.getOrDefault(self.seed)

    def setSeed(self, value: int) -> "ImageClassifier":
        """Sets the random seed."""
        return self._set(seed=value)

    def getMaxRejected(self) -> float:
        """The largest accepted share of pictures that cannot be used."""
        return self.getOrDefault(self.maxRejected)

    def setMaxRejected(self, value: float) -> "ImageClassifier":
        """Sets the largest accepted share of pictures that cannot be used."""
        return self._set(maxRejected=value)

    def getRunDir(self) -> str:
        """Where the run directory is written, a path or URI that all executors see; a temporary one, deleted after fit, if not set."""
        return self.getOrDefault(self.runDir)

    def setRunDir(self, value: str) -> "ImageClassifier":
        """Sets where the run directory is written, a path or URI that all executors see; a temporary one, deleted after fit, if not set."""
        return self._set(runDir=value)

    def _create_model(self, java_model: Any) -> "ImageClassificationModel":
        return ImageClassificationModel(java_model)


class ImageClassificationModel(JavaModel, _ScoringParams, JavaMLReadable[Any], JavaMLWritable):
    """Classifies the pictures of a DataFrame, which may be a stream."""


    @staticmethod
    def fromRun(uri: str) -> "ImageClassificationModel":
        """The model of a run directory that `softlabel train` or `runDir` wrote."""
        _classic("fromRun")
        spark = SparkSession.getActiveSession()
        if spark is None:
            raise RuntimeError("expected a running Spark session, found none; start one with softlabel.session()")
        jvm: Any = spark._jvm
        java = jvm.ai.softlabel.ml.ImageClassificationModel.fromRun(uri)
        return ImageClassificationModel._from_java(java)

    @property
    def labels(self) -> List[str]:
        """The names of the classes, by label."""
        _classic("labels")
        return list(self._call_java("labels"))

    @property
    def numClasses(self) -> int:
        """The number of classes."""
        _classic("numClasses")
        return int(self._call_java("numClasses"))

    @property
    def calibration(self) -> str:
        """The recalibration: none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta."""
        _classic("calibration")
        return str(self._call_java("calibration"))

    @property
    def hasSummary(self) -> bool:
        """Whether the model has a summary."""
        _classic("hasSummary")
        return bool(self._call_java("hasSummary"))

    @property
    def summary(self) -> ImageClassificationSummary:
        """What training said."""
        _classic("summary")
        java: Any = self._java_obj
        return ImageClassificationSummary(java.summary())


class _CalibrationParams(Params):
    """The columns of a calibration."""

    probabilityCol: "Param[str]" = Param(
        Params._dummy(), "probabilityCol", "input column of probabilities, a vector with one for each class", typeConverter=TypeConverters.toString
    )

    rawPredictionCol: "Param[str]" = Param(
        Params._dummy(), "rawPredictionCol", "input column of logits, taken in place of probabilities if set", typeConverter=TypeConverters.toString
    )

    outputCol: "Param[str]" = Param(
        Params._dummy(), "outputCol", "output column of calibrated probabilities", typeConverter=TypeConverters.toString
    )

    predictionCol: "Param[str]" = Param(
        Params._dummy(), "predictionCol", "output column of the class of the largest calibrated probability; empty for none", typeConverter=TypeConverters.toString
    )

    def getProbabilityCol(self) -> str:
        """The input column of probabilities, a vector with one for each class."""
        return self.getOrDefault(self.probabilityCol)

    def setProbabilityCol(self: S, value: str) -> S:
        """Sets the input column of probabilities, a vector with one for each class."""
        return self._set(probabilityCol=value)

    def getRawPredictionCol(self) -> str:
        """The input column of logits, taken in place of probabilities if set."""
        return self.getOrDefault(self.rawPredictionCol)

    def setRawPredictionCol(self: S, value: str) -> S:
        """Sets the input column of logits, taken in place of probabilities if set."""
        return self._set(rawPredictionCol=value)

    def getOutputCol(self) -> str:
        """The output column of calibrated probabilities."""
        return self.getOrDefault(self.outputCol)

    def setOutputCol(self: S, value: str) -> S:
        """Sets the output column of calibrated probabilities."""
        return self._set(outputCol=value)

    def getPredictionCol(self) -> str:
        """The output column of the class of the largest calibrated probability; empty for none."""
        return self.getOrDefault(self.predictionCol)

    def setPredictionCol(self: S, value: str) -> S:
        """Sets the output column of the class of the largest calibrated probability; empty for none."""
        return self._set(predictionCol=value)


class ProbabilityCalibrator(JavaEstimator[Any], _CalibrationParams, JavaMLReadable[Any], JavaMLWritable):
    """Fits a map from the probabilities or logits of any classifier to calibrated probabilities."""

    labelCol: "Param[str]" = Param(
        Params._dummy(), "labelCol", "column of classes, whole numbers from 0", typeConverter=TypeConverters.toString
    )
    method: "Param[str]" = Param(
        Params._dummy(), "method", "the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta", typeConverter=TypeConverters.toString
    )

    _input_kwargs: Dict[str, Any]

    @keyword_only
    def __init__(
        self,
        *,
        probabilityCol: str = "probability",
        rawPredictionCol: Optional[str] = None,
        outputCol: str = "calibratedProbability",
        predictionCol: str = "calibratedPrediction",
        labelCol: str = "label",
        method: str = "auto",
    ) -> None:
        """Makes a stage; a value that is not given keeps its default."""
        super().__init__()
        self._java_obj = self._new_java_obj("ai.softlabel.ml.ProbabilityCalibrator", self.uid)
        self._setDefault(
            probabilityCol="probability",
            outputCol="calibratedProbability",
            predictionCol="calibratedPrediction",
            labelCol="label",
            method="auto",
        )
        self._set(**_given(self._input_kwargs))

    @keyword_only
    def setParams(
        self,
        *,
        probabilityCol: str = "probability",
        rawPredictionCol: Optional[str] = None,
        outputCol: str = "calibratedProbability",
        predictionCol: str = "calibratedPrediction",
        labelCol: str = "label",
        method: str = "auto",
    ) -> "ProbabilityCalibrator":
        """Sets params by name."""
        return self._set(**_given(self._input_kwargs))

    def getLabelCol(self) -> str:
        """The column of classes, whole numbers from 0."""
        return self.getOrDefault(self.labelCol)

    def setLabelCol(self, value: str) -> "ProbabilityCalibrator":
        """Sets the column of classes, whole numbers from 0."""
        return self._set(labelCol=value)

    def getMethod(self) -> str:
        """The calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta."""
        return self.getOrDefault(self.method)

    def setMethod(self, value: str) -> "ProbabilityCalibrator":
        """Sets the calibration: auto for the one of the least cross-validated NLL, none, temperature, vector, platt, isotonic, temperature-mixed, structured-vector, structured-matrix or beta."""
        return self._set(method=value)

    def _create_model(self, java_model: Any) -> "ProbabilityCalibratorModel":
        return ProbabilityCalibratorModel(java_model)


class ProbabilityCalibratorModel(JavaModel, _CalibrationParams, JavaMLReadable[Any], JavaMLWritable):
    """Maps the probabilities or logits of a classifier to calibrated probabilities."""


    @property
    def calibration(self) -> str:
        """The method that was fitted or chosen."""
        _classic("calibration")
        return str(self._call_java("calibration"))

    @property
    def numClasses(self) -> int:
        """The number of classes."""
        _classic("numClasses")
        return int(self._call_java("numClasses"))


class CalibrationEvaluator(JavaEvaluator, JavaMLReadable[Any], JavaMLWritable):
    """How far probabilities of classes can be trusted; a smaller value is better."""

    metricName: "Param[str]" = Param(
        Params._dummy(), "metricName", "the metric: error, nll, ece, brier or aurc", typeConverter=TypeConverters.toString
    )
    labelCol: "Param[str]" = Param(
        Params._dummy(), "labelCol", "column of classes, whole numbers from 0", typeConverter=TypeConverters.toString
    )
    probabilityCol: "Param[str]" = Param(
        Params._dummy(), "probabilityCol", "column of probabilities, a vector with one for each class", typeConverter=TypeConverters.toString
    )

    _input_kwargs: Dict[str, Any]

    @keyword_only
    def __init__(
        self,
        *,
        metricName: str = "ece",
        labelCol: str = "label",
        probabilityCol: str = "probability",
    ) -> None:
        """Makes a stage; a value that is not given keeps its default."""
        super().__init__()
        self._java_obj = self._new_java_obj("ai.softlabel.ml.CalibrationEvaluator", self.uid)
        self._setDefault(
            metricName="ece",
            labelCol="label",
            probabilityCol="probability",
        )
        self._set(**_given(self._input_kwargs))

    @keyword_only
    def setParams(
        self,
        *,
        metricName: str = "ece",
        labelCol: str = "label",
        probabilityCol: str = "probability",
    ) -> "CalibrationEvaluator":
        """Sets params by name."""
        return self._set(**_given(self._input_kwargs))

    def getMetricName(self) -> str:
        """The metric: error, nll, ece, brier or aurc."""
        return self.getOrDefault(self.metricName)

    def setMetricName(self, value: str) -> "CalibrationEvaluator":
        """Sets the metric: error, nll, ece, brier or aurc."""
        return self._set(metricName=value)

    def getLabelCol(self) -> str:
        """The column of classes, whole numbers from 0."""
        return self.getOrDefault(self.labelCol)

    def setLabelCol(self, value: str) -> "CalibrationEvaluator":
        """Sets the column of classes, whole numbers from 0."""
        return self._set(labelCol=value)

    def getProbabilityCol(self) -> str:
        """The column of probabilities, a vector with one for each class."""
        return self.getOrDefault(self.probabilityCol)

    def setProbabilityCol(self, value: str) -> "CalibrationEvaluator":
        """Sets the column of probabilities, a vector with one for each class."""
        return self._set(probabilityCol=value)

    def isLargerBetter(self) -> bool:
        """False: a smaller value is better."""
        return False
