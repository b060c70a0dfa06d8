"""The truth of a line is read only where it may be: readers and ingest carry it, the oracle backend answers from it, evaluation
compares with it. Detection, selection and training never see it."""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
READS = re.compile(r"(?:->|\.)\s*truth\b")
ALLOWED = {  # path prefix -> why
    "src/scan/": "read",
    "src/ingest/": "carried",
    "src/label/backends/oracle.c": "the simulation itself",
    "src/corpus/": "labels of test sets",
}
CARRIES = {  # copies it along without looking at it: only assignments of one truth to another
    "src/experiment/labels.c", "src/experiment/view.c",
}
problems, seen = [], 0
for path in sorted(source.glob("src/**/*.[ch]")):
    name = str(path.relative_to(source))
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not READS.search(line):
            continue
        seen += 1
        if any(name.startswith(prefix) for prefix in ALLOWED):
            continue
        if name in CARRIES and not re.search(r"\b(if|while|switch|return)\b|[!=]=|\?", line):
            continue
        problems.append(f"{name}:{number}: reads the truth of a line: {line.strip()}")
if seen == 0:
    problems.append("no use of truth seen at all: does this lint still look for the right name?")
print(f"{seen} uses, {len(problems)} problems", *problems, sep="\n")
sys.exit(bool(problems))
