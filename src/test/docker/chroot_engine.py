#!/usr/bin/env python3
"""Stands for docker where no daemon runs: images are folders, containers are processes in a root file system of their own (chroot), with
mounts and process numbers of their own. It reads Dockerfiles as they stand, and knows the commands and instructions that the
scripts and DockerIT use; any other ends it with a line. A container without --read-only writes to its image.
usage: chroot_engine.py info | import TAR IMAGE | image inspect IMAGE | build ... | run ... | logs NAME | wait NAME | rm -f NAME
(needs root, unshare and mount; images and containers go to target/chroot)"""
from __future__ import annotations

import argparse
import glob
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time

STORE = pathlib.Path(__file__).resolve().parents[3] / "target/chroot"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def stop(line: str) -> None:
    sys.exit(f"chroot_engine: {line}")


def image(name: str) -> pathlib.Path:
    folder = STORE / "images" / name
    if not (folder / "config.json").exists():
        stop(f"expected an image {name}, found none; build or import it")
    return folder


def enter(root: pathlib.Path, config: dict, command: list[str], *, network: bool, read_only: bool = False,
          tmpfs: list[str] = (), volumes: list[str] = (), env: dict[str, str] | None = None) -> tuple[list[str], dict[str, str]]:
    """The command that runs another one in a root file system, and its environment."""
    q, steps = shlex.quote, ["set -e", "mount --make-rprivate /"]
    at = str(root)
    for name in ("dev", "proc", "tmp", *[t.split(":")[0].strip("/") for t in tmpfs], *[v.split(":")[1].strip("/") for v in volumes]):
        (root / name).mkdir(parents=True, exist_ok=True)
    # The machine's own name and localhost, as a daemon gives them.
    (root / "etc").mkdir(exist_ok=True)
    (root / "etc/hosts").touch()
    steps += [f"mount --bind {q(at)} {q(at)}", f"mount --bind /etc/hosts {q(at)}/etc/hosts"]
    if read_only:
        steps.append(f"mount -o remount,bind,ro {q(at)}")
    steps += [f"mount --rbind /dev {q(at)}/dev", f"mount -t proc proc {q(at)}/proc"]
    steps += [f"mount -t tmpfs -o mode=1777 tmpfs {q(at + t.split(':')[0])}" for t in tmpfs]
    steps += [f"mount --bind {q(v.split(':')[0])} {q(at + v.split(':')[1])}" for v in volumes]
    user = str(config.get("User", "0"))
    # As a daemon does it: the group is the user's in the image.
    passwd = (root / "etc/passwd").read_text() if (root / "etc/passwd").exists() else ""
    known = re.search(rf"(?m)^[^:]*:[^:]*:{re.escape(user)}:(\d+):[^:]*:([^:]*):", passwd)
    group, home = (known.group(1), known.group(2)) if known else ("0", "/")
    where = config.get("WorkingDir") or "/"
    steps.append(f"exec chroot --userspec={user}:{group} {q(at)} /bin/sh -c {q(f'cd {q(where)} && exec ' + shlex.join(command))}")
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"] + ([] if network else ["--net"])
    return unshare + ["sh", "-c", "\n".join(steps)], {"PATH": PATH, "HOME": home, **config.get("Env", {}), **(env or {})}


def copy(source: pathlib.Path, target: pathlib.Path, *more: str) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", *more, f"{source}/.", str(target)], check=True)


def save(root: pathlib.Path, config: dict, name: str) -> None:
    folder = STORE / "images" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.move(str(root), str(folder / "root"))
    (folder / "config.json").write_text(json.dumps(config))


def put(sources: list[pathlib.Path], root: pathlib.Path, where: str, *, unpack: bool) -> None:
    """COPY and ADD: what a source holds where it is a folder; archives unpacked by ADD."""
    target = root / where.lstrip("/")
    for source in sources:
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            copy(source, target, "--no-preserve=ownership")
        elif unpack and re.search(r"\.tar(\.\w+)?$|\.tgz$", source.name):
            target.mkdir(parents=True, exist_ok=True)
            subprocess.run(["tar", "-xf", str(source), "-C", str(target)], check=True)
        else:
            into = target / source.name if where.endswith("/") else target
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into)
            os.chown(into, 0, 0)


def build(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=["none"], required=True)
    parser.add_argument("-f", required=True)
    parser.add_argument("--build-arg", action="append", default=[])
    parser.add_argument("-t", required=True)
    parser.add_argument("context")
    given = parser.parse_args(arguments)
    context = pathlib.Path(given.context)
    passed = dict(a.split("=", 1) for a in given.build_arg)
    STORE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STORE) as work:
        stages, names, before, known = [], {}, {}, {}
        text = re.sub(r"\\\n", " ", pathlib.Path(given.f).read_text())
        for line in filter(None, (raw.strip() for raw in text.splitlines())):
            if line.startswith("#"):
                continue
            print(line, flush=True)
            word, rest = line.split(None, 1)

            def filled(value: str) -> str:
                return re.sub(r"\$\{(\w+)\}", lambda m: known.get(m.group(1)) or stop(f"expected a value for {m.group(1)}, found none; give --build-arg"), value)

            if word == "ARG":
                name, _, default = rest.partition("=")
                known[name] = passed.get(name, default)
                if not stages:
                    before[name] = known[name]
            elif word == "FROM":
                known = dict(before)
                parts = filled(rest).split()
                base = image(parts[0])
                root = pathlib.Path(work, f"stage{len(stages)}")
                root.mkdir()
                copy(base / "root", root)
                stages.append((root, json.loads((base / "config.json").read_text())))
                names[parts[2] if len(parts) == 3 else str(len(stages) - 1)] = root
            elif not stages:
                stop(f"expected FROM before {word}, found none")
            else:
                step(word, filled(rest), *stages[-1], context, names)
        save(*stages[-1], given.t)


def step(word: str, rest: str, root: pathlib.Path, config: dict, context: pathlib.Path, names: dict[str, pathlib.Path]) -> None:
    if word == "USER":
        config["User"] = rest
    elif word == "WORKDIR":
        config["WorkingDir"] = rest
        (root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif word == "ENV":
        config.setdefault("Env", {}).update(p.split("=", 1) for p in shlex.split(rest))
    elif word == "ENTRYPOINT":
        config["Entrypoint"] = json.loads(rest)
    elif word == "RUN":
        command, env = enter(root, config, ["/bin/sh", "-c", rest], network=False)
        subprocess.run(command, env=env, check=True)
    elif word in ("COPY", "ADD"):
        parts, start = rest.split(), context
        if parts[0].startswith("--from="):
            start = names[parts.pop(0).removeprefix("--from=")]
        found = [pathlib.Path(f) for p in parts[:-1] for f in sorted(glob.glob(str(start / p.lstrip("/"))))]
        if not found:
            stop(f"expected {' '.join(parts[:-1])} to {word}, found none")
        put(found, root, parts[-1], unpack=word == "ADD")
    else:
        stop(f"expected an instruction that this engine knows, found {word}; use a daemon or add it here")


def run(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser()
    for flag in ("-d", "--rm", "--read-only"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--name", default=f"run-{os.getpid()}")
    parser.add_argument("--network", choices=["none", "host"], required=True)
    parser.add_argument("--entrypoint")
    for many in ("--tmpfs", "-v", "-e"):
        parser.add_argument(many, action="append", default=[])
    parser.add_argument("image")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    folder = image(given.image)
    config = json.loads((folder / "config.json").read_text())
    words = ([given.entrypoint] if given.entrypoint else config.get("Entrypoint", [])) + given.words
    command, env = enter(
        folder / "root", config, words, network=given.network == "host", read_only=given.read_only, tmpfs=given.tmpfs, volumes=given.v,
        env=dict(e.split("=", 1) for e in given.e))
    if not given.d:
        sys.exit(subprocess.run(command, env=env).returncode)
    container = STORE / "containers" / given.name
    container.mkdir(parents=True)  # one that is there already is a mistake
    with open(container / "log", "wb") as log:
        # What waits for its end outlives this program, and writes the status.
        keeper = subprocess.Popen(
            ["sh", "-c", 'folder=$1; shift; status=0; "$@" || status=$?; echo "$status" > "$folder/ended"; mv "$folder/ended" "$folder/status"',
             "sh", str(container), *command],
            env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    (container / "pid").write_text(str(keeper.pid))
    print(given.name)


def container_of(name: str) -> pathlib.Path:
    folder = STORE / "containers" / name
    if not folder.exists():
        stop(f"expected a container {name}, found none")
    return folder


def wait(name: str) -> None:
    status = container_of(name) / "status"
    while not status.exists():
        time.sleep(0.2)
    print(status.read_text().strip())


def remove(name: str) -> None:
    container = STORE / "containers" / name
    if not (container / "status").exists():
        try:
            # The group of the one that waits: it and unshare, with which the namespace's processes end.
            os.killpg(int((container / "pid").read_text()), signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            pass
    shutil.rmtree(container, ignore_errors=True)


def main(words: list[str]) -> None:
    match words:
        case ["info"]:
            sys.exit(subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "sh", "-c", "mount --make-rprivate / && mount -t tmpfs x /mnt"]).returncode)
        case ["import", tar, name]:
            STORE.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=STORE) as work:
                root = pathlib.Path(work, "root")
                root.mkdir()
                # Devices come from this machine.
                subprocess.run(["tar", "-xf", tar, "-C", str(root), "--exclude=./dev/*"], check=True)
                save(root, {}, name)
        case ["image", "inspect", name]:
            print(image(name))
        case ["build", *more]:
            build(more)
        case ["run", *more]:
            run(more)
        case ["logs", name]:
            sys.stdout.write((container_of(name) / "log").read_text(errors="replace"))
        case ["wait", name]:
            wait(name)
        case ["rm", "-f", name]:
            remove(name)
        case _:
            stop(f"expected a command that this engine knows, found {' '.join(words)}")


if __name__ == "__main__":
    main(sys.argv[1:])
