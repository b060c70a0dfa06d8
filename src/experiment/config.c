#include "experiment/config.h"

#include "label/backend.h"
#include "sections.h"
#include "support/log.h"

bool experiment_parse(const struct json_doc *doc, struct arena *arena, struct experiment *out, struct error *err)
{
    const struct json *root = json_root(doc);
    const struct parse in = {doc, arena};
    const char *keys[SECTION_COUNT];
    *out = (struct experiment){0};
    for (size_t i = 0; i < SECTION_COUNT; i++)
        keys[i] = sections[i]->key;
    if (json_type(root) != JSON_OBJECT)
        return json_fail(doc, root, err, "a configuration must be a JSON object");
    TRY(json_known_keys(doc, root, keys, SECTION_COUNT, err));
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (sections[i]->parse)
            TRY(sections[i]->parse(&in, json_get(root, keys[i]), out, err));
    sections_settle(out);
    return true;
}

/* Appends an object of the sections up to a stage. */
static void write_sections(const struct experiment *experiment, enum stage last, struct buf *out)
{
    const char *comma = "";
    buf_add_str(out, STR("{"));
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (!sections[i]->write || sections[i]->stage > last)
            continue;
        size_t before = out->n, from;
        buf_printf(out, "%s\"%s\":", comma, sections[i]->key);
        from = out->n;
        sections[i]->write(experiment, out);
        if (out->n > from) {
            comma = ",";
        } else if (!out->full) { /* it is absent */
            out->n = before;
            out->p[before] = '\0';
        }
    }
    buf_add_str(out, STR("}"));
}

void experiment_to_json(const struct experiment *experiment, struct buf *out)
{
    write_sections(experiment, STAGE_NONE, out);
}

void experiment_stage_text(const struct experiment *experiment, enum stage stage, size_t n_days, struct buf *out)
{
    struct experiment first = *experiment;
    ASSERT(stage < STAGE_NONE);
    if (stage == STAGE_READ || !experiment->pool.deal)
        first.n_days = min_size(n_days, experiment->n_days);
    write_sections(&first, stage, out);
}

void experiment_simulate_paid(struct experiment *experiment, struct arena *arena)
{
    struct labeler *labeler = &experiment->labeler;
    struct choice *chain = ARENA_ARRAY(arena, struct choice, labeler->n_backends);
    for (size_t i = 0; i < labeler->n_backends; i++) {
        chain[i] = labeler->backend[i];
        if (!((const struct backend *)chain[i].plugin)->paid)
            continue;
        log_job(LOG_INFO, "labels of \"%s\" are simulated by \"oracle\"; no request is sent", chain[i].plugin->name);
        chain[i] = plugin_default(backend_list(), "oracle", arena);
    }
    labeler->backend = chain;
}
