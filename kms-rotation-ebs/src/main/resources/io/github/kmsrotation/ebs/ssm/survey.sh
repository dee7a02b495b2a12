# Tells what the original is and how it is used, one name=value a line. Changes nothing.
find_original
echo "device=$ORIGINAL_BLOCK"
echo "size=$(blockdev --getsize64 "$ORIGINAL_BLOCK")"
kind=$(property "$ORIGINAL_BLOCK" TYPE)
table=$(property "$ORIGINAL_BLOCK" PTTYPE)
echo "kind=$kind"
echo "partitions=$table"
missing=
for tool in rsync flock blkid awk sed od find sort xargs sha256sum stat mount umount; do
  command -v "$tool" >/dev/null || missing="$missing $tool"
done
# Before 3.1.3 it compares times by the second only.
version=$(rsync --version 2>/dev/null | sed -n '1s/.*version v*\([0-9.]*\).*/\1/p')
if [ -n "$version" ] && [ "$(printf '%s\n' 3.1.3 "$version" | sort -V | head -n 1)" != 3.1.3 ]; then
  missing="$missing rsync-3.1.3"
fi
case $kind in
  ext4) for tool in mkfs.ext4 dumpe2fs e2label; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done ;;
  xfs) for tool in mkfs.xfs xfs_admin; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done ;;
esac
echo "missing=${missing# }"
case $kind in ext4 | xfs) ;; *)
  survey_blocks
  exit 0
  ;;
esac
echo "memory=$(awk '$1 == "MemAvailable:" { printf "%.0f", $2 * 1024 }' /proc/meminfo)"
mounts=$(mounts_of "$ORIGINAL_BLOCK")
count=0
for place in $mounts; do
  count=$((count + 1))
done
echo "mounts=$count"
[ "$count" -eq 1 ] || exit 0
MOUNT=$(unescape "$mounts")
MOUNT=${MOUNT%x}
echo "mount=$(hex "$MOUNT")"
echo "nested=$(PLACE=$mounts/ awk 'index($5, ENVIRON["PLACE"]) == 1 { n++ } END { print n + 0 }' \
  /proc/self/mountinfo)"
# shellcheck disable=SC2046 # three numbers
set -- $(stat -f -c '%S %b %f %c %d' -- "$MOUNT")
echo "used=$((($2 - $3) * $1))"
echo "inodes=$(($4 - $5))"
echo "users=$(users_of "$MOUNT")"
spec=$(fstab_field spec)
echo "fstab=$(hex "$spec")"
if [ -z "$spec" ] || means "$spec" "$ORIGINAL_BLOCK"; then
  echo "fstabFits=true"
else
  echo "fstabFits=false"
fi
