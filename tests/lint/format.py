"""Sources are formatted as .clang-format says (clang-format 14, Debian 12's)."""
import pathlib
import shutil
import subprocess
import sys

source = pathlib.Path(sys.argv[1])
if not shutil.which("clang-format"):
    print("SKIPPED: clang-format is not installed")
    sys.exit(77)
files = sorted(str(p) for folder in ("src", "include", "tests") for p in (source / folder).glob("**/*.[ch]"))
result = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], capture_output=True, text=True)
bad = sorted({line.split(":")[0] for line in result.stderr.splitlines() if ": error:" in line})
print(f"{len(files)} files, {len(bad)} not formatted; clang-format -i FILE does it", *bad, sep="\n")
sys.exit(result.returncode != 0 or len(files) < 20)
