#include "identity_texts.h"

#include "contents.h"
#include "support/file.h"
#include "support/index.h"
#include "support/memory.h"

#include <stdlib.h>

/* A section with the contents of its files in place of their paths. */
struct resolved {
    struct sha256 digest;
    bool known;
};

struct identity {
    struct digests *digests;
    struct arena *arena, *scratch; /* scratch is empty between sections */
    struct key_index index;        /* hash of a section's text -> place in resolved: many runs share sections */
    struct resolved **resolved;    /* [index.n] */
};

struct identity *identity_new(const char *cache, bool hash)
{
    struct identity *identity = calloc(1, sizeof *identity);
    ASSERT(identity != NULL);
    identity->digests = digests_new(cache, hash);
    identity->arena = arena_new();
    identity->scratch = arena_new();
    return identity;
}

void identity_free(struct identity *identity)
{
    if (!identity)
        return;
    digests_free(identity->digests);
    arena_free(identity->arena);
    arena_free(identity->scratch);
    key_index_free(&identity->index);
    free(identity->resolved);
    free(identity);
}

/* Whether telemetry is still to be generated. The parameters' file is written last. Collective. */
static bool to_be_generated(const struct comm *comm, const struct experiment *experiment, struct arena *scratch)
{
    bool missing = experiment->generates;
    struct arena_mark mark = arena_mark(scratch);
    if (missing && comm_rank(comm) == 0)
        missing = !file_exists(arena_printf(scratch, "%s/SYNTHETIC.json", experiment->data_dir));
    if (experiment->generates)
        comm_bcast(comm, &missing, sizeof missing, 0);
    arena_release(scratch, mark);
    return missing;
}

/* Collective. */
static bool resolve(const struct comm *comm, struct identity *identity, const struct experiment *experiment, size_t i,
                    struct resolved *out, struct error *err)
{
    struct buf text = {.limit = (size_t)1 << 30}, more = {.limit = (size_t)64 << 20};
    struct arena_mark mark = arena_mark(identity->scratch);
    struct contents contents = {.comm = comm,
                                .digests = identity->digests,
                                .arena = identity->scratch,
                                .data_dir = experiment->data_dir,
                                .listings = experiment->ingest.listings,
                                .known = true,
                                .more = &more};
    struct experiment full = *experiment;
    bool ok = !sections[i]->contents || sections[i]->contents(&contents, &full, err);
    if (ok) {
        sections[i]->write(&full, &text);
        buf_add_str(&text, buf_str(&more));
        ASSERT(!text.full && !more.full);
        *out = (struct resolved){sha256_of(buf_str(&text)), contents.known};
    }
    arena_release(identity->scratch, mark);
    buf_free(&text);
    buf_free(&more);
    return ok;
}

/* The section, resolved when its text is first met. Collective, without any message for a text met before. */
static bool find_section(const struct comm *comm, struct identity *identity, const struct experiment *experiment,
                         size_t i, struct str text, const struct resolved **out, struct error *err)
{
    struct hash128 key = hash128(text, hash64(str_of(experiment->data_dir), i));
    size_t place = key_index_look(&identity->index, key);
    if (place == KEY_UNKNOWN) {
        struct resolved *made = ARENA_ARRAY(identity->arena, struct resolved, 1);
        bool is_new;
        TRY(resolve(comm, identity, experiment, i, made, err));
        place = key_index_number(&identity->index, key, &is_new);
        identity->resolved = heap_realloc(identity->resolved, place + 1, sizeof *identity->resolved);
        identity->resolved[place] = made;
    }
    *out = identity->resolved[place];
    return true;
}

bool identity_of_texts(const struct comm *comm, struct identity *identity, const struct experiment *experiment,
                       enum stage stage, const struct str text[SECTION_COUNT], char out[IDENTITY_HEX], bool *known,
                       struct error *err)
{
    _Static_assert((int)IDENTITY_HEX == (int)SHA256_HEX, "64 digits and a zero");
    out[0] = '\0';
    *known = !to_be_generated(comm, experiment, identity->scratch);
    if (!*known)
        return true;
    struct buf parts = {.limit = 1 << 16};
    bool ok = true;
    for (size_t i = 0; i < SECTION_COUNT && ok; i++) {
        const struct resolved *section;
        if (sections[i]->stage > stage || text[i].n == 0)
            continue;
        ok = find_section(comm, identity, experiment, i, text[i], &section, err);
        *known = *known && ok && section->known;
        if (ok)
            buf_add_str(&parts, str_of(sections[i]->key));
        if (ok)
            buf_add(&parts, section->digest.byte, sizeof section->digest.byte);
    }
    if (*known)
        sha256_hex(sha256_of(buf_str(&parts)), out);
    buf_free(&parts);
    return ok;
}

bool identity_key(const struct comm *comm, struct identity *identity, const struct experiment *experiment,
                  enum stage stage, size_t n_days, char out[IDENTITY_HEX], bool *known, struct error *err)
{
    struct experiment cut = *experiment;
    struct buf text[SECTION_COUNT];
    struct str view[SECTION_COUNT];
    if (stage == STAGE_READ || (stage < STAGE_TRAIN && !experiment->pool.deal))
        cut.n_days = min_size(n_days, experiment->n_days);
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        text[i] = (struct buf){.limit = (size_t)64 << 20};
        if (sections[i]->write && sections[i]->stage <= stage)
            sections[i]->write(&cut, &text[i]);
        ASSERT(!text[i].full);
        view[i] = buf_str(&text[i]);
    }
    bool ok = identity_of_texts(comm, identity, &cut, stage, view, out, known, err);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        buf_free(&text[i]);
    return ok;
}
