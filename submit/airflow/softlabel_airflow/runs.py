"""Where a DAG's runs lie."""
from __future__ import annotations

import hashlib
import re

from airflow.sdk.exceptions import AirflowFailException


def run_folder(run_id: str) -> str:
    """A run id as the name of a folder. Hadoop's paths take no colons; the end, of the id's SHA-256, keeps ids apart that differ only
    in what was replaced. The name is a single one, whatever the id holds."""
    readable = re.sub(r"[^A-Za-z0-9_-]", "_", run_id)[:120]
    return f"{readable}-{hashlib.sha256(run_id.encode()).hexdigest()[:16]}"


def checked(name: str, path: str) -> str:
    """The path, where it does not go up: a run must not reach another's folder, nor a param one that the DAG did not mean."""
    if ".." in re.split(r"[/\\]", path):
        raise AirflowFailException(f"expected a path without .. for {name}, found {path!r}; give the whole path")
    return path
