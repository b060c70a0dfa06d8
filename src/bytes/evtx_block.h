/* The blocks of an event log: where their records are, and small repairs that let libevtx read them.
 * A file is a header and blocks ("chunks") of 64 KiB, each with a header, names and records of its own. */
#ifndef BYTES_EVTX_BLOCK_H
#define BYTES_EVTX_BLOCK_H

#include "support/base.h"

enum { EVTX_HEADER_BYTES = 4096, EVTX_BLOCK_BYTES = 65536 };

struct evtx_block {
    unsigned char p[EVTX_BLOCK_BYTES];
    uint32_t records; /* how many there are, as far as can be told; UINT32_MAX: p is no block */
    bool unsound;     /* a checksum does not fit */
};

/* Which blocks are in use. all: the header does not say reliably (open when it was copied, or damaged), so those that
 * look like blocks are. */
struct evtx_extent {
    uint32_t blocks;
    bool all;
};

struct evtx_extent evtx_extent(const unsigned char header[EVTX_HEADER_BYTES], int64_t size);
/* The header of a file with one block. */
void evtx_one_block(unsigned char header[EVTX_HEADER_BYTES]);
/* p holds bytes of the file, then zeros. Fills in the rest, and mends p so that libevtx steps from one record of this
 * log to the next, over damage too, and meets nothing else. open: the block may hold records that its header does not
 * know of yet. */
void evtx_block_survey(struct evtx_block *block, bool open);

#endif
