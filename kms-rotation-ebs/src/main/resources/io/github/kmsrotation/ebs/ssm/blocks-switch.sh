# Before the original is detached: whether it is as it was when both were compared. A start of the
# system, or a new attachment, would have made it writable.
begin_forward
ORIGINAL_BLOCK=$(proven_device_of "$ORIGINAL") ||
  fail "The instance has no device for the volume $ORIGINAL."
[ -e "$STATE/read-only" ] || fail "The volumes were not compared: roll back, and plan anew."
[ "$(blockdev --getro "$ORIGINAL_BLOCK")" = 1 ] ||
  fail "The original was writable since it was compared: roll back, and plan anew."
require_unused
