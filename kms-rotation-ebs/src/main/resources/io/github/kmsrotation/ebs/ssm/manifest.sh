# A manifest of everything below a directory: kind, mode, owner, size, time, links, target and name
# of each entry, and the checksum of each file's content. Entries end with a NUL, as names may hold
# anything else.
manifest() {
  (
    cd -- "$1" || exit 1
    find . -xdev \( -type f -printf '%y %m %U %G %s %T@ %n %p\0' \) -o \
      -printf '%y %m %U %G %T@ %l %p\0' >"$2.list" || exit 1
    sort -z "$2.list" >"$2" || exit 1
    find . -xdev -type f -print0 >"$2.list" || exit 1
    sort -z -o "$2.list" "$2.list" || exit 1
    xargs -0 -r sha256sum -z -- <"$2.list" >>"$2" || exit 1
    rm -f "$2.list"
  ) || fail "A manifest of $1 cannot be made."
}

digest() {
  sha256sum <"$1" | sed 's/ .*//'
}
