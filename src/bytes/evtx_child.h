/* The process that reads an event log, and what it says through its pipe. */
#ifndef BYTES_EVTX_CHILD_H
#define BYTES_EVTX_CHILD_H

#include "support/base.h"

enum evtx_says {
    EVTX_BLOCK_BEGINS = 1, /* n: which */
    EVTX_TEXT,             /* n bytes follow: one record's line */
    EVTX_LOST,             /* n records of this block could not be read */
    EVTX_UNSOUND,          /* this block's records were read, but its checksum does not fit them */
    EVTX_BLOCKS_LOST,      /* n blocks, this one and those behind it, are missing or no blocks */
    EVTX_END,              /* all was said */
};

struct evtx_frame {
    uint32_t says, n;
};

/* Everything a forked process has left to do: reads the log of `size` bytes behind `file` from block `first` on. */
NO_RETURN void evtx_child(int file, int64_t size, uint32_t first, int pipe);

#endif
