#!/usr/bin/env bash
# Measures Softlabel beside BigDL's raw layers and PyTorch, in turns on this machine, and prints the table of docs/bench.md.
# usage: docs/bench.sh PEERS PYTHON [ROUNDS]     (3 rounds; nothing else should run meanwhile)
#   PEERS   the folder with torch_bench.py, distri/RawLayers.java and distri/DistriBench.java
#   PYTHON  a Python with PyTorch
# With BIGDL_JARS, a folder of the jars that distri's README names, BigDL's own DistriOptimizer takes its turns as well.
# Lines go to target/bench.jsonl, which a stopped run goes on with.
set -euo pipefail
peers=$(cd "$1" && pwd)
python=$2
rounds=${3:-3}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
lines=target/bench.jsonl
mkdir -p target/raw-layers
submit/softlabel --version > /dev/null # builds the job where it is not built
spark=${SPARK_HOME:-$PWD/target/spark}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if [[ ! -f target/raw-layers/RawLayers.class ]]; then
  # Relocated as this build does it, nested objects have names of their own.
  sed 's/Phase\.TrainingPhase\$/Phase$TrainingPhase$/' "$peers/distri/RawLayers.java" > target/raw-layers/RawLayers.java
  "${java}c" -nowarn -Xlint:none -cp "bigdl/target/classes:$spark/jars/*" -d target/raw-layers target/raw-layers/RawLayers.java
fi
if [[ -n ${BIGDL_JARS:-} && ! -f target/distri/DistriBench.class ]]; then
  mkdir -p target/distri
  "${java}c" -nowarn -Xlint:none -cp "$BIGDL_JARS/*" -d target/distri "$peers/distri/DistriBench.java" 2> /dev/null
fi
touch "$lines"

measure() { # ROUND WHO MODE DEPTH BATCH SIZE COMMAND...: the command prints the images per second
  local key="\"round\": $1, \"who\": \"$2\", \"mode\": \"$3\", \"depth\": $4, \"batch\": $5, \"size\": $6"
  if grep -qF "{$key," "$lines"; then return; fi
  local rate
  rate=$("${@:7}")
  echo "{$key, \"images_per_second\": $rate}" | tee -a "$lines"
}

ours() { # CASE DEPTH BATCH SIZE [MORE]
  submit/softlabel bench "$1" --depth "$2" --batch-size "$3" --image-size "$4" --master 'local[2]' --steps "${steps:-12}" --rounds 1 "${@:5}" 2> /dev/null \
    | "$python" -c 'import json, sys; print(json.loads(sys.stdin.read().splitlines()[-1])["images_per_second"])'
}

raw() { # DEPTH BATCH SIZE
  "$java" -cp "target/raw-layers:bigdl/target/classes:$spark/jars/*" --add-opens=java.base/java.nio=ALL-UNNAMED RawLayers "$1" "$2" "$3" 2 2> /dev/null \
    | sed -n 's/^TRAIN .*: \([0-9.]*\) img.*/\1/p'
}

distri() { # DEPTH BATCH SIZE: the median iteration, the first five left out
  local modules=()
  for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util java.util.concurrent java.util.concurrent.atomic \
    sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
    modules+=("--add-opens=java.base/$package=ALL-UNNAMED")
  done
  env -u SPARK_HOME "$java" -Xmx6g "${modules[@]}" -cp "target/distri:$BIGDL_JARS/*" DistriBench "$1" "$2" "$3" 640 'local[2]' 25 2>&1 \
    | sed -n 's/.*Throughput is \([0-9.]*\) records.*/\1/p' | tail -n +6 | sort -n | awk '{ rate[NR] = $1 } END { print rate[int((NR + 1) / 2)] }'
}

torch() { # MODE DEPTH BATCH SIZE
  ONEDNN_MAX_CPU_ISA=${ONEDNN_MAX_CPU_ISA:-AVX512_CORE_FP16} "$python" "$peers/torch_bench.py" --mode "$1" --arch "resnet$2" --batch "$3" --size "$4" \
    --channels-last --warmup 3 --iters 12 --classes 37 | "$python" -c 'import json, sys; print(json.load(sys.stdin)["img_s"])'
}

for round in $(seq "$rounds"); do
  for config in "18 32 128" "50 16 128" "18 16 224" "50 16 224"; do
    # shellcheck disable=SC2086
    {
      measure "$round" softlabel train $config ours train $config
      measure "$round" raw train $config raw $config
      measure "$round" pytorch train $config torch full $config
      if [[ -n ${BIGDL_JARS:-} && $config == "18 32 128" ]]; then measure "$round" distri train $config distri $config; fi
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
