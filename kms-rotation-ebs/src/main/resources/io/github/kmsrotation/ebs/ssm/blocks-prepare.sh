# Sees that the new volume is empty and large enough. Repeated, it goes on where it was.
begin_forward
find_both
mkdir -p "$STATE"
if [ ! -e "$STATE/prepared" ]; then
  [ -z "$(property "$REPLACEMENT_BLOCK" TYPE)$(property "$REPLACEMENT_BLOCK" PTTYPE)" ] ||
    fail "The new volume $REPLACEMENT is not empty."
  echo "$SIZE" >"$STATE/prepared.part"
  mv "$STATE/prepared.part" "$STATE/prepared"
fi
[ "$(blockdev --getsize64 "$REPLACEMENT_BLOCK")" -ge "$SIZE" ] ||
  fail "The new volume is smaller than the original."
echo "size=$SIZE"
