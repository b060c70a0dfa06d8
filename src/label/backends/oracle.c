/* Known truth with a stated error rate: what a labeler of that quality would have said. For simulations only. */
#include "label/backend.h"
#include "support/rng.h"
#include "verdict.h"

struct oracle {
    double benign_recall, malicious_recall;
};

static const struct param_spec params[] = {
    PARAM_REAL(struct oracle, benign_recall, 0.95, 0, 1, "probability that a benign line gets a benign verdict"),
    PARAM_REAL(struct oracle, malicious_recall, 0.99, 0, 1,
               "probability that a malicious line gets a malicious verdict"),
    PARAM_END};

static bool answer(const struct labeler *labeler, const void *untyped, const struct label_item *item, size_t n,
                   struct label_sink *sink, struct error *err)
{
    const struct oracle *oracle = untyped;
    (void)labeler;
    for (size_t i = 0; i < n; i++) {
        if (item[i].truth == TRUTH_UNKNOWN)
            continue;
        bool benign = item[i].truth == TRUTH_BENIGN;
        double draw = rng_unit(item[i].seed, rng_stream("oracle", 0, item[i].hash.hi), item[i].hash.lo);
        bool right = draw < (benign ? oracle->benign_recall : oracle->malicious_recall);
        sink->asked++;
        TRY(sink->put(sink->context, i, benign == right ? VERDICT_BENIGN : VERDICT_MALICIOUS, CONFIDENCE_UNSTATED,
                      err));
    }
    return true;
}

const struct backend backend_oracle = {
    .plugin = {"oracle", "simulation: known truth with seeded mistakes", params, sizeof(struct oracle)},
    .simulated = true,
    .answer = answer,
};
