#include "sections.h"

extern const struct section section_base;
extern const struct section section_baseline;
extern const struct section section_classifier;
extern const struct section section_classifier_features;
extern const struct section section_curve;
extern const struct section section_data;
extern const struct section section_days;
extern const struct section section_detector;
extern const struct section section_evaluate;
extern const struct section section_features;
extern const struct section section_generate;
extern const struct section section_ingest;
extern const struct section section_label;
extern const struct section section_label_seed;
extern const struct section section_name;
extern const struct section section_pool;
extern const struct section section_seed;
extern const struct section section_select;
extern const struct section section_sizes;
extern const struct section section_tests;
extern const struct section section_validation;

/* The runs that are made of this one: axes.c reads it. */
static const struct section section_sweep = {.key = "sweep", .stage = STAGE_NONE};

const struct section *const sections[SECTION_COUNT] = {
    &section_base,     &section_baseline,   &section_classifier, &section_classifier_features,
    &section_curve,    &section_data,       &section_days,       &section_detector,
    &section_evaluate, &section_features,   &section_generate,   &section_ingest,
    &section_label,    &section_label_seed, &section_name,       &section_pool,
    &section_seed,     &section_select,     &section_sizes,      &section_sweep,
    &section_tests,    &section_validation,
};

const struct section *section_find(const char *key)
{
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (strcmp(sections[i]->key, key) == 0)
            return sections[i];
    return NULL;
}

void sections_settle(struct experiment *experiment)
{
    experiment->ingest.data_dir = experiment->data_dir;
    experiment->labeler.data_dir = experiment->data_dir;
    experiment->labeler.seed = hash_mix(hash_mix((uint64_t)experiment->label_seed) + (uint64_t)experiment->seed);
}

void section_open(const struct param_spec *specs, const void *params, const char *key, struct buf *out)
{
    params_to_json(specs, params, out);
    if (!out->full)
        out->p[--out->n] = '\0';
    buf_printf(out, ",\"%s\":", key);
}
