# Once nothing writes any more: makes the original read-only, which proves that, copies what
# changed, and compares both sides, read anew from the volumes.
begin_forward
find_original
find_replacement
find_mount
is_mounted_at "$ORIGINAL_BLOCK" "$MOUNT" || fail "The volume $ORIGINAL is not mounted any more."
mount_new
: >"$STATE/read-only"
sync
mount -o remount,ro "$MOUNT" || fail "Something still writes to $ORIGINAL: $(users_of "$MOUNT")"

# Ends the script itself where anything fails: its caller looks at its result only.
compare() {
  sync
  unmount_new || fail "The new volume is in use: $(users_of "$NEW")"
  mount_new || fail "The new volume cannot be mounted."
  manifest "$MOUNT" "$STATE/manifest.original"
  manifest "$NEW" "$STATE/manifest.replacement"
  # What a manifest does not name: ACLs, extended attributes, which names are one file.
  mirror --dry-run --itemize-changes >"$STATE/differences" ||
    fail "The volumes cannot be compared."
  cmp -s "$STATE/manifest.original" "$STATE/manifest.replacement" &&
    [ ! -s "$STATE/differences" ]
}
mirror >/dev/null
# rsync takes a file of the same size and time for the same; the checksums do not.
compare || { mirror --checksum >/dev/null && compare; } || :
echo "original=$(digest "$STATE/manifest.original")"
echo "replacement=$(digest "$STATE/manifest.replacement")"
echo "differences=$(tr -cd '\n' <"$STATE/differences" | wc -c)"
echo "entries=$(find "$MOUNT" -xdev -printf x | wc -c)"
# The first entries that differ, for people.
if ! cmp -s "$STATE/manifest.original" "$STATE/manifest.replacement"; then
  sort -z -o "$STATE/manifest.original" "$STATE/manifest.original"
  sort -z -o "$STATE/manifest.replacement" "$STATE/manifest.replacement"
  comm -z -3 "$STATE/manifest.original" "$STATE/manifest.replacement" | tr '\0' '\n' |
    head -n 6 >>"$STATE/differences"
fi
echo "first=$(hex "$(head -c 900 "$STATE/differences")")"
rm -f "$STATE/manifest.original" "$STATE/manifest.replacement" "$STATE/differences"
