"""A report by its paths, and what came of comparing its numbers."""
import json
import math

# Figures are compared to this, in parts of the figure where that is above 1. The report's sums are in fixed point, exact to 2^-33 for
# each picture, or in double precision, as here; what is left are the last digits of exponentials and logarithms.
TOLERANCE = 1e-6

# Where more is allowed, and why.
ALLOWED = {
    # Vector scaling stops after 101 passes, Spark MLlib's logistic regression by its own rule, both short of the least by this much: it is
    # the fits that are compared here, by their NLL and their probabilities. The figures of each fit are compared to TOLERANCE.
    "vector and Platt scaling, fitted again": 2e-3,
}


class Part:
    """A part of a JSON document that knows its path."""

    def __init__(self, value, path=""):
        self.value = value
        self.path = path

    def __getitem__(self, key):
        found = self.value[key] if isinstance(key, int) else (self.value or {}).get(key)
        return Part(found, f"{self.path}/{key}")

    def __contains__(self, key):
        return key in (self.value or {})

    def __iter__(self):
        """The parts of an array, or the names of an object's."""
        if isinstance(self.value, dict):
            return iter(self.value)
        return (self[i] for i in range(len(self.value)))

    def numbers(self):
        """The paths of all numbers within."""
        if isinstance(self.value, (dict, list)):
            inner = self.value if isinstance(self.value, dict) else range(len(self.value))
            return [path for key in inner for path in self[key].numbers()]
        number = isinstance(self.value, (int, float)) and not isinstance(self.value, bool)
        return [self.path] if number else []


def read(path):
    """A JSON document of a directory that softlabel wrote."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as e:
        raise SystemExit(f"expected {path}, as softlabel writes it, found none: {e}; give the --out of a finished train, evaluate or study") from e


class Tally:
    """Counts what is compared, by families of figures, and keeps what differs."""

    def __init__(self):
        self.counts = {}
        self.largest = {}
        self.differences = {}
        self.paths = {}
        self.left = []
        self.notes = []

    def same(self, family, part, expected):
        """A number of the report and the one computed here; null is none that exists."""
        self.between(family, part, expected, expected)

    def between(self, family, part, low, high):
        """The same, where two orders are equally right: the number may lie between what they give."""
        found = math.nan if part.value is None else float(part.value)
        missing = [not math.isfinite(v) for v in (found, low, high)]
        if any(missing):
            difference = 0.0 if all(missing) else math.inf
        else:
            difference = max(low - found, found - high, 0.0) / max(1.0, abs(low), abs(high))
        self.off(family, part, difference, f"the report says {part.value}, this script {low if low == high else (low, high)}")

    def off(self, family, part, difference, words):
        """Something of the report that differs from what it should be by this much."""
        self.counts[family] = self.counts.get(family, 0) + 1
        self.largest[family] = max(self.largest.get(family, 0.0), difference)
        self.paths.setdefault(family, []).append(part.path)
        # Not "above": what is no number is no agreement.
        if not difference <= ALLOWED.get(family, TOLERANCE):
            self.differences[part.path] = words

    def finish(self, part, sections, known=lambda path: False):
        """Notes which numbers of these sections nothing was compared with, but for those that are known to say no figure."""
        compared = {path for paths in self.paths.values() for path in paths}
        every = [path for name in sections if name in part for path in part[name].numbers()]
        self.left = [path for path in every if path not in compared and not known(path)]
        if self.left:
            self.notes.append(f"not compared: {len(self.left)} numbers, such as {', '.join(self.left[:3])}")

    def lines(self):
        """A line for each family, and for each difference."""
        out = [f"  {family + ':':44} {count:6} compared, largest difference {self.largest[family]:.1e} of {ALLOWED.get(family, TOLERANCE):.0e} allowed"
               for family, count in self.counts.items()]
        out += [f"  {note}" for note in self.notes]
        return out + [f"  differs: {path}: {words}" for path, words in self.differences.items()]
