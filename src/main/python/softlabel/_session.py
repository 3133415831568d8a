"""A Spark session with Softlabel's jar."""

from pathlib import Path
from typing import Optional

from pyspark.sql import SparkSession


def jar() -> str:
    """The path of the jar that this package carries, for `--jars` or `spark.jars` of a session of your own."""
    return str(Path(__file__).parent / "jars" / "softlabel-job.jar")


def session(
    master: Optional[str] = None, app: str = "softlabel", memory: str = "4g", **conf: str
) -> SparkSession:
    """Starts Spark with the jar that this package carries, or joins the session that has it.

    master: a Spark master; without one that of the environment, or local[*].
    memory: heap of the driver, which is the executor too where the master is local.
    conf: further settings, their dots as underscores twice: `spark__sql__shuffle__partitions="4"`.
    """
    running = SparkSession.getActiveSession()
    if running is not None and jar() not in running.conf.get("spark.jars", ""):
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
    return builder.getOrCreate()
