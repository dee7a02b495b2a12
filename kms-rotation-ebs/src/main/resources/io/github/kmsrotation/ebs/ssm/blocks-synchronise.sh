# Once nothing uses the original any more: makes its device read-only, copies what changed, and
# compares the checksums of both volumes, read anew.
begin_forward
find_both
[ -e "$STATE/prepared" ] || fail "The new volume $REPLACEMENT was not prepared."
require_unused
: >"$STATE/read-only"
set_original --setro
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
