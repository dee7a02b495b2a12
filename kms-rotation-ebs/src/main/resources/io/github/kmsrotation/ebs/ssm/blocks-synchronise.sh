# Once nothing uses the original any more: makes its device read-only, copies what changed, and
# compares the checksums of both volumes, read anew.
begin_forward
find_both
[ -e "$STATE/prepared" ] || fail "The new volume $REPLACEMENT was not prepared."
# The system itself looks into devices now and then, for a moment.
require_unused() {
  for try in 1 2 3; do
    uses=$(uses_of "$ORIGINAL_BLOCK" | tr '\n' ' ')
    [ -n "$uses" ] || return 0
    [ "$try" = 3 ] || sleep 1
  done
  fail "Something still uses $ORIGINAL: $uses"
}
require_unused
: >"$STATE/read-only"
blockdev --setro "$ORIGINAL_BLOCK"
require_unused
sync
blockdev --flushbufs "$ORIGINAL_BLOCK"
copy_chunks 0 $((CHUNKS - 1))
sync
blockdev --flushbufs "$REPLACEMENT_BLOCK"
checksum "$ORIGINAL_BLOCK" >"$STATE/checksum" &
other=$!
replacement=$(checksum "$REPLACEMENT_BLOCK")
wait "$other" || fail "The checksum of $ORIGINAL cannot be made."
echo "original=$(cat "$STATE/checksum")"
echo "replacement=$replacement"
rm -f "$STATE/checksum"
echo "size=$SIZE"
