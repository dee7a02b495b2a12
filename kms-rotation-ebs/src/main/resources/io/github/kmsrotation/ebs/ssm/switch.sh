# Unmounts the original and mounts the new volume in its place, now and, by UUID, at every start. If
# that fails, the original is mounted again, read-only until the switch is tried anew or undone.
begin_forward
find_original
find_replacement
find_mount
uuid=$(cat "$STATE/uuid")
spec=$(fstab_field spec)
if [ -n "$spec" ] && [ "$spec" != "UUID=$uuid" ]; then
  means "$spec" "$ORIGINAL_BLOCK" ||
    fail "/etc/fstab mounts '$spec' where $ORIGINAL is mounted: that is another device."
  printf '%s' "$spec" >"$STATE/spec"
  [ -e "$STATE/fstab.before" ] || cp -a /etc/fstab "$STATE/fstab.before"
fi
options=$(fstab_field options)
[ -n "$options" ] || options=$(cat "$STATE/options")
back() {
  mount -t "$(cat "$STATE/kind")" -o "$(cat "$STATE/options"),ro" "$ORIGINAL_BLOCK" "$MOUNT" ||
    fail "$1 Nor can the original be mounted again: do that by hand."
  fail "$1 The original is mounted again, read-only until this is tried anew or rolled back."
}
is_read_only() {
  MINE=$(number_of "$1") awk '$3 == ENVIRON["MINE"] && $6 !~ /^ro(,|$)/ { writable = 1 }
    END { exit writable }' /proc/self/mountinfo
}
if ! is_mounted_at "$REPLACEMENT_BLOCK" "$MOUNT"; then
  if is_mounted_at "$ORIGINAL_BLOCK" "$MOUNT"; then
    is_read_only "$ORIGINAL_BLOCK" ||
      fail "The original was mounted for writing since it was compared: roll back, and plan anew."
    umount "$MOUNT" || fail "The volume $ORIGINAL is still in use: $(users_of "$MOUNT")"
  fi
  unmount_new || back "The new volume is in use."
  label=$(property "$ORIGINAL_BLOCK" LABEL)
  if [ -n "$label" ]; then
    case $(cat "$STATE/kind") in
      ext4) e2label "$REPLACEMENT_BLOCK" "$label" ;;
      xfs) xfs_admin -L "$label" "$REPLACEMENT_BLOCK" >/dev/null ;;
    esac || back "The new volume cannot be labelled."
  fi
  mount -t "$(cat "$STATE/kind")" -o "$options" "$REPLACEMENT_BLOCK" "$MOUNT" ||
    back "The new volume cannot be mounted."
fi
if [ -e "$STATE/spec" ] && [ "$(fstab_field spec)" != "UUID=$uuid" ]; then
  replaced_fstab "$(cat "$STATE/spec")" "UUID=$uuid" >"$STATE/fstab.after"
  install_fstab <"$STATE/fstab.after"
fi
echo "uuid=$uuid"
echo "fstab=$(hex "$(fstab_field spec)")"
