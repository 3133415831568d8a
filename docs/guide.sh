#!/usr/bin/env bash
# Runs the commands of a guide as they stand there: the blocks of docs/GUIDE.md that follow a comment "GUIDE: NAME", in their order.
# usage: VARIABLE=VALUE ... docs/guide.sh GUIDE    (the guide says what its variables are)
# SOFTLABEL_HUB is where weights are fetched from, if not the Hugging Face hub.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
guide=${1:?expected the name of a guide in docs, such as own-pictures}
page=docs/$guide.md
mapfile -t names < <(sed -n "s/^<!-- $guide: \(.*\) -->\$/\1/p" "$page")
[[ ${#names[@]} -gt 0 ]] || { echo "guide: expected blocks of commands in $page, found none" >&2; exit 1; }
rm -rf "target/$guide"

for name in "${names[@]}"; do
  text=$(docs/block.sh "$guide: $name" "$page")
  [[ $(grep -A 1 -xF "<!-- $guide: $name -->" "$page" | tail -1) == '```' ]] || { echo "guide: expected commands in the block \"$name\" of $page, found a program" >&2; exit 1; }
  [[ -n $text ]] || { echo "guide: expected a block \"$name\" in $page, found none" >&2; exit 1; }
  echo "$guide: $text" >&2
  bash -euo pipefail -c "$text"
done
