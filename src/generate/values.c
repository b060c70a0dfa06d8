#include "values.h"

void text_add_number(struct text *text, uint64_t value, unsigned min_digits)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (sizeof(digits) - at < min_digits)
        digits[--at] = '0';
    text_add(text, digits + at, sizeof(digits) - at);
}

void civil_date(int64_t day, unsigned *year, unsigned *month, unsigned *mday)
{
    /* Howard Hinnant's civil_from_days: years start in March, eras have 400 years. Days before 1970 do not occur here.
     */
    uint64_t shifted = (uint64_t)(day + 719468);
    uint64_t era = shifted / 146097, in_era = shifted % 146097;
    uint64_t year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint64_t in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint64_t march_month = (5 * in_year + 2) / 153;
    *mday = (unsigned)(in_year - (153 * march_month + 2) / 5 + 1);
    *month = (unsigned)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (unsigned)(year_of_era + era * 400 + (*month <= 2));
}

static void add_letters(struct scene *scene, const char *letters, unsigned bits, uint64_t limit, uint64_t n,
                        struct text *out)
{
    ASSERT(n <= out->capacity - out->n);
    char *p = out->p + out->n;
    uint64_t word = 0;
    unsigned left = 0;
    for (uint64_t i = 0; i < n; i++) {
        if (left < bits) {
            word = rng_next(&scene->rng);
            left = 64;
        }
        p[i] = letters[(word & ((1u << bits) - 1)) % limit];
        word >>= bits;
        left -= bits;
    }
    out->n += n;
}

static void write_int(struct scene *scene, uint64_t limit, struct text *out)
{
    text_add_number(out, rng_next_below(&scene->rng, limit), 1);
}

static void write_hex(struct scene *scene, uint64_t n, struct text *out)
{
    add_letters(scene, "0123456789abcdef", 4, 16, n, out);
}

static void write_alnum(struct scene *scene, uint64_t n, struct text *out)
{
    add_letters(scene, "abcdefghijklmnopqrstuvwxyz0123456789", 8, 36, n, out);
}

static void write_raw(struct scene *scene, uint64_t n, struct text *out)
{
    add_letters(scene, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, 64, n, out);
}

static void write_guid(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    static const uint8_t part[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < ARRAY_LEN(part); i++) {
        if (i > 0)
            text_add(out, "-", 1);
        write_hex(scene, part[i], out);
    }
}

static void write_ip(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    uint64_t bits = rng_next(&scene->rng);
    text_add_str(out, STR("10."));
    text_add_number(out, bits % 8, 1);
    text_add(out, ".", 1);
    text_add_number(out, (bits >> 8) % 64, 1);
    text_add(out, ".", 1);
    text_add_number(out, (bits >> 16) % 254 + 1, 1);
}

/* The three documentation networks of RFC 5737. */
static void write_pubip(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    static const char *const net[] = {"192.0.2.", "198.51.100.", "203.0.113."};
    uint64_t bits = rng_next(&scene->rng);
    text_add_str(out, str_of(net[bits % ARRAY_LEN(net)]));
    text_add_number(out, (bits >> 8) % 254 + 1, 1);
}

static void write_date(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    unsigned year, month, mday;
    civil_date(scene->day - (int64_t)rng_next_below(&scene->rng, 30), &year, &month, &mday);
    text_add_number(out, year, 4);
    text_add(out, "-", 1);
    text_add_number(out, month, 2);
    text_add(out, "-", 1);
    text_add_number(out, mday, 2);
}

static void write_clock(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    text_add_number(out, rng_next_below(&scene->rng, 24), 2);
    text_add(out, ":", 1);
    text_add_number(out, rng_next_below(&scene->rng, 4) * 15, 2);
}

static void write_ver(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    uint64_t bits = rng_next(&scene->rng);
    text_add_number(out, bits % 14 + 1, 1);
    text_add(out, ".", 1);
    text_add_number(out, (bits >> 8) % 20, 1);
    text_add(out, ".", 1);
    text_add_number(out, (bits >> 16) % 40, 1);
}

static void write_self(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    text_add_str(out, scene->self);
}

static void write_user(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    text_add_str(out, scene->user);
}

static void write_host(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    text_add_str(out, scene->hosts.item[rng_next_below(&scene->rng, scene->hosts.n)]);
}

static void write_server(struct scene *scene, uint64_t argument, struct text *out)
{
    (void)argument;
    text_add_str(out, scene->servers.item[rng_next_below(&scene->rng, scene->servers.n)]);
}

const struct value_slot *value_find(struct str name)
{
    static const struct value_slot slot[] = {
        {"int", true, write_int},      {"hex", true, write_hex},        {"alnum", true, write_alnum},
        {"raw", true, write_raw},      {"guid", false, write_guid},     {"ip", false, write_ip},
        {"pubip", false, write_pubip}, {"date", false, write_date},     {"clock", false, write_clock},
        {"ver", false, write_ver},     {"self", false, write_self},     {"user", false, write_user},
        {"host", false, write_host},   {"server", false, write_server},
    };
    for (size_t i = 0; i < ARRAY_LEN(slot); i++)
        if (str_equal(name, str_of(slot[i].name)))
            return &slot[i];
    return NULL;
}
