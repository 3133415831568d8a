"""Gets the class path of DistriBench: the jars in BigDL's two wheels, whole, and those of Spark 3.5.6 for Scala 2.12 in the
pyspark archive, all pinned by sha256.
usage: fetch_jars.py FOLDER"""
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
BIGDL = os.path.join(HERE, "..", "..", "..", "bigdl")
PYSPARK = "pyspark==3.5.6 --hash=sha256:f8b1c4360e41ab398c64904fae08740503bcb6bd389457d659fa6d9f2952cc48"

sys.path.insert(0, BIGDL)
import fetch

folder = sys.argv[1]
done = os.path.join(folder, "fetched.txt")
if not os.path.exists(done):
    os.makedirs(folder, exist_ok=True)
    for wheel in fetch.fetch(os.path.join(BIGDL, "wheels.txt"), os.path.expanduser("~/.cache/softlabel")):
        with zipfile.ZipFile(wheel) as z:
            for name in z.namelist():
                if name.endswith(".jar"):
                    with open(os.path.join(folder, os.path.basename(name)), "wb") as out:
                        out.write(z.read(name))
    with tempfile.TemporaryDirectory() as work:
        lock = os.path.join(work, "lock.txt")
        with open(lock, "w") as f:
            f.write(PYSPARK + "\n")
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes",
                        "-d", work, "-r", lock], check=True)
        with tarfile.open(os.path.join(work, "pyspark-3.5.6.tar.gz")) as tar:
            for member in tar:
                if member.name.startswith("pyspark-3.5.6/deps/jars/") and member.name.endswith(".jar"):
                    with open(os.path.join(folder, os.path.basename(member.name)), "wb") as out:
                        out.write(tar.extractfile(member).read())
    with open(done, "w") as f:
        f.write(PYSPARK + "\n")
