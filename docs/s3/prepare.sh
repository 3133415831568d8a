#!/usr/bin/env bash
# Fetches what S3IT needs, into target/s3: the jars of s3a:// and an S3-compatible server (moto) in a virtual environment.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mvn -q -B -ntp -f docs/s3/pom.xml dependency:copy-dependencies -DoutputDirectory="$PWD/target/s3/jars"
python3 -m venv target/s3/venv
target/s3/venv/bin/pip -q install -r docs/s3/requirements.txt
echo "ready: mvn -B verify -P clusters -Dit.test=S3IT -Dtest=RoomsTest -Dsurefire.failIfNoSpecifiedTests=false"
