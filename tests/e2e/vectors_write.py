"""EVENTS CACHE OUT: the vectors of all command lines as an HDF5 file, written as its documentation says; the numbers are those that the
cache of embedding_http holds (lines that it lacks get zeros). The hash comes from the C library: python3-xxhash may be missing."""
import ctypes
import json
import struct
import sys

import h5py
import numpy


class Hash(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


xxhash = ctypes.CDLL("libxxhash.so.0")
xxhash.XXH3_128bits.restype = Hash
xxhash.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def digest(line):
    h = xxhash.XXH3_128bits(line, len(line))
    return h.high, h.low


def read_cache(path):
    data = open(path, "rb").read()
    d = json.loads(data[:512])["dimensions"]
    at, vectors = 512, {}
    while at < len(data):
        n = struct.unpack_from("=Q", data, at + 8)[0]
        keys = numpy.frombuffer(data, "uint64", 3 * n, at + 24).reshape(n, 3)
        x = numpy.frombuffer(data, "float32", n * d, at + 24 + 24 * n).reshape(n, d)
        vectors.update(zip(map(tuple, keys[:, :2].tolist()), x))
        at += 24 + 24 * n + 4 * n * d
    return d, vectors


events, cache, out = sys.argv[1:]
d, vectors = read_cache(cache)
lines = list(dict.fromkeys(json.loads(record)["command_line"] for record in open(events, encoding="utf-8")))[::-1]
hashes = [digest(line.encode()) for line in lines]
with h5py.File(out, "w") as file:
    file["hash"] = numpy.array(hashes, dtype="uint64")
    x = numpy.array([vectors.get(h, numpy.zeros(d)) for h in hashes], dtype="float32")
    file.create_dataset("vector", data=x, chunks=(100, d), compression="gzip")
    file.attrs["hash"], file.attrs["model"] = "xxh3_128", "jina-embeddings-v2-base-code"
print(len(lines), "lines,", sum(h in vectors for h in hashes), "with a vector in the cache")
