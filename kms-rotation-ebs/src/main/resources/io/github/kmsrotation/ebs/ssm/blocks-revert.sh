# Undoes the synchronisation: the original can be written again, and what would have the system take
# the new volume for it is wiped. Harmless where there is nothing to undo.
begin_back
[ -e "$STATE/read-only" ] || exit 0
if REPLACEMENT_BLOCK=$(proven_device_of "$REPLACEMENT"); then
  size=$(cat "$STATE/prepared")
  last=$(((size - 1) / (CHUNK_MIB * 1048576)))
  for n in 0 "$last"; do
    # Where the device ends within the chunk, dd says that it is full.
    dd if=/dev/zero of="$REPLACEMENT_BLOCK" bs=1M count="$CHUNK_MIB" seek=$((n * CHUNK_MIB)) \
      conv=nocreat,notrunc 2>/dev/null || :
  done
  sync
  blockdev --flushbufs "$REPLACEMENT_BLOCK"
  [ -z "$(property "$REPLACEMENT_BLOCK" TYPE)$(property "$REPLACEMENT_BLOCK" PTTYPE)" ] ||
    fail "The new volume $REPLACEMENT cannot be wiped."
fi
if ORIGINAL_BLOCK=$(proven_device_of "$ORIGINAL"); then
  set_original --setrw
fi
rm -f "$STATE/read-only"
