"""The DAG's integrity, in a real Airflow: it imports without an error or a warning of its own, its tasks depend on each other as
they should, its params refuse what is out of range, and every option it passes is one that the command has. Then the tests of the
operators, which need the same Airflow.
usage: PYTHONPATH=submit/airflow dag_integrity.py (in the repository's root, with Airflow's environment)"""
import re
import subprocess
import sys
import unittest

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError

import test_airflow

bag = DagBag("submit/airflow")
assert not bag.import_errors, bag.import_errors
dag = bag.dags["softlabel_pets"]
edges = {t.task_id: t.downstream_task_ids for t in dag.tasks}
assert edges == {"inspect": {"train"}, "train": {"calibrate"}, "calibrate": {"evaluate"}, "evaluate": {"gate"}, "gate": {"publish"}, "publish": set()}, edges
assert dag.get_task("gate").retries == 0 and dag.get_task("train").retries >= 1

wrong = [("max_error", 1.5), ("max_error", "low"), ("max_ece", -0.1), ("data", ""), ("seed", 0.5), ("replicas", 0), ("driver_memory", "much"), ("profile", "../x")]
for name, value in wrong:
    try:
        dag.params[name] = value
        dag.params.validate()
    except (ParamValidationError, ValueError):
        continue
    sys.exit(f"{name}={value!r} was taken")

for task in dag.tasks:
    options = [a for a in getattr(task, "application_args", None) or [] if a.startswith("--")]
    if options:
        help_text = subprocess.run(["submit/softlabel", task.task_id, "--help"], capture_output=True, text=True, check=True).stdout
        for option in options:
            assert re.search(rf"^  {option}\b", help_text, re.M), f"{task.task_id} has no {option}"
if not unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromModule(test_airflow)).wasSuccessful():
    sys.exit("the operators do not hold")
print("the DAG holds together")
