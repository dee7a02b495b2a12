# What the scripts of a volume's copy share. They are run by sh, as root, by AWS Systems Manager.
# Before this stand the assignments of RUN, ORIGINAL, REPLACEMENT (volume ids), ORIGINAL_DEVICE and
# REPLACEMENT_DEVICE (EC2's device names) and EXPECTED_MOUNT (hexadecimal, or empty), all of them in
# letters that need no quoting. Paths are never passed: they are read from the instance itself.
# shellcheck shell=sh disable=SC2034

# No name that holds a * is to become others.
set -euf
umask 077
LC_ALL=C
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

STATE=/var/lib/kms-rotation/$RUN/$ORIGINAL
NEW=$STATE/new
WITHDRAWN=/run/kms-rotation-$RUN-$ORIGINAL.withdrawn

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Two commands at once, such as one whose answer was lost and its repetition, run one after another.
begin() {
  exec 9>"/run/kms-rotation-$ORIGINAL.lock"
  flock 9
}

begin_forward() {
  begin
  [ ! -e "$WITHDRAWN" ] || fail "This run was rolled back: a command of it came late."
}

# Undoing comes first: what the run still copies is ended, and a command of it that waits for the lock,
# or that the instance has yet to be given, is refused. A command that made the original read-only
# after the original was made writable again would leave it so.
begin_back() {
  : >"$WITHDRAWN"
  if grep -qF " $NEW " /proc/self/mountinfo; then
    for pid in $(pids_of "$NEW"); do
      kill "$pid" || :
    done
  fi
  begin
}

# The block device of a volume. On Nitro the volume id is the serial number of an NVMe device; on
# Xen the device has the name that EC2 was told, or that name with xvd for sd.
# https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
device_of() {
  compact=$(printf '%s' "$1" | tr -d -)
  link=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$compact
  if [ -b "$link" ]; then
    readlink -f "$link"
    return
  fi
  for candidate in "$2" "/dev/xvd${2#/dev/sd}"; do
    case $(readlink -f "$candidate" 2>/dev/null) in
      /dev/xvd* | /dev/sd*)
        if [ -b "$candidate" ]; then
          readlink -f "$candidate"
          return
        fi
        ;;
    esac
  done
  return 1
}

find_original() {
  ORIGINAL_BLOCK=$(device_of "$ORIGINAL" "$ORIGINAL_DEVICE") ||
    fail "The instance has no device for the volume $ORIGINAL."
}

find_replacement() {
  REPLACEMENT_BLOCK=$(device_of "$REPLACEMENT" "$REPLACEMENT_DEVICE") ||
    fail "The instance has no device for the volume $REPLACEMENT."
}

# Major and minor number as in /proc/self/mountinfo.
number_of() {
  numbers=$(stat -L -c '%t %T' "$1")
  printf '%d:%d' "0x${numbers% *}" "0x${numbers#* }"
}

# Where a device is mounted, one a line, with octal escapes.
mounts_of() {
  WANTED=$(number_of "$1") awk '$3 == ENVIRON["WANTED"] { print $5 }' /proc/self/mountinfo
}

# Undoes octal escapes; an x is added, since the shell takes newlines off the end.
unescape() {
  printf '%b' "$(printf '%s' "$1" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')x"
}

is_mounted_at() {
  [ -n "$1" ] || return 1
  for place in $(mounts_of "$1"); do
    place=$(unescape "$place")
    [ "${place%x}" != "$2" ] || return 0
  done
  return 1
}

hex() {
  printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}

property() {
  blkid -p -o value -s "$2" "$1" 2>/dev/null || :
}

# Sets MOUNT, where the original is or was mounted.
find_mount() {
  if [ -e "$STATE/mount" ]; then
    MOUNT=$(cat "$STATE/mount")
    MOUNT=${MOUNT%x}
  else
    MOUNT=$(unescape "$(mounts_of "$ORIGINAL_BLOCK")")
    MOUNT=${MOUNT%x}
  fi
  [ -n "$MOUNT" ] || fail "The volume $ORIGINAL is not mounted."
  [ "$(hex "$MOUNT")" = "$EXPECTED_MOUNT" ] ||
    fail "The volume $ORIGINAL is not mounted where it was when the plan was made."
}

# Ids of the processes that have files of a mounted file system open.
pids_of() {
  id=$(stat -c %d -- "$1")
  (
    set +f
    find -L /proc/[0-9]*/fd -maxdepth 1 -printf '%D %h\n' 2>/dev/null || :
    find -L /proc/[0-9]*/cwd /proc/[0-9]*/root /proc/[0-9]*/exe -maxdepth 0 -printf '%D %h\n' \
      2>/dev/null || :
  ) | awk -v id="$id" '$1 == id { split($2, part, "/"); print part[3] }' | sort -un
}

users_of() {
  pids_of "$1" |
    while read -r pid; do
      printf '%s (%s) ' "$pid" "$(cat "/proc/$pid/comm" 2>/dev/null || :)"
    done
}

# Mounts the new file system where only this run looks, unless it is mounted already.
mount_new() {
  [ -e "$STATE/prepared" ] || fail "The new volume $REPLACEMENT was not prepared."
  if ! is_mounted_at "$REPLACEMENT_BLOCK" "$NEW"; then
    mkdir -p "$NEW"
    mount -t "$(cat "$STATE/kind")" -o nodev,nosuid "$REPLACEMENT_BLOCK" "$NEW"
  fi
}

unmount_new() {
  if is_mounted_at "$REPLACEMENT_BLOCK" "$NEW"; then
    umount "$NEW"
  fi
}

# Times are the same only if they are to the nanosecond: a directory may have been made on both sides
# within a second.
# shellcheck disable=SC2120 # some give it more options
mirror() {
  rsync --archive --hard-links --acls --xattrs --sparse --numeric-ids --one-file-system \
    --modify-window=-1 --delete --delete-excluded "$@" "$MOUNT/" "$NEW/"
}

reload_units() {
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
  fi
}
