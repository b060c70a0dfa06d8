/* Fluent Bit's winevtlog. Older versions give the values of an event by place (StringInserts), and some forwarders drop
 * empty ones: with another number of them than the event has, places mean nothing. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("EventData.CommandLine"),
    .host = TEXT("Computer"),
    .user = TEXT("EventData.User"),
    .parent = TEXT("EventData.ParentImage"),
    .image = TEXT("EventData.Image"),
    .time = TEXT("TimeCreated"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

/* By place, where the inserts have no names. */
static const struct field_map sysmon = {
    .command = TEXT("EventData.CommandLine|StringInserts.10"),
    .user = TEXT("EventData.User|StringInserts.12"),
    .parent = TEXT("EventData.ParentImage|StringInserts.20"),
    .image = TEXT("EventData.Image|StringInserts.4"),
};

static const struct field_map security = {
    .command = TEXT("EventData.CommandLine|StringInserts.8"),
    .user = TEXT("EventData.SubjectUserName|StringInserts.1"),
    .parent = TEXT("EventData.ParentProcessName|StringInserts.13"),
    .image = TEXT("EventData.NewProcessName|StringInserts.5"),
};

const struct layout layout_fluentbit = {
    .plugin = {"fluentbit", "Fluent Bit, winevtlog: Sysmon 1 and Security 4688", NULL, 0},
    .form = &form_json,
    .fields = &fields,
    .kind =
        {
            {.all = {{"EventID", "1"}, {"ProviderName", "*Sysmon*|"}, {"StringInserts.#", "22|23|"}},
             .fields = &sysmon},
            {.all = {{"EventID", "4688"}, {"StringInserts.#", "9|15|"}}, .fields = &security},
            {.all = {{"EventID", "4688"}, {"StringInserts.#", "8"}}, .result = READ_NO_COMMAND},
            {.all = {{"EventID", "4688"}},
             .result = READ_BAD,
             .reason = "a number of StringInserts that event 4688 has not"},
            {.all = {{"EventID", "1"}, {"ProviderName", "*Sysmon*|"}},
             .result = READ_BAD,
             .reason = "a number of StringInserts that Sysmon's event 1 has not"},
        },
    .platform = PLATFORM_WINDOWS,
};
