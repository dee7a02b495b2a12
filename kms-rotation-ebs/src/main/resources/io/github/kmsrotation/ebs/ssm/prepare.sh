# Makes the same kind of file system on the new volume, with a UUID of its own, and mounts it where
# only this run looks. Repeated, it goes on where it was. The label comes with the switch: until
# then whatever goes by the label has to find the original.
begin_forward
find_original
find_replacement
find_mount
mkdir -p "$STATE"
kind=$(property "$ORIGINAL_BLOCK" TYPE)
if [ ! -e "$STATE/kind" ]; then
  [ -z "$(property "$REPLACEMENT_BLOCK" TYPE)$(property "$REPLACEMENT_BLOCK" PTTYPE)" ] ||
    fail "The new volume $REPLACEMENT is not empty."
  cat /proc/sys/kernel/random/uuid >"$STATE/uuid"
  printf '%sx' "$MOUNT" >"$STATE/mount"
  WANTED=$(number_of "$ORIGINAL_BLOCK") awk '
    $3 == ENVIRON["WANTED"] { split($0, half, " - "); split(half[2], rest, " ")
      own = $6; super = rest[3]; sub(/^r[ow],?/, "", super)
      print own (super == "" ? "" : "," super) }' /proc/self/mountinfo >"$STATE/options"
  echo "$kind" >"$STATE/kind.part"
  mv "$STATE/kind.part" "$STATE/kind"
fi
uuid=$(cat "$STATE/uuid")
[ "$(cat "$STATE/kind")" = "$kind" ] || fail "The file system of $ORIGINAL is another by now."
if [ ! -e "$STATE/prepared" ]; then
  [ -z "$(mounts_of "$REPLACEMENT_BLOCK")" ] || fail "The new volume $REPLACEMENT is mounted."
  case $kind in
    ext4)
      header=$(dumpe2fs -h "$ORIGINAL_BLOCK" 2>/dev/null)
      value() { printf '%s\n' "$header" | sed -n "s/^$1: *//p"; }
      mkfs.ext4 -q -F -U "$uuid" -b "$(value 'Block size')" -I "$(value 'Inode size')" \
        -N "$(value 'Inode count')" "$REPLACEMENT_BLOCK"
      ;;
    xfs) mkfs.xfs -q -f -m "uuid=$uuid" "$REPLACEMENT_BLOCK" ;;
    *) fail "A file system '$kind' is not copied file by file." ;;
  esac
  sync
  : >"$STATE/prepared"
fi
mount_new
# shellcheck disable=SC2046 # two numbers
set -- $(stat -f -c '%S %b' -- "$NEW")
room=$(($1 * $2))
# shellcheck disable=SC2046 # three numbers
set -- $(stat -f -c '%S %b %f' -- "$MOUNT")
[ "$room" -ge "$((($2 - $3) * $1))" ] ||
  fail "The new volume has room for $room bytes, and the original holds $((($2 - $3) * $1))."
echo "uuid=$uuid"
