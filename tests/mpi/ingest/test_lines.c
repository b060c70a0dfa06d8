/* What lines carry besides their text: who ran them. */
#include "day_test.h"

enum { RECORDS = 30000, LINES = 700, USERS = 9, HOSTS = 40 };

/* Record i: its line, user and host. User 0 is a record without one; users are spelled in two ways. */
struct who {
    int line, user, host;
};

static struct who who_of(uint64_t i)
{
    uint64_t r = rng_u64(9, 1, i), line = r % LINES;
    return (struct who){(int)(line * line / LINES), (int)((r >> 20) % USERS), (int)((r >> 30) % HOSTS)};
}

static struct buf lines_text(uint64_t from, uint64_t to)
{
    struct buf text = {.limit = SIZE_MAX};
    for (uint64_t i = from; i < to; i++) {
        struct who w = who_of(i);
        buf_printf(&text, "{\"command_line\":\"tool %c%c%c%c %d\",\"host\":\"h%d\",\"parent_image\":\"p%d\"",
                   'a' + w.line / 100, 'a' + w.line / 10 % 10, 'a' + w.line % 10, i % 2 ? 'X' : 'x', (int)(i % 5),
                   w.host, w.line % 3);
        if (w.user > 0)
            buf_printf(&text, ",\"user\":\"ACME\\%su%d\"", i % 3 ? "\\" : "u005c", w.user);
        buf_add_str(&text, STR("}\n"));
    }
    return text;
}

static int line_number(struct str text)
{
    return text.n < 9 ? -1 : (text.p[5] - 'a') * 100 + (text.p[6] - 'a') * 10 + text.p[7] - 'a';
}

/* Four files, plain and packed. */
static void put_files(const struct comm *world, const struct folder *folder)
{
    for (uint64_t f = 0; f < 4 && comm_rank(world) == 0; f++) {
        char name[16];
        struct buf text = lines_text(f * RECORDS / 4, (f + 1) * RECORDS / 4);
        snprintf(name, sizeof name, "day%d", (int)f);
        put_file(folder, name, buf_str(&text), (enum packing)(f % 3));
        buf_free(&text);
    }
    comm_barrier(world);
}

static uint64_t name_hash(const char *prefix, int number)
{
    char name[32];
    snprintf(name, sizeof name, "%s%d", prefix, number);
    return hash64(str_of(name), 11);
}

/* Whether the groups are exactly those that were counted. expected[number], of names prefix + number; 0 of users: none.
 */
static bool groups_are(const uint64_t *hash, const int64_t *count, size_t n, const int64_t *expected, int n_expected,
                       const char *prefix, bool zero_is_none)
{
    size_t n_found = 0, n_wanted = 0;
    for (int e = 0; e < n_expected; e++) {
        uint64_t h = e == 0 && zero_is_none ? hash64(STR(""), 11) : name_hash(prefix, e);
        n_wanted += expected[e] > 0;
        for (size_t k = 0; k < n; k++)
            n_found += hash[k] == h && count[k] == expected[e];
    }
    for (size_t k = 1; k < n; k++) {
        if (hash[k] <= hash[k - 1])
            return false;
    }
    return n_found == n && n == n_wanted;
}

static bool check_groups(const struct lines *l)
{
    int64_t(*user)[USERS] = calloc(LINES, sizeof *user), (*host)[HOSTS] = calloc(LINES, sizeof *host);
    bool ok = user != NULL && host != NULL && l->user_at[0] == 0 && l->host_at[0] == 0;
    for (uint64_t i = 0; i < RECORDS && ok; i++) {
        struct who w = who_of(i);
        user[w.line][w.user]++;
        host[w.line][w.host]++;
    }
    for (size_t i = 0; i < l->n && ok; i++) {
        int line = line_number(l->text[i]);
        size_t u = l->user_at[i], h = l->host_at[i];
        ok = line >= 0 && line < LINES &&
             groups_are(l->user_hash + u, l->user_count + u, l->user_at[i + 1] - u, user[line], USERS, "ACME\\u",
                        true) &&
             groups_are(l->host_hash + h, l->host_count + h, l->host_at[i + 1] - h, host[line], HOSTS, "h", false);
    }
    free(user);
    free(host);
    return ok;
}

/* The fields are those of the record in the line's row. */
static bool check_fields(const struct lines *l)
{
    for (size_t i = 0; i < l->n; i++) {
        struct who w = who_of((uint64_t)l->row[i]);
        char user[32], host[32], parent[32];
        snprintf(user, sizeof user, "ACME\\u%d", w.user);
        snprintf(host, sizeof host, "h%d", w.host);
        snprintf(parent, sizeof parent, "p%d", w.line % 3);
        if (line_number(l->text[i]) != w.line || !str_equal(l->string[l->user[i]], str_of(w.user > 0 ? user : "")) ||
            !str_equal(l->string[l->host[i]], str_of(host)) || !str_equal(l->string[l->parent[i]], str_of(parent)))
            return false;
    }
    return true;
}

static uint64_t digest_column(const struct comm *comm, const struct lines *l, const size_t *at, const uint64_t *hash,
                              const int64_t *count)
{
    uint64_t *each = malloc((l->n + 1) * sizeof *each);
    if (each == NULL)
        abort();
    for (size_t i = 0; i < l->n; i++) {
        each[i] = 1;
        for (size_t k = at[i]; k < at[i + 1]; k++)
            each[i] = hash_mix(hash_mix(each[i] ^ hash[k]) + (uint64_t)count[k]);
    }
    uint64_t digest = digest_rows(comm, each, sizeof *each, l->row, l->n);
    free(each);
    return digest;
}

static uint64_t digest_strings(const struct comm *comm, const struct lines *l, const uint32_t *number)
{
    uint64_t *each = malloc((l->n + 1) * sizeof *each);
    assert_non_null(each);
    for (size_t i = 0; i < l->n; i++)
        each[i] = hash64(l->string[number[i]], 1);
    uint64_t digest = digest_rows(comm, each, sizeof *each, l->row, l->n);
    free(each);
    return digest;
}

static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    read_day(group, r);
    const struct lines *l = &r->lines;
    uint64_t d = reading_digest(group, r);
    d = hash_mix(d ^ digest_strings(group, l, l->user));
    d = hash_mix(d ^ digest_strings(group, l, l->host));
    d = hash_mix(d ^ digest_strings(group, l, l->parent));
    if (r->groups) {
        d = hash_mix(d ^ digest_column(group, l, l->user_at, l->user_hash, l->user_count));
        d = hash_mix(d ^ digest_column(group, l, l->host_at, l->host_hash, l->host_count));
    }
    reading_end(r);
    return d;
}

static void test_fields_and_groups(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    put_files(world, &folder);
    struct reading r = {.folder = &folder, .input = "\"day*\""};
    read_day(world, &r);
    assert_all(world, r.ok && r.lines.n_events == RECORDS && check_fields(&r.lines));
    assert_all(world, r.lines.user_at == NULL && r.lines.host_at == NULL);
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    r.groups = true;
    read_day(world, &r);
    assert_all(world, r.ok && r.lines.n_events == RECORDS && check_fields(&r.lines) && check_groups(&r.lines));
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {cmocka_unit_test(test_fields_and_groups)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}
