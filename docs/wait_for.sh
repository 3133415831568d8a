# To be sourced: wait_for URL PATTERN waits, two minutes at most, until a page shows what was expected.
wait_for() {
  for _ in $(seq 240); do
    # Not grep -q: curl would find its pipe closed.
    if curl -sLf "$1" 2> /dev/null | grep "$2" > /dev/null; then
      echo "$(basename "$0" .sh): $1 shows \"$2\"" >&2
      return
    fi
    sleep 0.5
  done
  echo "$(basename "$0" .sh): expected \"$2\" at $1, found none" >&2
  exit 1
}
