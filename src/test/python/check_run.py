"""Computes every figure of a run's report.json again from its predictions.parquet, with NumPy and SciPy, and fits every recalibration
again; of an evaluation's directory, its figures under the run's calibration.json (the run must be where the evaluation found it); of a
study's directory, every run's and the table's. Prints a line for each family of figures; exits with 1 where one differs.
Wants: numpy, scipy, pyarrow (run here with those of requirements-check.txt).
usage: check_run.py DIRECTORY..."""
import os
import sys

from recomputed import runs, studies


def main(directories):
    if not directories:
        raise SystemExit("expected the --out of a train, evaluate or study, found none; usage: check_run.py DIRECTORY...")
    differ = 0
    for given in directories:
        tallies = studies.check(given) if os.path.exists(os.path.join(given, "study.json")) else {given: runs.check(given)}
        for name, tally in tallies.items():
            print(f"{name}: {sum(tally.counts.values())} figures, {len(tally.differences)} differ")
            print("\n".join(tally.lines()))
            differ += len(tally.differences)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
