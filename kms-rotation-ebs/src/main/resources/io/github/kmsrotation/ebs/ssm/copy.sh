# Copies while the original serves. What changes meanwhile is for the synchronisation.
begin_forward
find_original
find_replacement
find_mount
is_mounted_at "$ORIGINAL_BLOCK" "$MOUNT" || fail "The volume $ORIGINAL is not mounted any more."
mount_new
code=0
# shellcheck disable=SC2119 # no more options
mirror >/dev/null || code=$?
# 24: files vanished while they were to be copied.
case $code in 0 | 24) ;; *) fail "rsync ended with $code." ;; esac
sync
# shellcheck disable=SC2046 # five numbers
set -- $(stat -f -c '%S %b %f %c %d' -- "$NEW")
echo "used=$((($2 - $3) * $1))"
echo "inodes=$(($4 - $5))"
