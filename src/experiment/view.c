#include "view.h"

struct line_view lines_view(const struct lines *lines, struct arena *arena)
{
    uint16_t *tag = ARENA_ARRAY(arena, uint16_t, lines->n);
    for (size_t i = 0; i < lines->n; i++)
        tag[i] = tag_make(lines->platform[i], lines->truth[i]);
    return (struct line_view){
        .n = lines->n,
        .n_global = lines->n_global,
        .row = lines->row,
        .text = lines->text,
        .count = lines->count,
        .id = lines->id,
        .hash = lines->hash,
        .tag = tag,
        .user_at = lines->user_at,
        .host_at = lines->host_at,
        .user_hash = lines->user_hash,
        .host_hash = lines->host_hash,
    };
}
