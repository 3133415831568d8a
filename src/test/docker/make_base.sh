#!/usr/bin/env bash
# Makes an image that stands for Spark's own, of Debian's packages and the build's Spark:  make_base.sh NAME
# It needs root, mmdebstrap, target/spark/jars, and a Docker daemon or in its place DOCKER=src/test/docker/chroot_engine.py. NAME-debian
# stays, for the next time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(cd "$here/../../.." && pwd)
docker=${DOCKER:-docker}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! "$docker" image inspect "$1-debian" > /dev/null 2>&1; then
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  mmdebstrap --quiet --variant=minbase --include=openjdk-17-jre-headless,tini "$release" "$work/debian.tar"
  "$docker" import "$work/debian.tar" "$1-debian"
  rm "$work/debian.tar"
fi
mkdir -p "$work/spark"
cp -rL "$home/target/spark/jars" "$work/spark"
cp -r "$home/submit/spark/bin" "$work/spark"
cp "$here/entrypoint.sh" "$work"
"$docker" build --network none -f "$here/Dockerfile" --build-arg "DEBIAN=$1-debian" -t "$1" "$work"
