# Sourced by the benchmarks after setup.sh, in the root, with benomaly built.

# plain_day LINES: the made day of so many lines as plain JSON lines, kept in $work; prints its path
plain_day() {
    local plain=$work/day-$1.jsonl made=$work/made-$1
    if [ ! -e "$plain" ]; then
        mkdir -p "$work"
        mpiexec -n 2 build/release/benomaly generate configs/quickstart.json --quiet --out "$made" \
            --set generate.days=1 --set "generate.lines_per_day=$1" >&2
        zstd -q -d "$made/synthetic-day-01.jsonl.zst" -o "$plain.part" && mv "$plain.part" "$plain"
    fi
    echo "$plain"
}
