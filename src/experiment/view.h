/* A day's lines as features, detectors and strategies may see them: known truth and platform are in a tag that only
 * this room can read. */
#ifndef EXPERIMENT_VIEW_H
#define EXPERIMENT_VIEW_H

#include "features/lines.h"
#include "ingest/day.h"

static inline uint16_t tag_make(uint8_t platform, uint8_t truth)
{
    return (uint16_t)(platform | truth << 8);
}

static inline uint8_t tag_platform(uint16_t tag)
{
    return (uint8_t)(tag & UINT8_MAX);
}

static inline uint8_t tag_truth(uint16_t tag)
{
    return (uint8_t)(tag >> 8);
}

/* Borrows from the lines; tags in the arena. */
struct line_view lines_view(const struct lines *lines, struct arena *arena);

#endif
