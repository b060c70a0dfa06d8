/* What files hold, in place of their names: an experiment that is changed like this is the same text whenever the same
 * goes in. */
#ifndef CONTENTS_H
#define CONTENTS_H

#include "digests.h"
#include "experiment/config.h"

struct contents {
    const struct comm *comm;
    struct digests *digests;
    struct arena *arena; /* of what is put in place of names */
    const char *data_dir;
    struct listings *listings; /* of the inputs' files */
    bool known;                /* set to false where a file's content is not known */
    struct buf *more;          /* what results depend on beside parameters and files */
};

/* The file patterns become the names (below the data folder) and contents of the files that they match. Collective. */
MUST_CHECK bool contents_of_inputs(struct contents *contents, struct inputs *inputs, struct error *err);
MUST_CHECK bool contents_of_tests(struct contents *contents, struct test_sets *tests, struct error *err);
/* File parameters become contents; relative paths start at the folder (NULL: the working folder). Collective. */
MUST_CHECK bool contents_of_choice(struct contents *contents, struct choice *choice, const char *folder,
                                   struct error *err);
MUST_CHECK bool contents_of_features(struct contents *contents, struct feature_set *set, struct error *err);
/* Also adds what its backends say that their answers depend on. Collective. */
MUST_CHECK bool contents_of_labeler(struct contents *contents, struct labeler *labeler, struct error *err);

#endif
