# Undoes the switch and the synchronisation: the original is mounted as before, and /etc/fstab is
# what it was. Harmless where there is nothing to undo.
begin_back
[ -e "$STATE/mount" ] || exit 0
find_original
REPLACEMENT_BLOCK=$(device_of "$REPLACEMENT" "$REPLACEMENT_DEVICE") || REPLACEMENT_BLOCK=
find_mount
if is_mounted_at "$REPLACEMENT_BLOCK" "$MOUNT"; then
  umount "$MOUNT" || fail "The new volume is still in use: $(users_of "$MOUNT")"
fi
if [ -e "$STATE/fstab.before" ]; then
  if [ -e "$STATE/fstab.after" ] && cmp -s /etc/fstab "$STATE/fstab.after"; then
    install_fstab <"$STATE/fstab.before"
  elif ! cmp -s /etc/fstab "$STATE/fstab.before"; then
    # Somebody else changed it since: only this run's line goes back.
    replaced_fstab "UUID=$(cat "$STATE/uuid")" "$(cat "$STATE/spec")" >"$STATE/fstab.back"
    install_fstab <"$STATE/fstab.back"
    rm -f "$STATE/fstab.back"
  fi
  rm -f "$STATE/fstab.after"
fi
if ! is_mounted_at "$ORIGINAL_BLOCK" "$MOUNT"; then
  mount -t "$(cat "$STATE/kind")" -o "$(cat "$STATE/options")" "$ORIGINAL_BLOCK" "$MOUNT"
elif [ -e "$STATE/read-only" ]; then
  case ,$(cat "$STATE/options"), in
    *,ro,*) ;;
    *) mount -o remount,rw "$MOUNT" ;;
  esac
fi
rm -f "$STATE/read-only"
