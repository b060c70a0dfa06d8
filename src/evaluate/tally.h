/* Passes over ranked lines that count for LANES resamples at once. Integers only: the same on any processor. */
#ifndef EVALUATE_TALLY_H
#define EVALUATE_TALLY_H

#include "draws.h"
#include "ranking.h"

/* Ranked lines as a pass reads them. */
struct pass {
    size_t n, n_steps, n_benign_clusters;
    const uint32_t *cluster; /* [n] by falling score; those from n_benign_clusters on are malicious */
    const uint32_t *end;     /* [n_steps] */
    const uint8_t *times;    /* [clusters][LANES] */
};

struct tally {
    uint32_t need[LANES], allow[LANES], flagged[LANES]; /* in: malicious lines to find, benign ones that may be
                                                            flagged; lines above the threshold */
    uint64_t twice_area[LANES];                         /* out: pairs in which the malicious line is higher, twice */
    uint32_t false_at_need[LANES], true_at_allow[LANES];
    uint32_t false_flagged[LANES], true_flagged[LANES];
};

struct pass pass_make(const struct ranking *ranking, const struct draws *draws, struct arena *arena);
void tally_lines(const struct pass *pass, struct tally *tally);
/* place[LANES]: of the line by which need[LANES] (1 or more) malicious lines are found. */
void tally_cutoff(const struct pass *pass, const uint32_t *need, uint32_t *place);
/* sum[LANES]: of count, by place, of benign lines before place flagged[LANES]. */
void tally_counts(const struct pass *pass, const int64_t *count, const uint32_t *flagged, uint64_t *sum);

#endif
