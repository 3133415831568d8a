#!/usr/bin/env bash
# Runs the commands of docs/clusters.md and docs/airflow.md as they stand there, and checks what those pages promise of the Training
# tab, the history server and Airflow.
# usage: docs/walkthrough.sh    (needs curl, and what the README lists; leaves its runs in target/walkthrough)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docs/wait_for.sh
rm -rf target/walkthrough
trap 'kill $(jobs -p) 2> /dev/null || true; submit/local-cluster stop' EXIT

commands() { # the block that follows the comment of this name
  docs/block.sh "walkthrough: $1" docs/clusters.md docs/airflow.md
}

run() { # NAME: runs the block of that name
  local text
  text=$(commands "$1")
  [[ -n $text ]] || fail "a block \"$1\" in docs/clusters.md or docs/airflow.md" "none"
  echo "walkthrough: $text" >&2
  bash -euo pipefail -c "$text"
}

fail() { # EXPECTED FOUND
  echo "walkthrough: expected $1, found $2" >&2
  exit 1
}

run cluster
run train > target/walkthrough.log 2>&1 &
training=$!
wait_for http://127.0.0.1:4040/training/ 'Epoch [1-6] of 6, step'
wait "$training" || fail "training to end well" "status $?; see target/walkthrough.log"
python3 - << 'CHECK'
import json
report = json.load(open("target/walkthrough/run/report.json"))
assert report["status"] == 0 and report["spark"]["executors"] == 2 and report["training"]["epochs"] == 6, report
print(f"walkthrough: test error {report['test']['error']:.4f}, ECE {report['test']['ece']:.4f} on {report['test']['count']} pictures")
CHECK
# The newest application that the history server knows, as a person would click it.
wait_for http://127.0.0.1:18080/api/v1/applications '"completed" : true'
application=$(curl -sf http://127.0.0.1:18080/api/v1/applications | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
wait_for "http://127.0.0.1:18080/history/$application/training/" 'Done: 6 epochs'
run airflow > target/walkthrough.log 2>&1 || fail "Airflow's run to end well" "that it failed; see target/walkthrough.log"
[[ -f target/walkthrough/models/current.json ]] || fail "a published model in target/walkthrough/models" "none; see target/walkthrough.log"
python3 - << 'CHECK'
import json, pathlib
current = json.load(open("target/walkthrough/models/current.json"))
published = pathlib.Path(current["model"].removeprefix("file://"))
run, = pathlib.Path("target/walkthrough/runs").iterdir()
assert (published / "model.safetensors").read_bytes() == (run / "run/model.safetensors").read_bytes(), published
assert current["error"] == json.load(open(run / "evaluated/report.json"))["test"]["error"] <= 0.9, current
print(f"walkthrough: published {published.name}, error {current['error']:.4f}")
CHECK
run stop
