#include "xml_path.h"

#include "forms.h"

#include <limits.h>

#include <expat.h>

enum { MOST_DEPTH = 64 };

/* A value that a path's end gives. */
struct entry {
    size_t value, rank;
    struct str path;
    struct entry *next;
};

/* An element or attribute that some path names. */
struct node {
    struct str name, select; /* select.n == 0: any */
    size_t place;            /* the select is this number; SIZE_MAX: it is a name */
    bool attribute;
    struct node *child, *sibling;
    struct entry *entry;
    size_t seen; /* of a place: elements of this name so far */
};

struct xml_paths {
    struct node root; /* the outermost element, whatever its name */
    size_t n_values, n_nodes;
    struct node **active;         /* [n_nodes]: those that the open elements are, of each depth */
    size_t first[MOST_DEPTH + 2]; /* those of depth d: active[first[d] .. first[d + 1] - 1] */
    size_t depth;
    /* The text that is being collected: text[text_at .. text_n - 1], of the open element at run_depth; 0: none. */
    char *text;
    size_t text_at, text_n, run_depth;
    XML_Parser parser;
    struct xml_value *out;
    struct arena *scratch;
};

struct str xml_trim(struct str text)
{
    while (text.n > 0 && strchr(" \t\r\n", text.p[text.n - 1]) != NULL)
        text.n--;
    while (text.n > 0 && strchr(" \t\r\n", text.p[0]) != NULL)
        text = (struct str){text.p + 1, text.n - 1};
    return text;
}

static bool says(struct str text)
{
    return !is_nothing(xml_trim(text));
}

/* Up to the first of the characters, which *rest begins with then; all of it if there is none. */
static struct str until(struct str *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->n && strchr(stops, rest->p[n]) == NULL)
        n++;
    struct str word = {rest->p, n};
    *rest = (struct str){rest->p + n, rest->n - n};
    return word;
}

static bool take(struct str *rest, char c)
{
    bool there = rest->n > 0 && rest->p[0] == c;
    if (there)
        *rest = (struct str){rest->p + 1, rest->n - 1};
    return there;
}

static struct node *add_node(struct xml_paths *paths, struct node *parent, struct node wanted, struct arena *arena)
{
    struct node **end = &parent->child;
    for (; *end != NULL; end = &(*end)->sibling) {
        struct node *node = *end;
        if (node->attribute == wanted.attribute && str_equal(node->name, wanted.name) &&
            str_equal(node->select, wanted.select))
            return node;
    }
    int64_t place;
    wanted.place = str_to_i64(wanted.select, &place) && place >= 0 ? (size_t)place : SIZE_MAX;
    *end = ARENA_ARRAY(arena, struct node, 1);
    **end = wanted;
    paths->n_nodes++;
    return *end;
}

static void add_path(struct xml_paths *paths, struct str path, size_t value, size_t rank, struct arena *arena)
{
    struct node *node = &paths->root;
    struct str rest = path;
    do {
        struct node step = {.name = until(&rest, "/[@")};
        if (take(&rest, '['))
            step.select = until(&rest, "]");
        take(&rest, ']');
        if (step.name.n > 0)
            node = add_node(paths, node, step, arena);
    } while (take(&rest, '/'));
    if (take(&rest, '@'))
        node = add_node(paths, node, (struct node){.name = rest, .attribute = true}, arena);
    struct entry *entry = ARENA_ARRAY(arena, struct entry, 1);
    *entry = (struct entry){value, rank, path, node->entry};
    node->entry = entry;
}

struct xml_paths *xml_paths_new(const struct str *name, size_t n, struct arena *arena)
{
    struct xml_paths *paths = arena_zalloc(arena, 1, sizeof *paths);
    paths->n_values = n;
    paths->n_nodes = 1;
    for (size_t i = 0; i < n; i++) {
        struct str rest = name[i];
        size_t rank = 0;
        do
            add_path(paths, until(&rest, "|"), i, rank++, arena);
        while (take(&rest, '|'));
    }
    paths->active = ARENA_ARRAY(arena, struct node *, paths->n_nodes);
    return paths;
}

static void assign(struct xml_paths *paths, const struct node *node, struct str text)
{
    bool says_something = says(text);
    for (const struct entry *entry = node->entry; entry != NULL; entry = entry->next) {
        struct xml_value *value = &paths->out[entry->value];
        bool known = value->found && says(value->text);
        if (known ? !says_something || entry->rank > value->rank
                  : value->found && !says_something && entry->rank > value->rank)
            continue;
        *value = (struct xml_value){true, entry->rank, text, entry->path};
    }
}

static void end_run(struct xml_paths *paths)
{
    struct str text = {paths->text + paths->text_at, paths->text_n - paths->text_at};
    for (size_t i = paths->first[paths->run_depth]; i < paths->first[paths->run_depth + 1]; i++)
        assign(paths, paths->active[i], text);
    paths->run_depth = 0;
}

static struct str local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return str_of(colon != NULL ? colon + 1 : name);
}

/* The attribute's value; NULL: there is none. */
static const char *attribute(const char **attributes, struct str name)
{
    for (; attributes[0] != NULL; attributes += 2) {
        if (str_equal(local_name(attributes[0]), name))
            return attributes[1];
    }
    return NULL;
}

static bool selected(struct node *node, const char **attributes)
{
    if (node->select.n == 0)
        return true;
    if (node->place != SIZE_MAX)
        return node->seen++ == node->place;
    const char *name = attribute(attributes, STR("Name"));
    return name != NULL && str_equal(str_of(name), node->select);
}

static void activate(struct xml_paths *paths, struct node *node, const char **attributes)
{
    ASSERT(paths->first[paths->depth + 1] < paths->n_nodes);
    paths->active[paths->first[paths->depth + 1]++] = node;
    for (struct node *child = node->child; child != NULL; child = child->sibling) {
        child->seen = 0;
        const char *text = child->attribute ? attribute(attributes, child->name) : NULL;
        if (text != NULL)
            assign(paths, child, (struct str){arena_copy(paths->scratch, text, strlen(text)), strlen(text)});
    }
}

static void on_start(void *context, const char *name, const char **attributes)
{
    struct xml_paths *paths = context;
    if (paths->depth == MOST_DEPTH) {
        XML_StopParser(paths->parser, XML_FALSE);
        return;
    }
    size_t outer = paths->depth++;
    paths->first[paths->depth + 1] = paths->first[paths->depth];
    struct str local = local_name(name);
    if (outer == 0)
        activate(paths, &paths->root, attributes);
    for (size_t i = paths->first[outer]; outer > 0 && i < paths->first[outer + 1]; i++) {
        for (struct node *child = paths->active[i]->child; child != NULL; child = child->sibling) {
            if (!child->attribute && str_equal(child->name, local) && selected(child, attributes))
                activate(paths, child, attributes);
        }
    }
    for (size_t i = paths->first[paths->depth]; i < paths->first[paths->depth + 1]; i++) {
        if (paths->active[i]->entry == NULL)
            continue;
        if (paths->run_depth > 0 && paths->run_depth < paths->depth)
            end_run(paths);
        paths->run_depth = paths->depth;
        paths->text_at = paths->text_n;
    }
}

static void on_text(void *context, const char *text, int n)
{
    struct xml_paths *paths = context;
    if (paths->run_depth != paths->depth)
        return;
    memcpy(paths->text + paths->text_n, text, (size_t)n);
    paths->text_n += (size_t)n;
}

static void on_end(void *context, const char *name)
{
    struct xml_paths *paths = context;
    (void)name;
    if (paths->run_depth == paths->depth)
        end_run(paths);
    paths->depth--;
}

static void on_document_type(void *context, const char *name, const char *system, const char *public, int internal)
{
    struct xml_paths *paths = context;
    (void)name, (void)system, (void)public, (void)internal;
    XML_StopParser(paths->parser, XML_FALSE);
}

/* Kept for the next document: a parser's making takes as long as many events, and has nobody to end it. */
static XML_Parser ready_parser(void *context)
{
    static XML_Parser parser;
    if (parser == NULL)
        parser = XML_ParserCreate("UTF-8");
    else if (!XML_ParserReset(parser, "UTF-8"))
        return NULL;
    if (parser == NULL)
        return NULL;
    /* Not to be foretold from outside, and without asking the system each time. */
    XML_SetHashSalt(parser, (unsigned long)(uintptr_t)context | 1);
    XML_SetUserData(parser, context);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetStartDoctypeDeclHandler(parser, on_document_type);
    return parser;
}

bool xml_paths_find(struct xml_paths *paths, struct str document, struct arena *scratch, struct xml_value *out,
                    const char **reason)
{
    for (size_t i = 0; i < paths->n_values; i++)
        out[i] = (struct xml_value){.found = false};
    *reason = "too long";
    if (document.n > INT_MAX)
        return false;
    paths->parser = ready_parser(paths);
    *reason = "no memory to read XML";
    if (paths->parser == NULL)
        return false;
    paths->depth = paths->run_depth = paths->text_n = paths->first[1] = 0;
    paths->out = out;
    paths->scratch = scratch;
    paths->text = arena_bytes(scratch, document.n); /* no text is longer than what it is read from */
    if (XML_Parse(paths->parser, document.p, (int)document.n, XML_TRUE) == XML_STATUS_OK)
        return true;
    enum XML_Error error = XML_GetErrorCode(paths->parser);
    *reason = error != XML_ERROR_ABORTED ? arena_printf(scratch, "malformed XML: %s", XML_ErrorString(error))
              : paths->depth > 0         ? arena_printf(scratch, "XML of more than %d levels", MOST_DEPTH)
                                         : "XML with a document type";
    return false;
}
