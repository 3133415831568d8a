"""The program's random numbers (Seeds.java, java.util.SplittableRandom), which depend on names and counters alone."""
import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
FOLDS = 5


def mix(z):
    # Sums and products of 64 bits drop what is above them.
    with np.errstate(over="ignore"):
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def texts(names):
    """A hash of each name's UTF-16 units."""
    units = [np.frombuffer(name.encode("utf-16-le"), dtype="<u2").astype(np.uint64) for name in names]
    length = np.array([len(u) for u in units], dtype=np.uint64)
    table = np.zeros((len(units), int(length.max(initial=0))), dtype=np.uint64)
    for row, u in zip(table, units):
        row[: len(u)] = u
    h = length.copy()
    with np.errstate(over="ignore"):
        for i in range(table.shape[1]):
            h = np.where(i < length, mix(h * np.uint64(31) + table[:, i] + GOLDEN), h)
    return h


def keys(seed, purpose, hashed):
    """The 64 bits that a purpose has for each name, of which texts() gave the hash."""
    with np.errstate(over="ignore"):
        return mix((mix(mix(np.uint64([seed]) + GOLDEN) ^ texts([purpose])) + GOLDEN) ^ hashed)


def chances(bits):
    """From 64 bits a number from 0, below 1."""
    return (bits >> np.uint64(11)).astype(float) * 2.0**-53


def poisson(bits):
    """Numbers of mean 1: how often a bootstrap draws each picture."""
    each = np.exp(-1.0) / np.cumprod([1.0] + [float(k) for k in range(1, 20)])
    return np.searchsorted(np.cumsum(each), chances(bits), side="right")


def replicates(names, count=200):
    """How often each picture is in each of a bootstrap's draws."""
    hashed = texts(names)
    return [poisson(keys(r, "bootstrap", hashed)) for r in range(count)]


def uniform(seeds, count):
    """The first numbers of the SplittableRandom of each seed, a row for each."""
    with np.errstate(over="ignore"):
        return chances(mix(np.uint64(seeds)[:, None] + np.arange(1, count + 1, dtype=np.uint64) * GOLDEN))


def signed_modulo(bits, n):
    return bits.astype(np.int64) % n


class Hashed:
    """What follows from pictures' names: fold, part and random share."""

    def __init__(self, names):
        hashed = texts(names)
        self.fold = signed_modulo(keys(0, "fold", hashed), FOLDS)
        self.chooses = signed_modulo(keys(0, "choice of a score", hashed), 5) < 2
        self.share = chances(keys(0, "prediction set", hashed))
