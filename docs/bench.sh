#!/usr/bin/env bash
# Measures Softlabel, BigDL's raw layers, PyTorch and BigDL's own DistriOptimizer in turns on this machine, and prints the table
# of docs/bench.md. Nothing else should run meanwhile.
# usage: docs/bench.sh [ROUNDS]     (3; Python 3.11 and gcc for PyTorch, which docs/peers/setup installs in target/peers)
# Environment: STEPS (12, of each of Softlabel's measurements), PEERS_PYTHON (a Python with PyTorch in place of target/peers).
# Lines go to target/bench.jsonl; a stopped run goes on from it, so remove it to measure again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-3}
lines=target/bench.jsonl
submit/softlabel --version > /dev/null # builds the job where it is not built
if [[ -z ${PEERS_PYTHON:-} ]]; then docs/peers/setup; fi
python=${PEERS_PYTHON:-target/peers/bin/python}
python3 docs/peers/distri/fetch_jars.py target/distri/jars
spark=${SPARK_HOME:-$PWD/target/spark}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

compile() { # FOLDER CLASS_PATH SOURCE...
  mkdir -p "$1"
  "${java}c" -nowarn -Xlint:none -cp "$2" -d "$1" "${@:3}" 2> "$1/compile.log" || { cat "$1/compile.log" >&2; exit 1; }
}

mkdir -p target/raw-layers
# The build moves BigDL's Scala to another package.
sed 's/^import scala\./import bigdl.shaded.scala./' docs/peers/distri/ResNetLayers.java > target/raw-layers/ResNetLayers.java
compile target/raw-layers "bigdl/target/classes:$spark/jars/*" target/raw-layers/ResNetLayers.java docs/peers/distri/RawLayers.java
compile target/distri/classes "target/distri/jars/*" docs/peers/distri/{ResNetLayers,DistriBench}.java
touch "$lines"

measure() { # ROUND WHO MODE DEPTH BATCH SIZE COMMAND...: the command prints the images per second
  local key="\"round\": $1, \"who\": \"$2\", \"mode\": \"$3\", \"depth\": $4, \"batch\": $5, \"size\": $6"
  if grep -qF "{$key," "$lines"; then return; fi
  local rate
  rate=$("${@:7}")
  echo "{$key, \"images_per_second\": $rate}" | tee -a "$lines"
}

ours() { # CASE DEPTH BATCH SIZE [MORE]
  submit/softlabel bench "$1" --depth "$2" --batch-size "$3" --image-size "$4" --master 'local[2]' --steps "${STEPS:-12}" --rounds 1 "${@:5}" 2> /dev/null \
    | "$python" -c 'import json, sys; print(json.loads(sys.stdin.read().splitlines()[-1])["images_per_second"])'
}

raw() { # DEPTH BATCH SIZE
  "$java" -cp "target/raw-layers:bigdl/target/classes:$spark/jars/*" --add-opens=java.base/java.nio=ALL-UNNAMED RawLayers "$1" "$2" "$3" 2 2> /dev/null \
    | sed -n 's/^images_per_second //p'
}

distri() { # DEPTH BATCH SIZE: the median iteration, the first five left out
  local modules=()
  for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic \
    sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    modules+=("--add-opens=java.base/$package=ALL-UNNAMED")
  done
  env -u SPARK_HOME "$java" -Xmx6g "${modules[@]}" -cp "target/distri/classes:target/distri/jars/*" DistriBench "$1" "$2" "$3" 640 'local[2]' 25 2>&1 \
    | sed -n 's/.*Throughput is \([0-9.]*\) records.*/\1/p' | tail -n +6 | sort -n | awk '{ rate[NR] = $1 } END { print rate[int((NR + 1) / 2)] }'
}

torch() { # MODE DEPTH BATCH SIZE
  "$python" docs/peers/torch_bench.py --mode "$1" --arch "resnet$2" --batch "$3" --size "$4" \
    --channels-last --warmup 3 --iters 12 --classes 37 | "$python" -c 'import json, sys; print(json.load(sys.stdin)["img_s"])'
}

for round in $(seq "$rounds"); do
  for config in "18 32 128" "50 16 128" "18 16 224" "50 16 224"; do
    # shellcheck disable=SC2086
    {
      measure "$round" softlabel train $config ours train $config
      measure "$round" raw train $config raw $config
      measure "$round" pytorch train $config torch full $config
      if [[ $config == "18 32 128" ]]; then measure "$round" distri train $config distri $config; fi
    }
  done
  for config in "18 16 128" "18 16 224" "50 16 224"; do
    # shellcheck disable=SC2086
    {
      measure "$round" softlabel infer $config ours inference $config
      measure "$round" pytorch infer $config torch infer $config
    }
  done
done
"$python" docs/bench_table.py "$lines"
