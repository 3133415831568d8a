#!/usr/bin/env bash
# Trains on the pets with classes whose sizes differ up to 100 : 1, with and without balancing, and prints a table of
# errors. A stopped run goes on where it was.
# usage: docs/imbalance.sh PETS RESNET18     (the pets' folder, and safetensors of ImageNet weights with torchvision's names)
# Environment: SEED (1: which pictures are left), SEEDS ('1': of the trainings), MASTER ('local[2]').
set -euo pipefail
pets=$(realpath "$1") weights=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=target/imbalance-${SEED:-1}
if [[ ! -f $out/labels.csv ]]; then python3 docs/imbalance.py make "$pets" "$out" "${SEED:-1}"; fi

train() { # NAME OPTIONS...
  for s in ${SEEDS:-1}; do
    local run=$out/$1-$s
    if [[ -f $run/report.json ]] && grep -q '"status" : 0' "$run/report.json"; then continue; fi
    submit/softlabel train --profile pets-resnet18 --data "$pets" --labels "$out/labels.csv" --weights "$weights" --seed "$s" --master "${MASTER:-local[2]}" --out "$run" --resume "${@:2}"
  done
}

train plain
train weights --class-weights balanced
train sampler --sampler balanced
python3 docs/imbalance.py figures "$out"
