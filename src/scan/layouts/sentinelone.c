/* SentinelOne Deep Visibility and Singularity Data Lake. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("tgt.process.cmdline"),
    .host = TEXT("endpoint.name"),
    .user = TEXT("tgt.process.user"),
    .parent = TEXT("src.process.image.path"),
    .image = TEXT("tgt.process.image.path"),
    .time = TEXT("event.time"),
    .platform = TEXT("endpoint.os"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_sentinelone = {
    .plugin = {"sentinelone", "SentinelOne: process creations", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind = {{.all = {{"event.type", "Process Creation"}}}},
};
