#!/usr/bin/env bash
# Trains every row of the table in docs/results.md that is not published elsewhere, and prints the table. It takes about three
# hours on two cores; a stopped run goes on where it was.
# usage: docs/results.sh PETS RESNET50 RESNET18     (the pets' folder, and safetensors of ImageNet weights with torchvision's names)
# Environment: PEERS_PYTHON (a Python with PyTorch in place of target/peers, which docs/peers/setup installs), ONLY (a pattern of
# the runs' names, such as 'pets-resnet18-official-*'), MASTER ('local[2]').
set -euo pipefail
pets=$(realpath "$1") resnet50=$(realpath "$2") resnet18=$(realpath "$3")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=target/results
mkdir -p "$out"

chosen() { # NAME
  # shellcheck disable=SC2053
  [[ $1 == ${ONLY:-*} ]]
}

ours() { # PROFILE SPLIT SEED [MORE]
  local name=$1-${2%%:*}-$3
  if ! chosen "$name"; then return; fi
  if [[ -f $out/$name/report.json ]] && grep -q '"status" : 0' "$out/$name/report.json"; then return; fi
  submit/softlabel train --profile "$1" --data "$pets" --split "$2" --seed "$3" --master "${MASTER:-local[2]}" --out "$out/$name" --resume "${@:4}"
}

torch() { # NAME OPTIONS...
  if ! chosen "$1" || [[ -f $out/$1.jsonl ]]; then return; fi
  if [[ -z ${PEERS_PYTHON:-} ]]; then docs/peers/setup; fi
  "${PEERS_PYTHON:-target/peers/bin/python}" docs/peers/finetune.py --data "$pets" "${@:2}" | tee "$out/$1.part"
  mv "$out/$1.part" "$out/$1.jsonl"
}

torch pytorch-resnet50 --arch resnet50 --size 224 --lr 0.006 --minscale 0.5 --weights "$resnet50"
for seed in 1 2 3; do ours pets-resnet50 official $seed --weights "$resnet50"; done
for seed in 1 2; do ours pets-resnet18 official $seed --weights "$resnet18"; done
for seed in 1 2 3; do ours pets-resnet50 random:0.2 $seed --weights "$resnet50"; done
for seed in 1 2 3; do ours pets-resnet18 random:0.2 $seed --weights "$resnet18"; done
ours pets-resnet18-best official 1 --weights "$resnet18"
torch pytorch-scratch --arch resnet18 --size 128 --epochs 30 --lr 0.05 --head 1
ours pets-scratch official 1
python3 docs/results_table.py "$out"
