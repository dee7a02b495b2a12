# A volume that is copied block by block: what is on it, what uses it, and the copying.

CHUNK_MIB=64

# The block device of a volume by its serial number alone: what is written over is never found by a
# name that another volume may have by now.
proven_device_of() {
  link=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(printf '%s' "$1" | tr -d -)
  [ -b "$link" ] || return 1
  readlink -f "$link"
}

find_both() {
  ORIGINAL_BLOCK=$(proven_device_of "$ORIGINAL") ||
    fail "The instance has no device for the volume $ORIGINAL."
  REPLACEMENT_BLOCK=$(proven_device_of "$REPLACEMENT") ||
    fail "The instance has no device for the volume $REPLACEMENT."
  [ "$ORIGINAL_BLOCK" != "$REPLACEMENT_BLOCK" ] || fail "Both volumes are $ORIGINAL_BLOCK."
  SIZE=$(blockdev --getsize64 "$ORIGINAL_BLOCK")
  # shellcheck disable=SC2034 # for what copies
  CHUNKS=$(((SIZE + CHUNK_MIB * 1048576 - 1) / (CHUNK_MIB * 1048576)))
}

# Major and minor numbers of a device and of its partitions.
numbers_of() {
  number_of "$1"
  echo
  find "/sys/dev/block/$(number_of "$1")/" -mindepth 2 -maxdepth 2 -name partition -printf '%h\n' |
    while read -r partition; do
      cat "$partition/dev"
    done
}

# What has it or a part of it mounted, open, as swap space, or as a part of another device; for
# people, and nothing if nothing does.
uses_of() {
  for number in $(numbers_of "$1"); do
    (
      set +f
      WANTED=$number awk '$3 == ENVIRON["WANTED"] { print $5 }' /proc/[0-9]*/mountinfo 2>/dev/null ||
        :
    ) | sort -u | sed 's/.*/mounted at &;/'
    find "/sys/dev/block/$number/holders/" -mindepth 1 -printf 'held by %f;\n' 2>/dev/null || :
    # btrfs has numbers of its own where it is mounted, and its devices are no holders' parts.
    find /sys/fs/btrfs/ -mindepth 3 -maxdepth 3 -path '*/devices/*' 2>/dev/null |
      while read -r device; do
        if [ "$(cat "$device/dev" 2>/dev/null)" = "$number" ]; then
          echo "mounted as btrfs;"
        fi
      done
    loops_of "$number"
    while read -r path kind _; do
      if [ "$kind" = partition ] && [ "$(number_of "$path" 2>/dev/null)" = "$number" ]; then
        echo "swap space;"
      fi
    done </proc/swaps
    (
      set +f
      find -L /proc/[0-9]*/fd -maxdepth 1 -type b 2>/dev/null || :
    ) | while read -r open; do
      if [ "$(number_of "$open" 2>/dev/null)" = "$number" ]; then
        echo "$open" | sed 's|/proc/\([0-9]*\)/.*|open in process \1;|'
      fi
    done | sort -u
  done
}

# Loop devices that are on it.
loops_of() {
  find /sys/block/ -mindepth 1 -maxdepth 1 -name 'loop*' -printf '%p/loop/backing_file\n' |
    while read -r backing; do
      on=$(cat "$backing" 2>/dev/null) || continue
      if [ -b "$on" ] && [ "$(number_of "$on")" = "$1" ]; then
        echo "held by $(basename "${backing%/loop/backing_file}");"
      fi
    done
}

# Whether it or a part of it is a part of something that the system puts together by itself, or that
# is of several devices.
members_of() {
  for number in $(numbers_of "$1"); do
    node=$1
    [ "$number" = "$(number_of "$1")" ] || node=/dev/block/$number
    kind=$(property "$node" TYPE)
    case $kind in
      LVM2_member | LVM1_member | *_raid_member | drbd | zfs_member | bcache | bcachefs | \
        ceph_bluestore | jbd | xfs_external_log)
        echo "$kind"
        ;;
      btrfs)
        # The number of devices is in the superblock, which is at 64 KiB.
        # https://btrfs.readthedocs.io/en/latest/dev/On-disk-format.html
        devices=$(od -An -t u8 -j $((65536 + 136)) -N 8 "$node" | tr -d ' ')
        [ "$devices" = 1 ] || echo "btrfs of $devices devices"
        ;;
    esac
  done
}

survey_blocks() {
  lacks=
  for tool in flock blkid blockdev awk sed find sort stat cmp dd head sha256sum od basename; do
    command -v "$tool" >/dev/null || lacks="$lacks $tool"
  done
  echo "missing=${lacks# }"
  echo "proven=$(proven_device_of "$ORIGINAL" || :)"
  echo "members=$(members_of "$ORIGINAL_BLOCK" | tr '\n' ' ')"
  echo "uses=$(uses_of "$ORIGINAL_BLOCK" | tr '\n' ' ')"
}

# Makes the original and its partitions read-only (--setro), or writable again (--setrw).
set_original() {
  blockdev "$1" "$ORIGINAL_BLOCK"
  for number in $(numbers_of "$ORIGINAL_BLOCK"); do
    if [ -b "/dev/block/$number" ]; then
      blockdev "$1" "/dev/block/$number"
    fi
  done
}

# The system itself looks into devices now and then, for a moment.
require_unused() {
  for try in 1 2 3; do
    uses=$(uses_of "$ORIGINAL_BLOCK" | tr '\n' ' ')
    [ -n "$uses" ] || return 0
    [ "$try" = 3 ] || sleep 1
  done
  fail "Something still uses $ORIGINAL: $uses"
}

# Copies the chunks from $1 to $2 that differ.
copy_chunks() {
  n=$1
  while [ "$n" -le "$2" ]; do
    [ ! -e "$WITHDRAWN" ] || fail "This run was rolled back."
    at=$((n * CHUNK_MIB))
    length=$((SIZE - at * 1048576))
    [ "$length" -le $((CHUNK_MIB * 1048576)) ] || length=$((CHUNK_MIB * 1048576))
    if ! cmp -s -n "$length" -i $((at * 1048576)) "$ORIGINAL_BLOCK" "$REPLACEMENT_BLOCK"; then
      dd if="$ORIGINAL_BLOCK" of="$REPLACEMENT_BLOCK" bs=1M count="$CHUNK_MIB" skip="$at" \
        seek="$at" conv=nocreat,notrunc,fsync 2>/dev/null ||
        fail "Chunk $n of $CHUNK_MIB MiB cannot be copied."
    fi
    n=$((n + 1))
  done
}

checksum() {
  head -c "$SIZE" "$1" | sha256sum | sed 's/ .*//'
}
