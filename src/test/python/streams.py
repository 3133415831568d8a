"""Counter-based numbers, the same here and in the tests' Streams.java: value i of stream NAME is a hash of both."""
import numpy as np

GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def key(name):
    h = np.uint64(0xCBF29CE484222325)
    for c in name.encode():
        h = (h ^ np.uint64(c)) * np.uint64(0x100000001B3)
    return h


def bits(name, n, start=0):
    with np.errstate(over="ignore"):
        return mix(key(name) + (np.arange(start, start + n, dtype=np.uint64) + np.uint64(1)) * GOLDEN)


def uniform(name, n, low=-1.0, high=1.0):
    """n doubles in [low, high)."""
    return low + (high - low) * ((bits(name, n) >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def whole(name, n, below):
    """n whole numbers in [0, below)."""
    return ((bits(name, n) >> np.uint64(11)) % np.uint64(below)).astype(np.int64)


def sketch(name, values, size=1024):
    """A count sketch: each value goes into one of `size` sums, with a sign, both hashed from its index (Charikar et al., 2002).
    It is linear, and the sketch's L2 norm estimates the values' to about 1/sqrt(size/2)."""
    v = np.asarray(values, dtype=np.float64).ravel()
    h = bits(name, v.size)
    sign = np.where(h & np.uint64(1), 1.0, -1.0)
    return np.bincount(((h >> np.uint64(11)) % np.uint64(size)).astype(np.int64), weights=v * sign, minlength=size)
