#!/usr/bin/env python3
"""Makes the distribution: make_dist.py

Packs the launcher, conf/, the job's jars, Spark's jars, the list of components and the licences of all of them into
target/softlabel-VERSION.tar.gz, with the sum for sha256sum -c beside it. It takes them from target/, where
`mvn -P release package` puts them; the same inputs give the same bytes. Nothing but Python's own library is used.
"""

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TARGET = ROOT / "target"
TIME = 1767225600  # 2026-01-01, as in the jars
LICENCE = re.compile(r"(META-INF/)?(licenses?/)?[^/]*(licen[cs]e|notice|copying)[^/]*", re.IGNORECASE)
NOT_TEXT = (".class", ".xml", ".json", ".properties")


def version() -> str:
    return re.search(r"<version>([^<]+)</version>", (ROOT / "pom.xml").read_text(encoding="utf-8")).group(1)


def licence_texts(jar: Path) -> dict:
    """The texts of licences and notices in a jar, by their names."""
    with zipfile.ZipFile(jar) as z:
        names = [n for n in sorted(z.namelist()) if LICENCE.fullmatch(n) and not n.lower().endswith(NOT_TEXT)]
        return {n.removeprefix("META-INF/").replace("/", "-"): z.read(n) for n in names}


def licence_names(component: dict) -> str:
    names = []
    for choice in component.get("licenses", []):
        licence = choice.get("license", {})
        names.append(choice.get("expression") or licence.get("id") or licence.get("name") or licence.get("url"))
    return "; ".join(" ".join(n.split()) for n in names) or "see its project"


def file_stem(component: dict) -> str:
    """What a component's jar is called."""
    classifier = re.search(r"classifier=([^&]+)", component.get("purl", ""))
    return f"{component['name']}-{component['version']}" + (f"-{classifier.group(1)}" if classifier else "")


def licences(sbom: dict, spark_jars: list) -> dict:
    """licenses/: a table of all components, and each jar's own texts in a folder of its name."""
    files = {}
    rows = {}
    for c in sbom["components"]:
        rows[file_stem(c)] = (c.get("group", ""), licence_names(c))
    for jar in spark_jars:
        for name, text in licence_texts(jar).items():
            files[f"licenses/{jar.stem}/{name}"] = text
        if jar.stem not in rows:
            stop(f"{jar.name} in the list of components", "it is not there")
    table = "".join(
        f"| {name} | {group} | {licence} | {'its folder here' if any(f.startswith(f'licenses/{name}/') for f in files) else ''} |\n"
        for name, (group, licence) in sorted(rows.items()))
    files["licenses/README.md"] = (
        "# Licences of what this distribution contains\n\n"
        "Softlabel's own is in `LICENSE`; `NOTICE` says what `jars/softlabel-job.jar` contains. Below are the components that the build\n"
        "resolved: Spark's jars in `spark/jars`, those packed into the job, and onnxruntime, which is optional and not in here. The licences are those that their poms name; the texts\n"
        "are those inside the jars.\n\n"
        "| component | group | licence | texts |\n|---|---|---|---|\n" + table).encode()
    return files


def stop(expected: str, found: str) -> None:
    sys.exit(f"softlabel: expected {expected}, found {found}; run mvn -P release package -DskipTests")


def settings() -> list:
    """conf/ as it is committed, for what a person puts beside it may hold secrets; all of it where there is no Git."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "conf"], capture_output=True, text=True, check=False).stdout.split("\n")
    files = [p for p in sorted((ROOT / "conf").iterdir()) if p.is_file()]
    return [p for p in files if f"conf/{p.name}" in listed] or files


def contents() -> tuple:
    """All files of the distribution, by their paths, and which of them are programs."""
    needed = [TARGET / n for n in ("softlabel-job.jar", "softlabel-sinks.jar", "softlabel-sbom.json")]
    for file in needed:
        if not file.is_file():
            stop(f"{file} to pack", "none")
    job, sinks, sbom = needed
    spark_jars = sorted((TARGET / "spark/jars").glob("*.jar"))
    if not spark_jars:
        stop(f"Spark's jars in {TARGET / 'spark/jars'}", "none")
    programs = {
        "bin/softlabel": ROOT / "submit/softlabel",
        "spark/bin/spark-class": ROOT / "submit/spark/bin/spark-class",
        "spark/bin/spark-submit": ROOT / "submit/spark/bin/spark-submit",
    }
    files = {name: path.read_bytes() for name, path in programs.items()}
    files |= {f"conf/{p.name}": p.read_bytes() for p in settings()}
    files |= {
        p.relative_to(ROOT).as_posix(): p.read_bytes()
        for p in [ROOT / "submit/airflow/softlabel_pets.py", *sorted((ROOT / "submit/airflow/softlabel_airflow").glob("*.py"))]
    }
    files |= {name: (ROOT / name).read_bytes() for name in ("LICENSE", "NOTICE")}
    files |= {f"jars/{p.name}": p.read_bytes() for p in (job, sinks)}
    files |= {f"spark/jars/{p.name}": p.read_bytes() for p in spark_jars}
    files[sbom.name] = sbom.read_bytes()
    files |= licences(json.loads(files[sbom.name]), spark_jars)
    return files, set(programs)


def main() -> None:
    name = f"softlabel-{version()}"
    archive = TARGET / f"{name}.tar.gz"
    files, programs = contents()
    with archive.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, TIME) as packed, tarfile.open(
            fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size = len(files[path])
            entry.mtime = TIME
            entry.mode = 0o755 if path in programs else 0o644
            tar.addfile(entry, io.BytesIO(files[path]))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    (TARGET / f"{archive.name}.sha256").write_text(f"{digest}  {archive.name}\n", encoding="utf-8")
    print(archive)


if __name__ == "__main__":
    main()
