# Takes away what this run left on the instance, but for the new volume where it serves. A run that
# was rolled back says WITHDRAW=1.
if [ "$WITHDRAW" = 1 ]; then
  begin_back
else
  begin
fi
if grep -qF " $NEW " /proc/self/mountinfo; then
  umount "$NEW" || fail "The new volume is still in use: $(users_of "$NEW")"
fi
[ -d "$STATE" ] || exit 0
if [ -d "$NEW" ]; then
  rmdir "$NEW"
fi
for name in uuid mount options kind kind.part prepared prepared.part checksum read-only spec fstab.before fstab.after \
  fstab.back manifest.original manifest.original.list \
  manifest.replacement manifest.replacement.list differences; do
  rm -f "$STATE/$name"
done
rmdir "$STATE"
# Shared by the volumes of a run, and by runs: the last takes them away.
rmdir "${STATE%/*}" /var/lib/kms-rotation 2>/dev/null || :
rm -f "/run/kms-rotation-$ORIGINAL.lock"
