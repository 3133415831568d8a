"""That check_run.py finds the figures of these directories right, every number of their reports compared, and then a wrong figure of
each family, which is planted.
usage: test_check_run.py DIRECTORY..."""
import copy
import os
import sys

from recomputed import runs, studies
from recomputed.tally import ALLOWED, TOLERANCE, read

# A planted figure is off by so many times what its family allows.
TIMES = 500


def at(document, path):
    """The object or array that holds a path's number, and its key there."""
    *outer, last = path.split("/")[1:]
    for key in outer:
        document = document[int(key) if isinstance(document, list) else key]
    return document, int(last) if isinstance(document, list) else last


def is_number(document, path):
    holder, key = at(document, path)
    return isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool)


def planted(document, tally):
    """A copy with a wrong number of each family that has one, and their paths."""
    wrong, paths = copy.deepcopy(document), {}
    for family, all_of in tally.paths.items():
        numbers = [path for path in all_of if is_number(document, path) and path not in paths.values()]
        if numbers:
            paths[family] = numbers[0]
            holder, key = at(wrong, numbers[0])
            holder[key] += TIMES * ALLOWED.get(family, TOLERANCE) * max(1, abs(holder[key]))
    return wrong, paths


def test(directory):
    study = os.path.exists(os.path.join(directory, "study.json"))
    compare = studies.compare if study else runs.compare
    document = read(os.path.join(directory, "study.json" if study else "report.json"))
    tally = compare(directory, document)
    print(f"{directory}: {sum(tally.counts.values())} figures")
    print("\n".join(tally.lines()))
    if tally.differences or tally.left:
        sys.exit(1)
    wrong, paths = planted(document, tally)
    found = compare(directory, wrong).differences
    missed = {family: paths.get(family) for family in tally.counts if paths.get(family) not in found}
    if missed:
        sys.exit(f"planted a wrong figure of each family, and did not find those of {missed}")
    print(f"{directory}: planted a wrong figure of each of {len(paths)} families, and found them")


for given in sys.argv[1:]:
    test(given)
