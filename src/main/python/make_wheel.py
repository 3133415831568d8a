#!/usr/bin/env python3
"""Makes the wheel: make_wheel.py [JAR [FOLDER]]

Packs the Python modules beside this file and the job's jar into FOLDER/softlabel-VERSION-py3-none-any.whl, with nothing but
Python's own library. The same inputs give the same bytes, whatever Python makes it. JAR is target/softlabel-job.jar and FOLDER is
target by default; `mvn package` runs it so.
"""

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TIME = (2026, 1, 1, 0, 0, 0)


def version() -> str:
    return re.search(r"<version>([^<]+)</version>", (ROOT / "pom.xml").read_text(encoding="utf-8")).group(1)


def metadata(number: str) -> str:
    return f"""Metadata-Version: 2.1
Name: softlabel
Version: {number}
Summary: Image classifiers trained on Spark, with calibrated probabilities
License: Apache-2.0
Requires-Python: >=3.10
Requires-Dist: pyspark>=4.0,<4.4
Requires-Dist: numpy>=1.22
Provides-Extra: pandas
Requires-Dist: pandas>=2.2; extra == 'pandas'
Requires-Dist: pyarrow>=15; extra == 'pandas'
Provides-Extra: plots
Requires-Dist: matplotlib>=3.8; extra == 'plots'
"""


def contents(jar: Path) -> dict:
    number = version()
    info = f"softlabel-{number}.dist-info"
    files = {
        str(p.relative_to(HERE)): p.read_bytes()
        for p in sorted(HERE.rglob("*"))
        if (p.suffix == ".py" or p.name == "py.typed") and p != Path(__file__).resolve()
    }
    files["softlabel/_version.py"] = f'__version__ = "{number}"\n'.encode()
    files["softlabel/jars/softlabel-job.jar"] = jar.read_bytes()
    for name in ("LICENSE", "NOTICE"):
        files[f"{info}/licenses/{name}"] = (ROOT / name).read_bytes()
    files[f"{info}/METADATA"] = metadata(number).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: softlabel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = ""
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    return files


def main() -> None:
    jar = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "softlabel-job.jar"
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "target"
    if not jar.is_file():
        sys.exit(f"softlabel: expected the job's jar at {jar}, found none; run mvn -q package -DskipTests")
    wheel = folder / f"softlabel-{version()}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as out:
        for name, data in contents(jar).items():
            entry = zipfile.ZipInfo(name, TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            # Another zlib would give other bytes, and the jar, which is nearly all of it, is compressed already.
            entry.compress_type = zipfile.ZIP_STORED
            out.writestr(entry, data)
    print(wheel)


if __name__ == "__main__":
    main()
