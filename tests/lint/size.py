"""One room a file: no source file over 400 lines, no function over 60."""
import pathlib
import re
import sys

source = pathlib.Path(sys.argv[1])
FILE_LINES, FUNCTION_LINES = 400, 60
problems, seen = [], 0
for path in sorted([*source.glob("src/**/*.[ch]"), *source.glob("include/**/*.h"), *source.glob("tests/**/*.[ch]")]):
    name = path.relative_to(source)
    lines = path.read_text().splitlines()
    seen += 1
    if len(lines) > FILE_LINES:
        problems.append(f"{name}: {len(lines)} lines, at most {FILE_LINES}")
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{" and start is None:
            start = number
        elif line == "}" and start is not None:
            if number - start > FUNCTION_LINES:
                problems.append(f"{name}:{start}: a function of {number - start} lines, at most {FUNCTION_LINES}")
            start = None
if seen < 20:
    problems.append(f"only {seen} files seen: is {source} the source tree?")
print(f"{seen} files, {len(problems)} problems", *problems, sep="\n")
sys.exit(bool(problems))
