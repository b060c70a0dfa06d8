/* How hard the synthetic problem is, in one place. Shares are in 1/1000. Changing a value or a template changes the
 * data: raise GENERATOR_VERSION with it. */
#ifndef GENERATE_KNOBS_H
#define GENERATE_KNOBS_H

#define GENERATOR_VERSION 1

enum {
    /* Routine lines */
    KNOB_VARIED = 154, /* from the templates whose arguments hardly ever repeat: sets the share of unique lines */

    /* Test file: lines from families that no day and no training file holds */
    KNOB_TEST_ADMIN_HELD_OUT = 500,
    KNOB_TEST_ATTACK_HELD_OUT = 650,

    /* Two administration lines joined (&&, ;) into one */
    KNOB_JOIN_DAY_ADMIN = 80,
    KNOB_JOIN_TEST_ADMIN = 250,
    KNOB_JOIN_ATTACK = 100,

    /* A line wrapped in cmd /c, sh -c, sudo, ... */
    KNOB_WRAP_ADMIN = 220,
    KNOB_WRAP_ATTACK = 260,

    /* Spelling tricks, each drawn on its own: mixed case, carets, doubled quotes, wide spacing */
    KNOB_CASE_ATTACK = 140,
    KNOB_CARET_ATTACK = 70,
    KNOB_QUOTE_ATTACK = 70,
    KNOB_SPACE_ATTACK = 120,
    KNOB_CASE_ADMIN = 30,
    KNOB_CARET_ADMIN = 15,
    KNOB_QUOTE_ADMIN = 20,
    KNOB_SPACE_ADMIN = 110,
};

#endif
