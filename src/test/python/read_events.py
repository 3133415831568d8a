"""Prints what TensorBoard reads of a folder of event files, as JSON: for each tag its [step, value] pairs.
usage: read_events.py FOLDER"""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
events.Reload()
tags = events.Tags()
read = {t: [[e.step, e.value] for e in events.Scalars(t)] for t in tags["scalars"]}
# The reader turns older scalars into tensors where it is told so by its version.
read.update({t: [[e.step, float(e.tensor_proto.float_val[0])] for e in events.Tensors(t)] for t in tags.get("tensors", [])})
print(json.dumps(read))
