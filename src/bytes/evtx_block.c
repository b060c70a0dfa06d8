#include "evtx_block.h"

#include <string.h>

#include <zlib.h>

/* Offsets in the file's header, a block's header and a record. */
enum {
    FILE_HEADER_SIZE = 0x20,
    FILE_MINOR = 0x24,
    FILE_MAJOR = 0x26,
    FILE_BLOCK_OFFSET = 0x28,
    FILE_BLOCKS = 0x2A,
    FILE_FLAGS = 0x78,
    FILE_CHECKSUM = 0x7C,
    BLOCK_FIRST_NUMBER = 0x08,
    BLOCK_LAST_NUMBER = 0x10,
    BLOCK_HEADER_SIZE = 0x28,
    BLOCK_LAST_RECORD = 0x2C,
    BLOCK_FREE = 0x30,
    BLOCK_RECORDS_CHECKSUM = 0x34,
    BLOCK_CHECKSUM = 0x7C,
    BLOCK_TABLES = 0x80,
    BLOCK_RECORDS = 0x200,
    RECORD_SIZE = 4,
    RECORD_ID = 8,
    RECORD_LEAST = 28,
    IS_OPEN = 1,
    MOST_RECORDS = EVTX_BLOCK_BYTES / RECORD_LEAST,
};

static const unsigned char record_mark[4] = {'*', '*', 0, 0};

static uint64_t get(const unsigned char *p, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | p[i];
    return value;
}

static void put(unsigned char *p, size_t bytes, uint64_t value)
{
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

static bool checks(const unsigned char *p, size_t n, const unsigned char *stored)
{
    return crc32(0, p, (uInt)n) == get(stored, 4);
}

struct evtx_extent evtx_extent(const unsigned char header[EVTX_HEADER_BYTES], int64_t size)
{
    uint64_t whole = (uint64_t)max_i64(size - EVTX_HEADER_BYTES + EVTX_BLOCK_BYTES - 1, 0) / EVTX_BLOCK_BYTES;
    bool sound = checks(header, FILE_FLAGS, header + FILE_CHECKSUM);
    /* A log that is cut in its header lacks a block at least. */
    struct evtx_extent extent = {.blocks = sound ? (uint32_t)get(header + FILE_BLOCKS, 2) : 1};
    /* The count has 16 bits. */
    extent.all = !sound || (header[FILE_FLAGS] & IS_OPEN) != 0 || whole > UINT16_MAX;
    if (extent.all && whole > extent.blocks)
        extent.blocks = whole < UINT32_MAX ? (uint32_t)whole : UINT32_MAX;
    return extent;
}

void evtx_one_block(unsigned char header[EVTX_HEADER_BYTES])
{
    memset(header, 0, EVTX_HEADER_BYTES);
    memcpy(header, "ElfFile", 8);
    put(header + FILE_HEADER_SIZE, 4, 128);
    put(header + FILE_MINOR, 2, 1);
    put(header + FILE_MAJOR, 2, 3);
    put(header + FILE_BLOCK_OFFSET, 2, EVTX_HEADER_BYTES);
    put(header + FILE_BLOCKS, 2, 1);
    put(header + FILE_CHECKSUM, 4, crc32(0, header, FILE_FLAGS));
}

static bool marked(const unsigned char *p, size_t at, size_t limit)
{
    return at + sizeof record_mark <= limit && memcmp(p + at, record_mark, sizeof record_mark) == 0;
}

/* Size of the record that starts at `at`, or 0. Its second size, at its end, may be wrong if another record or the
 * records' end follows. */
static size_t record_size(const unsigned char *p, size_t at, size_t limit)
{
    if (at + RECORD_LEAST > limit || !marked(p, at, limit))
        return 0;
    size_t size = (size_t)get(p + at + RECORD_SIZE, 4);
    if (size < RECORD_LEAST || size > limit - at)
        return 0;
    bool confirmed = get(p + at + size - 4, 4) == size || at + size == limit || marked(p, at + size, limit);
    return confirmed ? size : 0;
}

/* Makes what lies there a record in form: whether it can be read is for libevtx to say. */
static void frame_record(struct evtx_block *block, size_t at, size_t size)
{
    memcpy(block->p + at, record_mark, sizeof record_mark);
    put(block->p + at + RECORD_SIZE, 4, size);
    put(block->p + at + size - 4, 4, size);
    block->records++;
}

/* Frames the records up to `limit` and what is unreadable between them; returns where the last one starts and, in *end,
 * ends. Without a reliable limit, a number that does not go on from the last one belongs to an older record. */
static size_t frame_records(struct evtx_block *block, size_t limit, bool reliable, size_t *end)
{
    enum { GAP = 1024 };
    size_t last = 0;
    uint64_t number = 0;
    *end = BLOCK_RECORDS;
    for (size_t at = BLOCK_RECORDS, size; at<limit; at += size> 0 ? size : 1) {
        size = record_size(block->p, at, limit);
        if (size == 0)
            continue;
        uint64_t here = get(block->p + at + RECORD_ID, 8);
        if (!reliable && last > 0 && (here <= number || here - number > GAP))
            break;
        if (at - *end >= RECORD_LEAST) {
            frame_record(block, *end, at - *end);
        } else {
            size += at - *end;
            at = *end;
        }
        frame_record(block, at, size);
        last = at;
        number = here;
        *end = at + size;
    }
    if (reliable && limit - *end >= RECORD_LEAST) {
        last = *end;
        frame_record(block, last, limit - last);
        *end = limit;
    }
    return last;
}

void evtx_block_survey(struct evtx_block *block, bool open)
{
    unsigned char *p = block->p;
    uint32_t sum = (uint32_t)crc32(0, p, BLOCK_FIRST_NUMBER + 112);
    sum = (uint32_t)crc32(sum, p + BLOCK_TABLES, BLOCK_RECORDS - BLOCK_TABLES);
    bool marks = memcmp(p, "ElfChnk", 8) == 0, sound = marks && sum == get(p + BLOCK_CHECKSUM, 4);
    uint64_t first = get(p + BLOCK_FIRST_NUMBER, 8), last = get(p + BLOCK_LAST_NUMBER, 8);
    size_t free_at = (size_t)get(p + BLOCK_FREE, 4);
    bool reliable = sound && !open && free_at >= BLOCK_RECORDS && free_at <= EVTX_BLOCK_BYTES;
    block->unsound =
        !open && !(reliable && checks(p + BLOCK_RECORDS, free_at - BLOCK_RECORDS, p + BLOCK_RECORDS_CHECKSUM));
    block->records = 0;
    size_t end, last_at = frame_records(block, reliable ? free_at : EVTX_BLOCK_BYTES, reliable, &end);
    if (!marks && block->records == 0) {
        block->records = UINT32_MAX;
        return;
    }
    if (sound && first <= last && last - first < MOST_RECORDS && last - first >= block->records)
        block->records = (uint32_t)(last - first + 1);
    memcpy(p, "ElfChnk", 8);
    put(p + BLOCK_HEADER_SIZE, 4, 128);
    put(p + BLOCK_LAST_RECORD, 4, last_at);
    put(p + BLOCK_FREE, 4, end);
    memset(p + end, 0, EVTX_BLOCK_BYTES - end);
}
