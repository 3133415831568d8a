#!/usr/bin/env bash
# Takes the pictures in docs/images of the Spark UI while the built-in sample is trained, and of the history server after.
# usage: docs/screenshots.sh    (Chromium on the path)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source docs/wait_for.sh
work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/events"

shot() { # URL FILE HEIGHT
  chromium --headless --no-sandbox --disable-gpu --no-first-run --user-data-dir="$work/browser" --hide-scrollbars \
    --window-size="1280,$3" --virtual-time-budget=6000 --screenshot="docs/images/$2" "$1" > /dev/null 2>&1
}

export SPARK_LOCAL_IP=127.0.0.1
export SOFTLABEL_SPARK_ARGS="--conf spark.ui.port=4747 --conf spark.eventLog.enabled=true --conf spark.eventLog.dir=file://$work/events"
submit/softlabel train --profile sample --epochs 8 --master 'local[2]' --out "$work/run" > "$work/train.log" 2>&1 &
training=$!
wait_for http://127.0.0.1:4747/training/ 'Epoch [3-6] of 8, step'
shot http://127.0.0.1:4747/training/ training-tab.png 1300
# The stage that trained the first epoch, with its accumulators.
id=$(curl -sL http://127.0.0.1:4747/api/v1/applications/ | python3 -c '
import json, sys, urllib.request
application = json.load(sys.stdin)[0]["id"]
stages = json.load(urllib.request.urlopen(f"http://127.0.0.1:4747/api/v1/applications/{application}/stages"))
print(min(s["stageId"] for s in stages if any(a["name"] == "pictures trained on" for a in s["accumulatorUpdates"])))')
shot "http://127.0.0.1:4747/stages/stage/?id=$id&attempt=0" stage-accumulators.png 1100
wait "$training"

SPARK_DAEMON_CLASSPATH=target/softlabel-job.jar SPARK_HISTORY_OPTS="-Dspark.history.fs.logDirectory=file://$work/events -Dspark.history.ui.port=4748" \
  submit/spark/bin/spark-class org.apache.spark.deploy.history.HistoryServer > "$work/history.log" 2>&1 &
application=$(ls "$work/events" | sed 's/^eventlog_v2_//' | head -1)
wait_for "http://127.0.0.1:4748/history/$application/training/" 'Done: 8 epochs'
shot "http://127.0.0.1:4748/history/$application/training/" training-tab-history.png 1300
