#!/usr/bin/env python3
"""Fetch BigDL's two wheels, pinned by sha256, and merge what Softlabel needs of them into one jar.

usage: fetch.py WHEELS_TXT CACHE_DIR MERGED_JAR SCALA_JAR...

The wheels are zip files around one jar each. Kept: BigDL's own classes of the first, its JNI classes and the
CPU libraries of the second, and the given Scala 2.12 jars whole. The two classes that load the libraries are left
out, for Softlabel has its own, which check the libraries by the list that is added here. The relocation of `scala.`
comes after this, in the pom. Any failure is one line on the error stream and exit status 1.
"""
import glob
import hashlib
import importlib.util
import io
import os
import platform
import re
import subprocess
import sys
import zipfile
import zlib

NATIVES = {"libmklml_intel.so", "libjmkl.so", "libmkldnn.so", "libjdnn.so", "libiomp5.so"}
CLASSES = "com/intel/analytics/"
LOADERS = {"com/intel/analytics/bigdl/mkl/Loader.class", "com/intel/analytics/bigdl/mkl/MKL.class"}
LIST = "META-INF/natives.txt"
LICENCES = {"META-INF/LICENSE", "META-INF/NOTICE"}


def stop(expected, found, advice):
    sys.exit(f"softlabel: expected {expected}, found {found}; {advice}")


def check_machine():
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        stop("an x86-64 Linux machine, for BigDL's native libraries", f"{platform.system()} on {platform.machine()}",
             "build on x86-64 Linux")
    if platform.libc_ver()[0] != "glibc":
        stop("a Linux with glibc, for BigDL's native libraries", "another C library",
             "build on a glibc distribution such as Debian")
    if importlib.util.find_spec("pip") is None:
        stop(f"Python 3 with pip, which fetches BigDL's wheels", f"{sys.executable} without pip",
             "install it (python3-pip) and build again")


def pins(path):
    found = {}
    for line in open(path, encoding="utf-8"):
        m = re.match(r"(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})$", line.strip())
        if m:
            found[m[1]] = (m[2], m[3])
    return found


def cached(cache, name, version):
    files = glob.glob(os.path.join(cache, f"{name.replace('-', '_')}-{version}-*.whl"))
    return files[0] if files else None


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def fetch(requirements, cache):
    os.makedirs(cache, exist_ok=True)
    wanted = pins(requirements)
    for name, (version, digest) in wanted.items():
        path = cached(cache, name, version)
        if path and sha256(path) != digest:
            os.remove(path)
    if not all(cached(cache, n, v) for n, (v, _) in wanted.items()):
        print("softlabel: fetching BigDL's two wheels, 116 MB", flush=True)
        run = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary=:all:", "--platform=manylinux1_x86_64", "--platform=manylinux2010_x86_64",
             "--require-hashes", "-r", requirements, "-d", cache], capture_output=True, text=True)
        if run.returncode:
            got = re.search(r"Got\s+([0-9a-f]{64})", run.stderr)
            if got:
                stop(f"the sha256 pinned in {requirements}", f"{got[1]}",
                     "the index served another file: do not use it, and check the pin")
            last = [line for line in run.stderr.splitlines() if line.startswith("ERROR")] or ["no message"]
            stop("pip to download BigDL's wheels", last[-1][7:200], "check the network and pip's index, then build again")
    for name, (version, digest) in wanted.items():
        path = cached(cache, name, version)
        if sha256(path) != digest:
            stop(f"sha256 {digest} for {os.path.basename(path)}", sha256(path), "delete the file and build again")
        yield path


def inner_jar(wheel):
    with zipfile.ZipFile(wheel) as z:
        name = next(n for n in z.namelist() if n.endswith(".jar"))
        return zipfile.ZipFile(io.BytesIO(z.read(name)))


def kept(name):
    return name.startswith(CLASSES) and name not in LOADERS or name in NATIVES or name in LICENCES


def merge(wheels, scala_jars, merged):
    seen = set()
    natives = {}
    with zipfile.ZipFile(merged, "w", zipfile.ZIP_STORED) as out:
        for jar, keep in [(inner_jar(w), kept) for w in wheels] + [
                (zipfile.ZipFile(s), lambda n: n.endswith(".class")) for s in scala_jars]:
            with jar:
                for name in jar.namelist():
                    if not name.endswith("/") and keep(name) and name not in seen:
                        seen.add(name)
                        data = jar.read(name)
                        out.writestr(zipfile.ZipInfo(name), data)
                        if name in NATIVES:
                            natives[name] = f"{hashlib.sha256(data).hexdigest()} {len(data)} {zlib.crc32(data):08x} {name}\n"
        out.writestr(zipfile.ZipInfo(LIST), "".join(natives[n] for n in sorted(natives)))


if __name__ == "__main__":
    check_machine()
    requirements, cache, merged, *scala = sys.argv[1:]
    merge(list(fetch(requirements, cache)), scala, merged)
