# The line of /etc/fstab that mounts at MOUNT.

# Prints the file with another first field in that line; FROM and TO are what it was and becomes.
replaced_fstab() {
  FROM=$1 TO=$2 PLACE=$MOUNT awk '
    function plain(text,    done, digits, code, i) {
      done = ""
      while (match(text, /\\[0-7][0-7][0-7]/)) {
        digits = substr(text, RSTART + 1, 3)
        code = 0
        for (i = 1; i <= 3; i++) { code = code * 8 + substr(digits, i, 1) }
        done = done substr(text, 1, RSTART - 1) sprintf("%c", code)
        text = substr(text, RSTART + 4)
      }
      return done text
    }
    !/^[ \t]*#/ && $1 == ENVIRON["FROM"] && plain($2) == ENVIRON["PLACE"] {
      at = index($0, $1)
      $0 = substr($0, 1, at - 1) ENVIRON["TO"] substr($0, at + length($1))
    }
    { print }' /etc/fstab
}

# Puts what comes by standard input in the place of /etc/fstab, at once and with its attributes.
install_fstab() {
  next=/etc/.fstab.$ORIGINAL
  cp -a /etc/fstab "$next"
  cat >"$next"
  sync
  mv -f "$next" /etc/fstab
  sync
  reload_units
}

# The first field of the line for MOUNT, and the options.
fstab_field() {
  while read -r spec place _ options _ || [ -n "$spec" ]; do
    case $spec in '' | '#'*) continue ;; esac
    place=$(unescape "$place")
    if [ "${place%x}" = "$MOUNT" ]; then
      case $1 in spec) printf '%s' "$spec" ;; *) printf '%s' "$options" ;; esac
      return
    fi
  done </etc/fstab
}

# Whether a first field means a device.
means() {
  case $1 in
    UUID=*) [ "$(printf '%s' "${1#UUID=}" | tr -d '"')" = "$(property "$2" UUID)" ] ;;
    LABEL=*) [ "$(printf '%s' "${1#LABEL=}" | tr -d '"')" = "$(property "$2" LABEL)" ] ;;
    /*) [ "$(readlink -f "$1")" = "$2" ] ;;
    *) false ;;
  esac
}
