/* Identity from the texts of sections, for one who has them at hand for many runs. */
#ifndef IDENTITY_TEXTS_H
#define IDENTITY_TEXTS_H

#include "experiment/identity.h"
#include "sections.h"

/* identity_key of the experiment with all its days. text[i]: the canonical text of sections[i], empty where it is
 * absent. Collective. */
MUST_CHECK bool identity_of_texts(const struct comm *comm, struct identity *identity,
                                  const struct experiment *experiment, enum stage stage,
                                  const struct str text[SECTION_COUNT], char out[IDENTITY_HEX], bool *known,
                                  struct error *err);

#endif
