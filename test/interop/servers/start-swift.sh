#!/usr/bin/env bash
# Swift + s3api in ONE process (objects in memory). needs only: apt-get install -y --no-install-recommends python3-swift
# usage: start-swift-one.sh [start|stop]     env: PORT=8075 RUN=$PWD/.run/swift1 REGION=us-east-1
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd); PORT=${PORT:-8075}; RUN=${RUN:-$PWD/.run/swift1}; REGION=${REGION:-us-east-1}
stop(){ [ -f "$RUN/pid" ] && kill "$(cat "$RUN/pid")" 2>/dev/null || true; rm -f "$RUN/pid"; }
[ "${1:-start}" = stop ] && { stop; exit 0; }
stop; rm -rf "$RUN"; mkdir -p "$RUN"
/usr/bin/python3 "$HERE/swift_one.py" "$PORT" "$RUN/data" "$REGION" >"$RUN/log" 2>&1 & echo $! >"$RUN/pid"
for i in $(seq 150); do grep -qs READY "$RUN/log" && break; kill -0 "$(cat "$RUN/pid")" || { cat "$RUN/log"; exit 1; }; sleep .1; done
printf 'ENDPOINT=http://127.0.0.1:%s\nACCESS=test:tester\nSECRET=testing\nACCESS2=test2:tester2\nSECRET2=testing2\nREGION=%s\n' "$PORT" "$REGION" | tee "$RUN/env"
