/* Compiled templates and how often each is drawn. */
#ifndef GENERATE_CHOOSE_H
#define GENERATE_CHOOSE_H

#include "expand.h"

struct choice_template {
    const struct template *source;
    const struct sequence *text;
    struct str parent, image;
};

enum { LOOKUP_SIZE = 4096 };

/* Templates of one role: lookup[uniform] draws them by weight. */
struct lineup {
    const struct choice_template **lookup; /* [LOOKUP_SIZE] */
};

/* Administration or attacks: every template as likely as any other. */
struct template_set {
    struct choice_template *item;
    size_t n;
};

struct chooser {
    struct expander *expander;
    const struct sequence *wrap_windows, *wrap_linux;
    struct lineup routine[ROLE_N][2]; /* common, varied */
    struct template_set admin, attack;
};

struct chooser chooser_new(struct arena *arena);
enum role choose_role(struct rng_state *rng); /* of a routine event */
enum role choose_role_among(unsigned roles, struct rng_state *rng);
const struct choice_template *choose_routine(const struct chooser *chooser, enum role role, bool varied,
                                             struct rng_state *rng);
/* One that runs on any of `roles`. */
const struct choice_template *choose_odd(const struct template_set *set, bool held_out, unsigned roles,
                                         struct rng_state *rng);

#endif
