#!/usr/bin/env bash
# Runs the commands of several pages as they stand there: the blocks that follow a comment "pages: NAME", in a folder of their own.
# usage: PICTURES=DIR NEW_PICTURES=DIR PETS=DIR WEIGHTS=FILE docs/pages.sh [README.md]    (README.md: only those of that page)
# PICTURES has a folder for each class, PETS the pets' layout, WEIGHTS those of a ResNet-18; all are whole paths. It needs curl, and what
# the README lists, and leaves its results in target/pages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${PICTURES:?expected a folder of pictures in PICTURES}" "${NEW_PICTURES:?expected a folder of pictures in NEW_PICTURES}"
: "${PETS:?expected a folder of pets in PETS}" "${WEIGHTS:?expected a file of weights in WEIGHTS}"
mapfile -t new < <(find "$NEW_PICTURES" -name '*.jpg' | sort)
[[ ${#new[@]} -gt 0 ]] || { echo "pages: expected pictures (.jpg) in $NEW_PICTURES, found none" >&2; exit 1; }
export PICTURES NEW_PICTURES PETS WEIGHTS PICTURE=${new[0]} FRESH=$PICTURES RESNET18=$WEIGHTS

submit/softlabel --version > /dev/null # builds the job where it is not built
home=$PWD work=$PWD/target/pages
rm -rf "$work"
mkdir -p "$work/target"
ln -s "$home/submit" "$home/conf" "$work"
ln -s "$home/target/softlabel-job.jar" "$home/target/spark" "$work/target"

fail() { # EXPECTED FOUND
  echo "pages: expected $1, found $2" >&2
  exit 1
}

run() { # PAGE NAME
  local text
  text=$(docs/block.sh "pages: $2" "$1")
  [[ -n $text ]] || fail "a block \"$2\" in $1" none
  echo "pages: $text" >&2
  (cd "$work" && exec bash -euo pipefail -c "$text")
}

made() { # FILE...
  for file in "$@"; do [[ -e $work/target/$file ]] || fail "$work/target/$file" none; done
}

run README.md sample
made sample-run/report.html
run README.md own
made run/report.html predicted/predictions.parquet/_SUCCESS
docs/block.sh 'run by: ClassifierTest' README.md > "$work/Classify.java"
run README.md java > "$work/answer"
answer=$(tail -1 "$work/answer")
[[ $answer =~ ^(.+)\ [01]\.[0-9E-]+$ && -d $PICTURES/${BASH_REMATCH[1]} ]] || fail "a class of $PICTURES and a probability" "$answer"
mv "$work/target/run" "$work/target/own-run"
run README.md pets
made run/report.html scored/report.html
if [[ ${1:-} == README.md ]]; then exit; fi

# What follows compares, serves and calibrates the first of the two runs.
mv "$work/target/run" "$work/target/other-run"
mv "$work/target/own-run" "$work/target/run"
run docs/commands.md compare
made compared.html
set -m # a group of its own, to end it by
run docs/commands.md serve > "$work/serving" 2>&1 &
serving=$!
set +m
trap 'kill -- -$serving 2> /dev/null || true' EXIT
url=
for _ in $(seq 240); do
  url=$(sed -n 's/^.*serving .* at \(http[^ ]*\) until Ctrl-C$/\1/p' "$work/serving")
  if [[ -n $url ]]; then break; fi
  sleep 0.5
done
[[ -n $url ]] || fail "the address that the run is served at" "$(cat "$work/serving")"
curl -sf "$url" | cmp - "$work/target/run/report.html" || fail "the run's report at $url" "something else"
kill -- -"$serving"
wait "$serving" || true
before=$(sha256sum < "$work/target/run/calibration.json")
run docs/confidence.md calibrate
[[ $(sha256sum < "$work/target/run/calibration.json") != "$before" ]] || fail "another calibration of $FRESH" "the one of the training"
(echo path,label; cd "$PICTURES" && find . -name '*.jpg' | sort | sed -E 's#^\./(([^/]+)/.*)#\1,\2#') > "$work/labels.csv"
rm -r "$work/target/run"
run docs/audit.md audited
made run/report.html
# Every second picture is of two classes.
export LABELS=$work/several.csv
awk 'NR > 1 && NR % 2 { print $0 " | indoors"; next } { print }' "$work/labels.csv" > "$LABELS"
rm -r "$work/target/run"
run docs/data.md several
grep '"indoors"' "$work/target/run/report.json" > /dev/null || fail "the label indoors in $work/target/run/report.json" none
run docs/label-smoothing.md smoothing
made study/study.html
run docs/confidence.md losses
made losses/study.html
rm -r "$work/target/losses"
run docs/confidence.md losses-of-the-pets
made losses/study.html
