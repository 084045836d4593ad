#!/bin/sh
# A test of an API client in the shell: start the mock, wait for its readiness line, ask, stop.
#   sh examples/mock-fixture.sh
set -eu
folder=$(mktemp -d)
mkfifo "$folder/ready" "$folder/alive"
mockserver serve --port 0 --seed 7 --json --until-eof \
  <"$folder/alive" >"$folder/ready" 2>"$folder/log" &
mock=$!
exec 3>"$folder/alive" # held open: when this script ends, however it ends, the mock does too
trap 'exec 3>&-; wait "$mock" || true; rm -rf "$folder"' EXIT
IFS= read -r ready <"$folder/ready" || { cat "$folder/log" >&2; exit 1; }
url=$(printf '%s\n' "$ready" | sed -n 's/.*"url": "\([^"]*\)".*/\1/p')

# ---- the test itself: your client in place of curl
answer=$(curl --fail --silent --show-error "$url/api/v1/related/dQw4w9WgXcQ")
case $answer in
  *'"videoId"'*) echo "ok: $url answers with related videos" ;;
  *) echo "not ok: $answer" >&2; exit 1 ;;
esac
