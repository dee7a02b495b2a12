#!/bin/sh
# What systemd does at boot with /etc/fstab: mounts file systems by UUID, label or device. There is
# no udev in here, so the devices are asked one by one.
decode() { printf '%b' "$(printf '%s' "$1" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')x"; }
failed=0
while read -r what where kind options _; do
  case $what in '' | '#'*) continue ;; esac
  case $kind in ext2 | ext3 | ext4 | xfs) ;; *) continue ;; esac
  case ,$options, in *,noauto,*) continue ;; esac
  found=
  for device in /dev/nvme*n1 /dev/xvd*; do
    [ -b "$device" ] || continue
    case $what in
      UUID=*) [ "$(blkid -p -o value -s UUID "$device")" = "${what#UUID=}" ] && found=$device ;;
      LABEL=*) [ "$(blkid -p -o value -s LABEL "$device")" = "${what#LABEL=}" ] && found=$device ;;
      *) [ "$(readlink -f "$what")" = "$device" ] && found=$device ;;
    esac
  done
  if [ -z "$found" ]; then
    echo "There is no $what" >&2
    case ,$options, in *,nofail,*) ;; *) failed=1 ;; esac
    continue
  fi
  target=$(decode "$where")
  target=${target%x}
  mkdir -p "$target"
  mount -t "$kind" -o "$options" "$found" "$target" || failed=1
done </etc/fstab
exit "$failed"
