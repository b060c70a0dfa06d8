#include "wrap.h"

#include "forms.h"

/* In the order in which they are tried. */
const struct wrapper wrappers[] = {
    {TEXT("_source"), WRAP_OBJECT},         /* Elasticsearch: a hit, elasticdump */
    {TEXT("hits.hits"), WRAP_LIST},         /* ... a search's answer */
    {TEXT("fields"), WRAP_OBJECT},          /* ... a hit of a search for fields */
    {TEXT("result"), WRAP_OBJECT},          /* Splunk: a line of an export */
    {TEXT("results"), WRAP_LIST},           /* ... a search's answer */
    {TEXT("Results"), WRAP_LIST},           /* Microsoft Defender: advanced hunting's API */
    {TEXT("records"), WRAP_LIST},           /* Azure: event hubs, storage accounts */
    {TEXT("value"), WRAP_LIST},             /* Microsoft Graph */
    {TEXT("snapshot"), WRAP_LIST},          /* osquery: a snapshot query */
    {TEXT("diffResults.added"), WRAP_LIST}, /* ... batches */
    {TEXT("data"), WRAP_LIST},              /* ... the TLS logger */
    {TEXT("documents"), WRAP_LIST},         /* Chainsaw: an aggregate's events */
    {TEXT("message"), WRAP_TEXT},           /* Filebeat and others: a line as it was read */
    {TEXT("_raw"), WRAP_TEXT},              /* Splunk */
    {TEXT("log"), WRAP_TEXT},               /* Fluent Bit, Docker */
    {TEXT("event"), WRAP_OBJECT},           /* Splunk's HTTP collector */
};
const size_t n_wrappers = ARRAY_LEN(wrappers);

static bool is_object(struct str text)
{
    return text.n > 1 && text.p[0] == '{';
}

struct str wrap_inner(const struct wrapper *wrapper, const struct scan_field *value, size_t *at, struct arena *scratch)
{
    struct str none = {"", 0}, text = value->raw;
    if (wrapper->kind == WRAP_LIST) {
        if (value->type != SCAN_OTHER || text.p[0] != '[')
            return none;
        for (struct str member = json_element(text, at); member.n > 0; member = json_element(text, at)) {
            if (is_object(member))
                return member;
        }
        return none;
    }
    bool first = *at == 0;
    *at = 1;
    if (wrapper->kind == WRAP_TEXT && (value->type != SCAN_STRING || !scan_unescape(value, scratch, &text)))
        return none;
    if (wrapper->kind == WRAP_OBJECT && value->type != SCAN_OTHER)
        return none;
    if (wrapper->kind == WRAP_TEXT)
        text = wrap_head(text, '{');
    return first && is_object(text) ? text : none;
}

struct str wrap_head(struct str line, char first)
{
    size_t blank = 0;
    while (blank < line.n && (unsigned char)line.p[blank] <= ' ')
        blank++;
    const char *start = blank < line.n ? memchr(line.p + blank, first, line.n - blank) : NULL;
    if (start == NULL || start == line.p + blank)
        return line;
    return (struct str){start, line.n - (size_t)(start - line.p)};
}
