#!/bin/sh
# The outer process of an instance: lives as long as its standard input, which the JVM holds open.
# $1: the instance's directory, which holds root/ (its file system) and loops (the file
# of a loop device a line).
# When it ends, all processes and mounts of the instance are gone, and its loop devices released.
set -u
dir=$1
unshare --mount --pid --fork --kill-child --propagation private -- sh "$dir/boot.sh" "$dir"
while read -r file; do
  losetup --associated "$file" --output NAME --noheadings | while read -r loop; do
    blockdev --setrw "$loop"
    losetup --detach "$loop"
  done
done <"$dir/loops"
exit 0
