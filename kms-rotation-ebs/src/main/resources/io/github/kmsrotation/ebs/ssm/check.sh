# Tells whether the new volume serves in the original's place, and the original is not mounted.
find_replacement
find_mount
is_mounted_at "$REPLACEMENT_BLOCK" "$MOUNT" ||
  fail "The new volume $REPLACEMENT is not mounted in the place of $ORIGINAL."
if ORIGINAL_BLOCK=$(device_of "$ORIGINAL" "$ORIGINAL_DEVICE"); then
  [ -z "$(mounts_of "$ORIGINAL_BLOCK")" ] || fail "The original $ORIGINAL is mounted."
fi
echo "options=$(MINE=$(number_of "$REPLACEMENT_BLOCK") awk \
  '$3 == ENVIRON["MINE"] { print $6; exit }' /proc/self/mountinfo)"
