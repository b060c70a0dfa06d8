/* Named fields of lines, and the input's name in what is said about bad records. */
#include "day_test.h"

enum { RECORDS = 12000, LINES = 500 };

/* Record i repeats line i % LINES; every value tells its record, so only the first record's are right. */
static struct buf made_text(uint64_t from, uint64_t to)
{
    struct buf text = {.limit = SIZE_MAX};
    for (uint64_t i = from; i < to; i++) {
        uint64_t line = rng_u64(3, 1, i) % LINES;
        buf_printf(&text, "{\"command_line\":\"tool %c%c%c\",\"host\":\"h%d\",\"user\":\"u\\\\%d\",\"image\":\"i%d\",",
                   (int)('a' + line / 100), (int)('a' + line / 10 % 10), (int)('a' + line % 10), (int)i, (int)i,
                   (int)i);
        buf_printf(&text, "\"parent_image\":\"p%d\",\"platform\":\"Darwin\",\"source\":\"s%d\",", (int)i, (int)i % 3);
        buf_printf(&text, "\"a\":{\"b\":%d,\"c.d\":[\"T%d\",\"x y\"]},\"q\":\"\\u0022%d\\u00e4\"}\n", (int)i, (int)i,
                   (int)i);
    }
    return text;
}

static const char *const names[] = {"host", "user", "parent_image", "image", "platform", "source", "a.b", "q"};
static const char *const others[] = {"a.c.d", "none", "nothing.there|q", "a"};

static struct str value_of(const char *name, int64_t i, struct arena *arena)
{
    const char *const formats[] = {"h%d", "u\\%d", "p%d", "i%d", "macos", "s%d", "%d", "\"%d\xc3\xa4"};
    for (size_t k = 0; k < ARRAY_LEN(names); k++) {
        char text[32];
        if (strcmp(name, names[k]) != 0)
            continue;
        const char *digits = strstr(formats[k], "%d");
        size_t head = digits != NULL ? (size_t)(digits - formats[k]) : strlen(formats[k]);
        snprintf(text, sizeof text, "%d", (int)(k == 5 ? i % 3 : i));
        return str_of(digits == NULL ? formats[k]
                                     : arena_printf(arena, "%.*s%s%s", (int)head, formats[k], text, digits + 2));
    }
    if (strcmp(name, "a.c.d") == 0)
        return str_of(arena_printf(arena, "T%d 'x y'", (int)i));
    return strcmp(name, "nothing.there|q") == 0 ? value_of("q", i, arena) : STR("");
}

static bool fields_are_right(const struct reading *r)
{
    const struct lines *l = &r->lines;
    bool ok = l->n_fields == r->n_fields;
    for (size_t f = 0; f < l->n_fields && ok; f++) {
        for (size_t i = 0; i < l->n && ok; i++) {
            struct str expected = value_of(r->fields[f], l->row[i], r->arena);
            ok = str_equal(l->field[f][i], expected);
            if (!ok)
                print_error("%s of row %d: \"%.*s\", not \"%.*s\"\n", r->fields[f], (int)l->row[i],
                            STR_ARG(l->field[f][i]), STR_ARG(expected));
        }
    }
    return ok;
}

static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    read_day(group, r);
    uint64_t digest = reading_digest(group, r);
    for (size_t f = 0; f < r->lines.n_fields; f++)
        digest = hash_mix(digest ^ digest_strs(group, r->lines.field[f], r->lines.row, r->lines.n));
    reading_end(r);
    return digest;
}

static void test_first_records_values(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    for (uint64_t f = 0; f < 4 && comm_rank(world) == 0; f++) {
        char name[16];
        struct buf text = made_text(f * RECORDS / 4, (f + 1) * RECORDS / 4);
        snprintf(name, sizeof name, "day%d", (int)f);
        put_file(&folder, name, buf_str(&text), (enum packing)(f % 3));
        buf_free(&text);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"day*\""};
    uint64_t plain = run(world, &r);
    read_day(world, &r);
    assert_all(world, r.ok && r.lines.n_fields == 0 && r.lines.n_global == LINES);
    reading_end(&r);
    for (size_t n = 1; n <= ARRAY_LEN(names); n += ARRAY_LEN(names) - 1) {
        r.fields = names;
        r.n_fields = n;
        r.groups = n > 1;
        read_day(world, &r);
        assert_all(world, r.ok && r.lines.n_global == LINES && fields_are_right(&r));
        uint64_t same = reading_digest(world, &r);
        reading_end(&r);
        assert_all(world, same == plain); /* lines are what they are without fields */
        assert_same_on_any_ranks(world, run, &r);
    }
    r.fields = others;
    r.n_fields = ARRAY_LEN(others);
    read_day(world, &r);
    assert_all(world, r.ok && fields_are_right(&r));
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    folder_remove(world, &folder);
}

/* What the lines of a small input have in a field, joined: "line=value;", on every rank. */
static bool fields_of(const struct comm *world, struct reading *r, const char *const *name, size_t n,
                      const char *expected)
{
    r->fields = name;
    r->n_fields = n;
    read_day(world, r);
    bool ok = r->ok;
    int64_t n_here = 0;
    for (size_t i = 0; i < r->lines.n && ok; i++) {
        struct buf text = {.limit = 1 << 16};
        buf_printf(&text, "%.*s=", STR_ARG(r->lines.text[i]));
        for (size_t f = 0; f < n; f++)
            buf_printf(&text, "%s%.*s", f > 0 ? "|" : "", STR_ARG(r->lines.field[f][i]));
        buf_printf(&text, ";");
        ok = str_find(str_of(expected), buf_str(&text), 0) != SIZE_MAX;
        if (!ok)
            print_error("%s\n", text.p);
        buf_free(&text);
        n_here++;
    }
    for (const char *p = expected; *p != '\0' && ok; p++)
        n_here -= *p == ';' && comm_rank(world) == 0;
    if (!r->ok)
        print_error("%s\n", r->err.message);
    reduce_sum_i64(world, &n_here, 1);
    reading_end(r);
    return ok && n_here == 0;
}

static void test_formats(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    static const char *const two[] = {"kind", "source"}, *const own[] = {"host", "user", "platform", "pid", "source"};
    static const char *const odd[] = {"v"};
    if (comm_rank(world) == 0) {
        put_file(&folder, "c", STR("Kind;command_line;source\n\"a \"\"b\"\"\";x;s\n;y;\nz;w;-\n"), PACK_PLAIN);
        put_file(&folder, "j",
                 STR("{\"command_line\":\"k\",\"from\":\"web\",\"kind\":\"-\"}\n"
                     "{\"command_line\":\"l\",\"kind\":\"\\u002d-\",\"from\":null,\"source\":\"no\"}\n"),
                 PACK_PLAIN);
        put_file(&folder, "a",
                 STR("node=web1 type=SYSCALL msg=audit(1.000:7): success=yes auid=1000 exe=\"/bin/ls\"\n"
                     "node=web1 type=EXECVE msg=audit(1.000:7): argc=1 a0=\"ls\"\n"),
                 PACK_PLAIN);
        put_file(&folder, "o",
                 STR("{\"command_line\":\"a\",\"v\":true}\n{\"command_line\":\"b\",\"v\":-1.50}\n"
                     "{\"command_line\":\"c\",\"v\":{\"x\":1}}\n{\"command_line\":\"d\",\"v\":[1,2]}\n"
                     "{\"command_line\":\"e\",\"v\":[]}\n{\"command_line\":\"f\",\"v\":null}\n"
                     "{\"command_line\":\"g\",\"v\":[\"one\"]}\n{\"command_line\":\"h\",\"v\":\"\"}\n"
                     "{\"command_line\":\"i\"}\n"),
                 PACK_PLAIN);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "{\"files\":\"c\",\"format\":\"csv\"}"};
    assert_all(world, fields_of(world, &r, two, 2, "x=a \"b\"|s;y=|;w=z|;"));
    r.input = "{\"files\":\"j\",\"fields\":{\"source\":\"from\"}}";
    assert_all(world, fields_of(world, &r, two, 2, "k=|web;l=--|;"));
    r.input =
        "[{\"files\":\"c\",\"format\":\"csv\"},{\"files\":\"j\",\"fields\":{\"source\":\"from\"}},{\"files\":\"j\"}]";
    assert_all(world, fields_of(world, &r, two, 2, "x=a \"b\"|s;y=|;w=z|;k=|web;l=--|;"));
    r.input = "{\"files\":\"a\",\"format\":\"auditd\"}";
    assert_all(world, fields_of(world, &r, own, 5, "ls=web1|1000|linux||;"));
    r.input = "\"o\"";
    assert_all(world, fields_of(world, &r, odd, 1, "a=true;b=-1.50;c=;d=;e=;f=;g=one;h=;i=;"));
    r.input = "{\"files\":\"o\",\"format\":\"auto\"}";
    assert_all(world, fields_of(world, &r, odd, 1, "a=true;b=-1.50;c=;d=;e=;f=;g=one;h=;i=;"));
    folder_remove(world, &folder);
}

static void test_refused(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    static const char *const many[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"}, *const empty[] = {"a", ""};
    if (comm_rank(world) == 0)
        put_file(&folder, "x", STR("{\"command_line\":\"x\"}\n"), PACK_PLAIN);
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"x\"", .fields = many, .n_fields = 9};
    read_day(world, &r);
    assert_all(world, !r.ok && r.err.code == ERROR_CONFIG && strstr(r.err.message, "9 named fields") != NULL);
    reading_end(&r);
    r.n_fields = 8;
    read_day(world, &r);
    assert_all(world, r.ok && r.lines.n_fields == 8);
    reading_end(&r);
    r.fields = empty;
    r.n_fields = 2;
    read_day(world, &r);
    assert_all(world, !r.ok && strstr(r.err.message, "empty") != NULL);
    reading_end(&r);
    folder_remove(world, &folder);
}

/* What rank 0 says while the input is read, in the arena of the reading. */
static struct str said(const struct comm *world, struct reading *r)
{
    char path[128];
    struct str text = {"", 0};
    struct error err;
    snprintf(path, sizeof path, "%s/said", r->folder->path);
    fflush(stderr);
    int kept = dup(STDERR_FILENO);
    if (comm_rank(world) == 0 && freopen(path, "w", stderr) == NULL)
        abort();
    log_setup(LOG_WARN, comm_rank(world), comm_size(world));
    read_day(world, r);
    log_setup(LOG_ERROR, comm_rank(world), comm_size(world));
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    if (comm_rank(world) == 0 && !file_read(path, 1 << 20, r->arena, &text, &err))
        abort();
    return text;
}

/* Lines of the quarantine; -1 if the "what" of one is another, or there without there being a name. */
static int64_t count_named(struct str all, const char *name)
{
    int64_t n = 0;
    for (size_t at = 0; at < all.n; n++) {
        size_t end = str_find(all, STR("\n"), at);
        struct json_doc *doc;
        struct error err;
        struct str what;
        if (end == SIZE_MAX || !json_parse((struct str){all.p + at, end - at}, "q", false, &doc, &err))
            return -1;
        bool has = json_as_str(json_get(json_root(doc), "what"), &what);
        bool right = name != NULL ? has && str_equal(what, str_of(name)) : json_get(json_root(doc), "what") == NULL;
        json_free(doc);
        if (!right)
            return -1;
        at = end + 1;
    }
    return n;
}

static void test_what(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    char path[128];
    snprintf(path, sizeof path, "%s/q", folder.path);
    if (comm_rank(world) == 0) {
        put_file(&folder, "x", STR("{\"command_line\":\"x\"}\nno\n{\"command_line\":1}\n"), PACK_PLAIN);
        put_file(&folder, "y.gz", STR("\x1f\x8b\x08\0\0\0\0\0\0\0\xff"), PACK_PLAIN);
    }
    comm_barrier(world);
    static const char *const whats[] = {"test \"expert\"", NULL};
    for (size_t i = 0; i < ARRAY_LEN(whats); i++) {
        struct reading r = {.folder = &folder, .input = "[\"x\",\"y.gz\"]", .quarantine = "q", .what = whats[i]};
        struct str text = said(world, &r), all;
        struct error err;
        bool warned = true, damaged = true, named = true;
        assert_all(world, r.ok && r.stats.bad == 2 && r.stats.unreadable == 1);
        if (comm_rank(world) == 0) {
            const char *who = i == 0 ? "test \"expert\": " : "";
            warned = str_find(text, str_of(arena_printf(r.arena, "%s2 bad records and 1 damaged", who)), 0) != SIZE_MAX;
            damaged = (str_find(text, STR("expert"), 0) == SIZE_MAX) == (i == 1);
            named =
                file_read(path, 1 << 20, r.arena, &all, &err) && count_named(all, whats[i]) == 3 && unlink(path) == 0;
        }
        assert_all(world, warned);
        assert_all(world, damaged);
        assert_all(world, named);
        comm_barrier(world);
        reading_end(&r);
    }
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_records_values),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_what),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
