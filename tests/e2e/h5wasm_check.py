"""Compares what h5wasm read with what h5py reads. usage: h5wasm_check.py FILE.h5 READ.json"""
import json
import sys

import h5py
import numpy


def plain(value):
    if isinstance(value, (bytes, str)):
        return value.decode() if isinstance(value, bytes) else value
    if isinstance(value, numpy.generic):
        value = value.item()
    return value


def alike(ours, theirs):
    """Whole numbers of 64 bits come as text, and so do those that JSON has not."""
    if isinstance(ours, str):
        return ours == theirs
    if isinstance(theirs, str):
        return int(theirs) == ours if theirs.lstrip("-").isdigit() else str(float(theirs)) == str(float(ours))
    return ours == theirs


read = json.load(open(sys.argv[2]))
values = 0
with h5py.File(sys.argv[1], "r") as file:
    names = [name for name in file if isinstance(file[name], h5py.Dataset)]
    assert set(names) == set(read["arrays"]), set(names) ^ set(read["arrays"])
    for name in names:
        data, other = file[name], read["arrays"][name]
        assert list(data.shape) == other["shape"], name
        assert plain(data.attrs.get("units")) == other["units"], name
        ours = [plain(v) for v in data[()].ravel()] if data.shape else [plain(data[()])]
        theirs = other["values"] if isinstance(other["values"], list) else [other["values"]]
        assert len(ours) == len(theirs), (name, len(ours), len(theirs))
        for a, b in zip(ours, theirs):
            assert alike(a, b), (name, a, b)
        values += len(ours)
    assert set(file.attrs) == set(read["attributes"])
    for name in file.attrs:
        assert alike(plain(file.attrs[name]), read["attributes"][name]), name
assert len(names) > 20 and values > 100, (len(names), values)
print(f"{sys.argv[1]}: {len(names)} arrays, {values} values alike")
