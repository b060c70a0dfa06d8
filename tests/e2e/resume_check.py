"""Compares the folders `whole` and `killed` of test_resume.sh; usage: resume_check.py SCRATCH IN_FLIGHT KILLS"""
import json
import pathlib
import sys

import h5py
import numpy

scratch, in_flight, kills = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
problems = []


def content(path):
    """Every array and attribute that a repeated run must give again."""
    with h5py.File(path, "r") as file:
        found = {name: file[name][()] for name in file if isinstance(file[name], h5py.Dataset)}
        for group in ("/", "axes", "digests", "ingest"):
            found.update({f"{group}@{key}": value for key, value in file[group].attrs.items()})
        return {key: value for key, value in found.items() if not key.startswith("/@_")}


def equal(a, b):
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.dtype.kind == "f":
        return numpy.array_equal(a, b, equal_nan=True)
    return numpy.array_equal(a, b)


whole = {p.name: content(p) for p in sorted((scratch / "whole" / "runs").glob("*.h5"))}
killed = {p.name: content(p) for p in sorted((scratch / "killed" / "runs").glob("*.h5"))}
if not whole or whole.keys() != killed.keys():
    problems.append(f"runs differ: {sorted(whole)} and {sorted(killed)}")
for name in whole.keys() & killed.keys():
    for key in whole[name].keys() | killed[name].keys():
        if not equal(whole[name].get(key, "missing"), killed[name].get(key, "missing")):
            problems.append(f"{name}: {key} differs")

keys = [json.loads(line)["key"] for line in (scratch / "killed" / "labels.jsonl").read_text().splitlines()]
if len(keys) != len(set(keys)):
    problems.append(f"{len(keys) - len(set(keys))} labels were asked for again although their answer was in the journal")
asked = len((scratch / "requests").read_text().splitlines())
lost = asked - len(keys)
print(f"{len(whole)} runs, {len(keys)} answers in the journal, {asked} requests, "
      f"{lost} lost in flight at {kills} kills (at most {in_flight} each)")
if not 0 <= lost <= kills * in_flight:
    problems.append(f"{lost} requests more than answers")
print(*problems, sep="\n")
sys.exit(bool(problems))
