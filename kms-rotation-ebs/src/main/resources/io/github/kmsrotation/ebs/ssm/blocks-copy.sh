# Copies while the original serves, all but the first and the last chunk: what tells the two volumes
# apart for the system, such as UUIDs, labels and partition tables, is there, and no system is to see
# it twice while it uses it.
begin_forward
find_both
[ -e "$STATE/prepared" ] || fail "The new volume $REPLACEMENT was not prepared."
copy_chunks 1 $((CHUNKS - 2))
echo "size=$SIZE"
