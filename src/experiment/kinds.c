#include "experiment/kinds.h"

#include "detect/detector.h"
#include "experiment/config.h"
#include "features/extractor.h"
#include "label/backend.h"
#include "scan/layout.h"
#include "train/classifier.h"

static const struct plugin curve = {"curve", "how picks become a curve", curve_params_spec,
                                    sizeof(struct curve_params)};
static const struct plugin evaluate = {"evaluate", "what is measured", judge_params_spec, sizeof(struct judge_params)};
static const struct plugin generate = {"generate", "synthetic telemetry", generate_params, sizeof(struct generate)};
static const struct plugin ingest = {"ingest", "how telemetry is read", ingest_params, sizeof(struct ingest_options)};
static const struct plugin normalize = {"ingest.normalize", "which lines are one line", normalize_params,
                                        sizeof(struct normalize)};
static const struct plugin pool = {"pool", "what a seed does to the days", pool_params_spec,
                                   sizeof(struct pool_params)};
static const struct plugin selection = {"select", "which lines are worth a label", select_params_spec,
                                        sizeof(struct select_params)};

const struct plugin_list *kind_list(size_t i)
{
    static const struct plugin *const parts[] = {&curve, &evaluate, &generate, &ingest, &normalize, &pool, &selection};
    static const struct plugin_list all_parts = {"section", parts, ARRAY_LEN(parts)};
    const struct plugin_list *lists[KIND_COUNT] = {layout_list(),  extractor_list(),  detector_list(),
                                                   backend_list(), classifier_list(), &all_parts};
    ASSERT(i < KIND_COUNT);
    return lists[i];
}

const struct plugin_list *kind_find(const char *name)
{
    if (strcmp(name, "layout") == 0 || strcmp(name, "reader") == 0 || strcmp(name, "format") == 0)
        return layout_list();
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kind_list(i)->kind, name) == 0)
            return kind_list(i);
    return NULL;
}
