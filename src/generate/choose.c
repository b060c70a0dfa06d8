#include "choose.h"

static struct template_set compile_table(struct expander *expander, struct template_table table, struct arena *arena)
{
    struct template_set set = {ARENA_ARRAY(arena, struct choice_template, table.n), table.n};
    for (size_t i = 0; i < table.n; i++) {
        const struct template *source = &table.item[i];
        set.item[i] = (struct choice_template){source, expander_compile(expander, source->text), str_of(source->parent),
                                               str_of(source->image)};
    }
    return set;
}

/* Zipf's law: the i-th commonest template of a role weighs 1/i. */
static struct lineup line_up(const struct template_set *set, enum role role, struct arena *arena)
{
    struct lineup lineup = {ARENA_ARRAY(arena, const struct choice_template *, LOOKUP_SIZE)};
    const uint64_t whole = 1u << 30;
    uint64_t total = 0, rank = 0;
    for (size_t i = 0; i < set->n; i++)
        if ((set->item[i].source->roles >> role & 1) != 0)
            total += whole / ++rank;
    ASSERT(rank > 0);
    uint64_t sum = 0;
    size_t filled = 0;
    rank = 0;
    for (size_t i = 0; i < set->n; i++) {
        if ((set->item[i].source->roles >> role & 1) == 0)
            continue;
        sum += whole / ++rank;
        for (size_t end = (size_t)(sum * LOOKUP_SIZE / total); filled < end; filled++)
            lineup.lookup[filled] = &set->item[i];
    }
    ASSERT(filled == LOOKUP_SIZE);
    return lineup;
}

struct chooser chooser_new(struct arena *arena)
{
    struct chooser chooser = {0};
    size_t n_pools;
    const struct pool *pools = template_pools(&n_pools);
    chooser.expander = expander_new(pools, n_pools, arena);
    chooser.wrap_windows = expander_compile(chooser.expander, "{wrapwin}");
    chooser.wrap_linux = expander_compile(chooser.expander, "{wraplin}");
    struct template_set common = compile_table(chooser.expander, templates_common(), arena);
    struct template_set varied = compile_table(chooser.expander, templates_varied(), arena);
    for (unsigned role = 0; role < ROLE_N; role++) {
        chooser.routine[role][0] = line_up(&common, (enum role)role, arena);
        chooser.routine[role][1] = line_up(&varied, (enum role)role, arena);
    }
    chooser.admin = compile_table(chooser.expander, templates_admin(), arena);
    chooser.attack = compile_table(chooser.expander, templates_attack(), arena);
    return chooser;
}

enum role choose_role(struct rng_state *rng)
{
    static const uint8_t share[ROLE_N] = {26, 12, 24, 8, 18, 12}; /* of 100 routine events */
    uint64_t draw = rng_next_below(rng, 100);
    unsigned role = 0;
    while (draw >= share[role])
        draw -= share[role++];
    return (enum role)role;
}

enum role choose_role_among(unsigned roles, struct rng_state *rng)
{
    enum role found[ROLE_N];
    size_t n = 0;
    for (unsigned role = 0; role < ROLE_N; role++)
        if ((roles >> role & 1) != 0)
            found[n++] = (enum role)role;
    ASSERT(n > 0);
    return found[rng_next_below(rng, n)];
}

const struct choice_template *choose_routine(const struct chooser *chooser, enum role role, bool varied,
                                             struct rng_state *rng)
{
    return chooser->routine[role][varied].lookup[rng_next(rng) >> 52];
}

const struct choice_template *choose_odd(const struct template_set *set, bool held_out, unsigned roles,
                                         struct rng_state *rng)
{
    for (;;) { /* both tables hold both kinds for both platforms, so one is found soon */
        const struct choice_template *item = &set->item[rng_next_below(rng, set->n)];
        if (item->source->held_out == held_out && (item->source->roles & roles) != 0)
            return item;
    }
}
