#!/usr/bin/env bash
# Does what the entry point of Spark's image promises, for tests: `driver` submits in client mode, other words are a command.
set -euo pipefail
if [[ ${1:-} == driver ]]; then
  shift
  set -- "$SPARK_HOME/bin/spark-submit" --conf "spark.driver.bindAddress=$SPARK_DRIVER_BIND_ADDRESS" --deploy-mode client "$@"
fi
exec tini -s -- "$@"
