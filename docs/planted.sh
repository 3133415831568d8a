#!/usr/bin/env bash
# Plants faults in the pets, audits them, and prints the figures of docs/audit.md: how many of the faults the audit found, and the error
# on the test part after training with the labels as they were, with those that the audit left, and with the planted ones. A stopped run
# goes on where it was. It takes about half an hour for a seed on two cores.
# usage: docs/planted.sh PETS RESNET18     (the pets' folder, and safetensors of ImageNet weights with torchvision's names)
# Environment: SEED (1: of what is planted), SEEDS ('1 2 3': of the trainings), PEERS_PYTHON (a Python with Pillow in place of
# target/peers, which docs/peers/setup installs), MASTER ('local[2]').
set -euo pipefail
pets=$(realpath "$1") weights=$(realpath "$2")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seed=${SEED:-1} master=${MASTER:-local[2]}
out=target/planted-$seed
if [[ -z ${PEERS_PYTHON:-} ]]; then docs/peers/setup; fi
python=${PEERS_PYTHON:-target/peers/bin/python}

finished() { # RUN
  [[ -f $out/$1/report.json ]] && grep -q '"status" : 0' "$out/$1/report.json"
}

audit() { # NAME LABELS
  if finished "$1"; then return; fi
  submit/softlabel audit --profile pets-resnet18 --data "$out" --labels "$2" --weights "$weights" --master "$master" --out "$out/$1" --replace
}

train() { # NAME LABELS
  for s in ${SEEDS:-1 2 3}; do
    if finished "$1-$s"; then continue; fi
    submit/softlabel train --profile pets-resnet18 --data "$out" --labels "$2" --weights "$weights" --seed "$s" --master "$master" --out "$out/$1-$s" --resume
  done
}

if [[ ! -f $out/truth.json ]]; then
  rm -rf "$out"
  "$python" docs/planted.py make "$pets" "$out" "$seed"
fi
audit audited "$out/planted.csv"
"$python" docs/planted.py found "$out" "$out/audited"
audit untouched "$out/clean.csv"
"$python" docs/planted.py found "$out" "$out/audited" "$out/untouched"
train left "$out/audited/labels.csv"
train clean "$out/clean.csv"
train planted "$out/planted.csv"
"$python" docs/planted.py errors "$out"
