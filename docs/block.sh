#!/usr/bin/env bash
# Prints the block that follows a comment in pages, without its fences:  docs/block.sh COMMENT PAGE...    (COMMENT without <!-- and -->)
set -euo pipefail
awk -v mark="<!-- $1 -->" '$0 == mark { found = 1; next } found && /^```/ { if (++fence == 2) exit; next } found && fence == 1' "${@:2}"
