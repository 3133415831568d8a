"""The answers of a saved pipeline to the pictures of a folder, with all bits: answer_saved.py PIPELINE PICTURES ANSWERS."""

import struct
import sys
from pathlib import Path

import softlabel
from pyspark.ml import PipelineModel
from pyspark.sql.functions import regexp_extract

saved, pictures, out = sys.argv[1:]


def bits(vector):
    return "".join(f"{struct.unpack('>Q', struct.pack('>d', v))[0]:x}," for v in vector)


spark = softlabel.session(master="local[2]", memory="2g", spark__ui__enabled="false")
files = spark.read.format("binaryFile").option("pathGlobFilter", "*.jpg").load(pictures)
rows = files.withColumn("breed", regexp_extract("path", r"([^/]+)_\d+\.jpg$", 1))
answers = PipelineModel.load(saved).transform(rows).select("path", "prediction", "rawPrediction", "probability")
lines = [f"{Path(r[0]).name}\t{int(r[1])} {bits(r[2])} {bits(r[3])}\n" for r in answers.collect()]
Path(out).write_text("".join(sorted(lines)))
spark.stop()
