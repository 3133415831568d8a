"""A Spark session with Softlabel's jar, and pictures to try it on."""

import os
from pathlib import Path
from typing import Any, Optional

from pyspark.sql import DataFrame, SparkSession


def jar() -> str:
    """The path of the jar that this package carries, for `--jars` or `spark.jars` of a session of your own."""
    return str(Path(__file__).parent / "jars" / "softlabel-job.jar")


def session(
    master: Optional[str] = None, app: str = "softlabel", memory: str = "4g", **conf: str
) -> SparkSession:
    """Starts Spark with the jar that this package carries, or joins the session that has it.

    - master: a Spark master; without one that of the environment, or local[*].
    - memory: heap of the driver, which is the executor too where the master is local.
    - conf: further settings, their dots as underscores twice: `spark__sql__shuffle__partitions="4"`.
    """
    running = SparkSession.getActiveSession()
    if running is not None and jar() not in (running.conf.get("spark.jars", "") or ""):
        raise RuntimeError(
            "expected no Spark session, or one with softlabel's jar, found another one; "
            "start yours with spark.jars=" + jar()
        )
    builder = SparkSession.builder.appName(app).config("spark.jars", jar())
    if master is not None:
        builder = builder.master(master)
    builder = builder.config("spark.driver.memory", memory)
    for name, value in conf.items():
        builder = builder.config(name.replace("__", "."), value)
    home = os.environ.get("SPARK_HOME")
    if home is not None and not (Path(home) / "bin" / "spark-submit").exists():
        # PySpark would start that program; without the variable it takes its own Spark.
        del os.environ["SPARK_HOME"]
    return builder.getOrCreate()


def sample(classes: int = 37) -> DataFrame:
    """The built-in sample: small drawn pictures of made-up breeds, to try things on.

    A row for each picture: `path` (string), `content` (binary, a JPEG file), `breed` (string) and `test` (boolean: whether it
    is in the sample's test part).

    classes: how many breeds, from the first.
    """
    spark = session()
    jvm: Any = spark._jvm
    listing = jvm.ai.softlabel.data.Layouts.list(None, jvm.org.apache.hadoop.conf.Configuration())
    breeds, source = list(listing.classes()), listing.source()
    rows = [
        (e.name(), bytes(source.read(e.name())), breeds[e.label()], e.official().toString() == "TEST")
        for e in listing.entries()
        if e.label() < classes
    ]
    return spark.createDataFrame(rows, "path string, content binary, breed string, test boolean")
