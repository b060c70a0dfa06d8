"""Running bench_day, and judging what came out."""
import json
import os
import subprocess

missed = []


def require(holds, what):
    print("ok  " if holds else "MISS", what, flush=True)
    if not holds:
        missed.append(what)


def bench_day(tool, ranks, path, detectors, *options):
    """One dictionary a detector, in their order."""
    arguments = [word for detector in detectors for word in ("--detector", json.dumps(detector))]
    environment = os.environ | {"OMPI_MCA_hwloc_base_binding_policy": "none"}
    out = subprocess.run(["mpiexec", "-n", str(ranks), tool, *options, *arguments, path],
                         check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
    return [json.loads(line) for line in out.splitlines()]


def warm(path):
    """Into the page cache."""
    with open(path, "rb", buffering=0) as file:
        while file.read(1 << 24):
            pass
