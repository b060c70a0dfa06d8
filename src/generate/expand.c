#include "expand.h"

#include "support/ascii.h"
#include "values.h"

enum op { OP_LITERAL, OP_POOL, OP_PICK, OP_BASE64_WIDE, OP_BASE64, OP_VALUE, OP_INNER };

struct piece {
    enum op op;
    union {
        struct str literal;
        size_t pool;
        struct {
            const struct sequence *const *item;
            size_t n;
        } choice;
        const struct sequence *inside;
        struct {
            value_write *write;
            uint64_t argument;
        } value;
    } as;
};

struct sequence {
    const struct piece *piece;
    size_t n;
};

struct compiled_pool {
    const char *name;
    const struct sequence **item;
    size_t n;
};

struct expander {
    struct arena *arena;
    struct compiled_pool *pool;
    size_t n_pools;
};

enum { MAX_PIECES = 96, MAX_CHOICES = 64, MAX_DEPTH = 8, MAX_ENCODED = 4096 };

static const struct sequence *compile_until(struct expander *expander, const char **at, bool in_pick, unsigned depth);

/* Reads the name before ':' or '}'; *at is then on that character. */
static struct str read_name(const char **at)
{
    const char *start = *at;
    while (**at != ':' && **at != '}') {
        ASSERT(**at != '\0');
        (*at)++;
    }
    return (struct str){start, (size_t)(*at - start)};
}

static uint64_t read_argument(const char **at)
{
    ASSERT(**at == ':');
    (*at)++;
    uint64_t value = 0;
    for (; **at != '}'; (*at)++) {
        ASSERT(ascii_digit(**at));
        value = value * 10 + (uint64_t)(**at - '0');
    }
    ASSERT(value > 0);
    return value;
}

static struct piece compile_pick(struct expander *expander, const char **at, unsigned depth)
{
    const struct sequence *found[MAX_CHOICES];
    size_t n = 0;
    do {
        ASSERT(n < MAX_CHOICES);
        (*at)++; /* over ':' or '|' */
        found[n++] = compile_until(expander, at, true, depth + 1);
    } while (**at == '|');
    const struct sequence **item = ARENA_ARRAY(expander->arena, const struct sequence *, n);
    memcpy(item, found, n * sizeof(*item));
    return (struct piece){.op = OP_PICK, .as.choice = {item, n}};
}

/* *at is behind the opening brace, and on the closing one afterwards. */
static struct piece compile_slot(struct expander *expander, const char **at, unsigned depth)
{
    struct str name = read_name(at);
    if (str_equal(name, STR("pick")))
        return compile_pick(expander, at, depth);
    if (str_equal(name, STR("b64")) || str_equal(name, STR("b64a"))) {
        (*at)++;
        enum op op = name.n == 3 ? OP_BASE64_WIDE : OP_BASE64;
        return (struct piece){.op = op, .as.inside = compile_until(expander, at, false, depth + 1)};
    }
    if (str_equal(name, STR("<")))
        return (struct piece){.op = OP_LITERAL, .as.literal = STR("{")};
    if (str_equal(name, STR(">")))
        return (struct piece){.op = OP_LITERAL, .as.literal = STR("}")};
    if (str_equal(name, STR("bar")))
        return (struct piece){.op = OP_LITERAL, .as.literal = STR("|")};
    if (str_equal(name, STR("inner")))
        return (struct piece){.op = OP_INNER};
    const struct value_slot *slot = value_find(name);
    if (slot != NULL)
        return (struct piece){.op = OP_VALUE, .as.value = {slot->write, slot->counted ? read_argument(at) : 0}};
    for (size_t i = 0; i < expander->n_pools; i++)
        if (str_equal(name, str_of(expander->pool[i].name)))
            return (struct piece){.op = OP_POOL, .as.pool = i};
    assert_failed(name.p, __FILE__, __LINE__); /* a template names no slot */
}

/* Whether the text ends here: at its end, inside braces at the closing one, inside {pick:} at a bar that has no blanks
 * around. */
static bool at_end(const char *start, const char *at, bool in_pick, unsigned depth)
{
    if (*at == '\0' || (depth > 0 && *at == '}'))
        return true;
    return in_pick && *at == '|' && !(at > start && at[-1] == ' ' && at[1] == ' ');
}

/* Compiles up to the end of the text or, inside braces (depth > 0), up to the closing brace (or bar), which stays
 * unread. */
static const struct sequence *compile_until(struct expander *expander, const char **at, bool in_pick, unsigned depth)
{
    ASSERT(depth < MAX_DEPTH);
    struct piece piece[MAX_PIECES];
    size_t n = 0;
    const char *first = *at;
    while (!at_end(first, *at, in_pick, depth)) {
        ASSERT(n < MAX_PIECES);
        if (**at == '{') {
            (*at)++;
            piece[n++] = compile_slot(expander, at, depth);
            ASSERT(**at == '}');
            (*at)++;
            continue;
        }
        const char *start = *at;
        while (**at != '{' && !at_end(first, *at, in_pick, depth))
            (*at)++;
        piece[n++] = (struct piece){.op = OP_LITERAL, .as.literal = {start, (size_t)(*at - start)}};
    }
    ASSERT(depth == 0 || **at != '\0');
    struct piece *kept = ARENA_ARRAY(expander->arena, struct piece, n);
    memcpy(kept, piece, n * sizeof(*kept));
    struct sequence *sequence = ARENA_ARRAY(expander->arena, struct sequence, 1);
    *sequence = (struct sequence){kept, n};
    return sequence;
}

const struct sequence *expander_compile(struct expander *expander, const char *text)
{
    const char *at = text;
    return compile_until(expander, &at, false, 0);
}

struct expander *expander_new(const struct pool *pools, size_t n_pools, struct arena *arena)
{
    struct expander *expander = ARENA_ARRAY(arena, struct expander, 1);
    *expander = (struct expander){arena, ARENA_ARRAY(arena, struct compiled_pool, n_pools), n_pools};
    for (size_t i = 0; i < n_pools; i++) {
        struct compiled_pool *pool = &expander->pool[i];
        *pool = (struct compiled_pool){.name = pools[i].name};
        while (pools[i].item[pool->n] != NULL)
            pool->n++;
        ASSERT(pool->n > 0);
        pool->item = ARENA_ARRAY(arena, const struct sequence *, pool->n);
    }
    for (size_t i = 0; i < n_pools; i++)
        for (size_t k = 0; k < expander->pool[i].n; k++)
            expander->pool[i].item[k] = expander_compile(expander, pools[i].item[k]);
    return expander;
}

/* An index below n whose square root is uniform: early items come more often. */
static size_t skewed_below(struct rng_state *rng, size_t n)
{
    uint64_t u = rng_next(rng) >> 32;
    return (size_t)((((u * u) >> 32) * n) >> 32);
}

static void expand_at(const struct expander *expander, const struct sequence *sequence, struct scene *scene,
                      struct text *out, unsigned depth);

static void add_base64(const struct text *plain, bool wide, struct text *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = wide ? plain->n * 2 : plain->n;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t bits = 0;
        for (size_t k = i; k < i + 3; k++) {
            uint32_t byte = 0;
            if (k < n && wide)
                byte = k % 2 == 0 ? (unsigned char)plain->p[k / 2] : 0;
            else if (k < n)
                byte = (unsigned char)plain->p[k];
            bits = bits << 8 | byte;
        }
        char four[4];
        for (unsigned k = 0; k < 4; k++)
            four[k] = i + k > n ? '=' : digits[bits >> (18 - 6 * k) & 63];
        text_add(out, four, 4);
    }
}

static void expand_encoded(const struct expander *expander, const struct piece *piece, struct scene *scene,
                           struct text *out, unsigned depth)
{
    char plain[MAX_ENCODED];
    struct text inside = {plain, 0, sizeof(plain)};
    expand_at(expander, piece->as.inside, scene, &inside, depth + 1);
    add_base64(&inside, piece->op == OP_BASE64_WIDE, out);
}

static void expand_at(const struct expander *expander, const struct sequence *sequence, struct scene *scene,
                      struct text *out, unsigned depth)
{
    ASSERT(depth < 2 * MAX_DEPTH);
    for (size_t i = 0; i < sequence->n; i++) {
        const struct piece *piece = &sequence->piece[i];
        const struct compiled_pool *pool;
        switch (piece->op) {
        case OP_LITERAL:
            text_add_str(out, piece->as.literal);
            break;
        case OP_POOL:
            pool = &expander->pool[piece->as.pool];
            expand_at(expander, pool->item[skewed_below(&scene->rng, pool->n)], scene, out, depth + 1);
            break;
        case OP_PICK:
            expand_at(expander, piece->as.choice.item[rng_next_below(&scene->rng, piece->as.choice.n)], scene, out,
                      depth + 1);
            break;
        case OP_BASE64_WIDE:
        case OP_BASE64:
            expand_encoded(expander, piece, scene, out, depth);
            break;
        case OP_VALUE:
            piece->as.value.write(scene, piece->as.value.argument, out);
            break;
        case OP_INNER:
            text_add_str(out, scene->inner);
            break;
        }
    }
}

void expand(const struct expander *expander, const struct sequence *sequence, struct scene *scene, struct text *out)
{
    expand_at(expander, sequence, scene, out, 0);
}
