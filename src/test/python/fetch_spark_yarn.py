"""Gets Spark's YARN jar, which no Maven repository here has, out of the pyspark archive, pinned by its sha256.
usage: fetch_spark_yarn.py FOLDER"""
import os
import subprocess
import sys
import tarfile
import tempfile

NAME = "spark-yarn_2.13-4.1.0.jar"
HASH = "09c714ada88dfac3e1213c066617c6f473c1e22fbe279855028f77e12434147d"

folder = sys.argv[1]
if not os.path.exists(os.path.join(folder, NAME)):
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        lock = os.path.join(work, "lock.txt")
        with open(lock, "w") as f:
            f.write(f"pyspark==4.1.0 --hash=sha256:{HASH}\n")
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", "-d", work, "-r", lock],
                       check=True)
        with tarfile.open(os.path.join(work, "pyspark-4.1.0.tar.gz")) as tar:
            member = tar.getmember(f"pyspark-4.1.0/deps/jars/{NAME}")
            with open(os.path.join(folder, NAME + ".part"), "wb") as out:
                out.write(tar.extractfile(member).read())
    os.replace(os.path.join(folder, NAME + ".part"), os.path.join(folder, NAME))
