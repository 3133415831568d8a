#!/usr/bin/env bash
# Runs the commands of docs/own-pictures.md as they stand there.
# usage: PICTURES=DIR NEW_PICTURES=DIR docs/own-pictures.sh    (pictures named CLASS_NUMBER.jpg; leaves its results in target/own)
# SOFTLABEL_HUB is where weights are fetched from, if not the Hugging Face hub.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${PICTURES:?expected a folder of pictures in PICTURES}" "${NEW_PICTURES:?expected a folder of pictures in NEW_PICTURES}"
export PICTURES NEW_PICTURES
rm -rf target/own

for name in weights inspect audit train; do
  text=$(awk -v mark="<!-- own-pictures: $name -->" '$0 == mark { found = 1; next } found && /^```/ { if (++fence == 2) exit; next } found && fence == 1' docs/own-pictures.md)
  [[ -n $text ]] || { echo "own-pictures: expected a block \"$name\" in docs/own-pictures.md, found none" >&2; exit 1; }
  echo "own-pictures: $text" >&2
  bash -euo pipefail -c "$text"
done
