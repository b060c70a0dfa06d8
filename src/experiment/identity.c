#include "experiment/identity.h"

#include "comm/agree.h"
#include "contents.h"
#include "sections.h"
#include "support/file.h"

#include <stdlib.h>

struct identity {
    struct digests *digests;
    struct content_memo *memo;
    struct arena *arena; /* empty between keys */
};

struct identity *identity_new(const char *cache, bool hash)
{
    struct identity *identity = calloc(1, sizeof *identity);
    ASSERT(identity != NULL);
    identity->digests = digests_new(cache, hash);
    identity->memo = content_memo_new();
    identity->arena = arena_new();
    return identity;
}

void identity_free(struct identity *identity)
{
    if (!identity)
        return;
    digests_free(identity->digests);
    content_memo_free(identity->memo);
    arena_free(identity->arena);
    free(identity);
}

/* Whether telemetry is still to be generated. The parameters' file is written last. Collective. */
static bool to_be_generated(const struct comm *comm, const struct experiment *experiment, struct arena *arena)
{
    bool missing = experiment->generates;
    if (missing && comm_rank(comm) == 0)
        missing = !file_exists(arena_printf(arena, "%s/SYNTHETIC.json", experiment->data_dir));
    if (experiment->generates)
        comm_bcast(comm, &missing, sizeof missing, 0);
    return missing;
}

/* The text that the key is a hash of. Collective. */
static bool key_text(struct contents *contents, const struct experiment *experiment, enum stage stage, size_t n_days,
                     struct buf *out, struct error *err)
{
    struct experiment full = *experiment;
    if (stage == STAGE_READ || (stage < STAGE_TRAIN && !experiment->pool.deal))
        full.n_days = min_size(n_days, experiment->n_days);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (sections[i]->contents && sections[i]->stage <= stage)
            TRY(sections[i]->contents(contents, &full, err));
    experiment_stage_text(&full, stage, full.n_days, out);
    return true;
}

static void hash_text(const struct buf *text, const struct buf *more, char out[IDENTITY_HEX])
{
    ASSERT(!text->full && !more->full);
    struct sha256_stream *stream = sha256_begin();
    sha256_add(stream, STR("benomaly identity 1\n"));
    sha256_add(stream, buf_str(text));
    sha256_add(stream, buf_str(more));
    sha256_hex(sha256_end(stream), out);
}

bool identity_key(const struct comm *comm, struct identity *identity, const struct experiment *experiment,
                  enum stage stage, size_t n_days, char out[IDENTITY_HEX], bool *known, struct error *err)
{
    _Static_assert((int)IDENTITY_HEX == (int)SHA256_HEX, "64 digits and a zero");
    struct buf text = {.limit = (size_t)1 << 30}, more = {.limit = (size_t)64 << 20};
    struct arena_mark mark = arena_mark(identity->arena);
    struct contents contents = {comm, identity->digests, identity->memo, identity->arena, experiment->data_dir, true,
                                &more};
    out[0] = '\0';
    *known = !to_be_generated(comm, experiment, identity->arena);
    bool ok = !*known || key_text(&contents, experiment, stage, n_days, &text, err);
    *known = ok && *known && contents.known;
    if (*known)
        hash_text(&text, &more, out);
    arena_release(identity->arena, mark);
    buf_free(&text);
    buf_free(&more);
    return ok;
}
