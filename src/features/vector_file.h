/* Vectors of lines in an HDF5 file that anybody may have written:
 *
 *     /hash    uint64 [n, 2]   the high and the low half of XXH3-128 (seed 0) of the line's raw bytes, as the field of
 *                              the telemetry holds them once JSON or CSV is unescaped (UTF-8, nothing trimmed or
 * folded) /vector  float32 [n, d]  all numbers finite; other floating-point types are converted attributes of the file:
 * hash = "xxh3_128", model = the name of what made the vectors
 *
 * Rows in any order. Of several rows of one line the first counts. Lines that nobody asks for do no harm. Chunks and
 * filters are allowed; without them and with rows in the order of telemetry reading is fastest. In Python:
 *
 *     lines = list(dict.fromkeys(json.loads(record)["command_line"] for record in telemetry))
 *     digests = [xxhash.xxh3_128_intdigest(line.encode()) for line in lines]
 *     with h5py.File("vectors.h5", "w") as out:
 *         out["hash"] = numpy.array([(d >> 64, d & (1 << 64) - 1) for d in digests], dtype="uint64")
 *         out["vector"] = model.encode(lines).astype("float32")
 *         out.attrs["hash"], out.attrs["model"] = "xxh3_128", "jina-embeddings-v2-base-code"
 *
 * Private to the module. */
#ifndef FEATURES_VECTOR_FILE_H
#define FEATURES_VECTOR_FILE_H

#include "line_vectors.h"

/* Finds what it can of the vectors still missing; model: what the file must name, "": anything. Local: each rank reads
 * all hashes and its own vectors. */
MUST_CHECK bool vector_file_read(const char *path, const char *model, struct line_vectors *vectors, struct error *err);

#endif
