#!/bin/sh
# Process 1 of an instance, in mount and PID namespaces of its own: makes the instance's file system
# out of the host's programs, read-only, and a directory of its own; then waits for the end.
# $1: the instance's directory. Prints "ready" and its process id on the host.
set -eu
dir=$1
root=$dir/root
read -r pid _ </proc/self/stat
mount --bind "$root" "$root"
for name in bin sbin lib lib32 lib64 libx32 usr; do
  if [ -L "/$name" ]; then
    [ -L "$root/$name" ] || cp --no-dereference "/$name" "$root/$name"
  elif [ -d "/$name" ]; then
    mkdir -p "$root/$name"
    mount --bind "/$name" "$root/$name"
    mount -o remount,bind,ro "$root/$name"
  fi
done
for name in dev etc proc sys tmp run root mnt var/lib var/tmp opt srv home; do
  mkdir -p "$root/$name"
done
chmod 1777 "$root/tmp" "$root/var/tmp"
for name in passwd group nsswitch.conf ld.so.cache mke2fs.conf alternatives localtime; do
  if [ -e "/etc/$name" ] && [ ! -e "$root/etc/$name" ]; then
    cp --archive "/etc/$name" "$root/etc/$name"
  fi
done
[ -e "$root/etc/fstab" ] || : >"$root/etc/fstab"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mkdir -p "$root/dev/disk/by-id"
ln -s /proc/self/fd "$root/dev/fd"
mkdir -p "$root/run/old"
cd "$root"
pivot_root . run/old
umount --lazy /run/old
rmdir /run/old
echo "ready $pid"
exec cat >/dev/null
