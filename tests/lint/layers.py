"""A module includes only what the table in CMakeLists.txt (layers.txt of the build) lets it; each outside library has one module.
A header's path says whose it is: "module/x.h" lies in include/module, "x.h" in the including module's own folder of src."""
import pathlib
import re
import sys

source, build = map(pathlib.Path, sys.argv[1:3])
needs = {}
for line in (build / "layers.txt").read_text().splitlines():
    module, _, rest = line.partition(":")
    needs[module] = set(rest.split())


def closure(module):
    found, todo = {module}, [module]
    while todo:
        for need in needs[todo.pop()] - found:
            found.add(need)
            todo.append(need)
    return found


LIBRARY = {  # header -> modules that may include it
    r"mpi\.h": {"comm"}, r"hdf5(_hl)?\.h": {"store"}, r"curl/": {"http"}, r"cjson/": {"support"}, r"xxhash\.h": {"support"},
    r"openssl/": {"support"}, r"zlib\.h": {"bytes"}, r"zstd": {"bytes"}, r"libevtx": {"bytes"}, r"expat": {"scan"}, r"cblas\.h": {"features"}, r"lapacke\.h": {"features"},
}
problems, seen = [], 0
for path in sorted([*source.glob("src/**/*.[ch]"), *source.glob("include/**/*.h")]):
    parts = path.relative_to(source).parts
    module = parts[1]
    if module not in needs:
        problems.append(f"{path.relative_to(source)}: module {module} is not in CMakeLists.txt")
        continue
    # direct needs and theirs; a need's public headers may show their own needs
    allowed = closure(module)
    seen += 1
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        where = f"{path.relative_to(source)}:{number}"
        quote, header = match.groups()
        other = header.split("/")[0]
        if quote == '"' and "/" in header and other in needs and other not in allowed:
            problems.append(f"{where}: {module} must not include {header}")
        if quote == '"' and "/" in header and not header.endswith(".inc") and not (source / "include" / header).exists():
            problems.append(f"{where}: {header} is no public header: a private one is included by its name alone")
        own = source / "src" / module / header
        if quote == '"' and "/" not in header and header != "commit.h" and (parts[0] == "include" or not own.exists()):
            problems.append(f"{where}: {header} is no private header of {module}")
        for pattern, modules in LIBRARY.items():
            if re.match(pattern, header) and module not in modules:
                problems.append(f"{where}: {header} belongs to {', '.join(sorted(modules))}")
if seen < 20:
    problems.append(f"only {seen} files seen: is {source} the source tree?")
print(f"{seen} files, {len(problems)} problems", *problems, sep="\n")
sys.exit(bool(problems))
