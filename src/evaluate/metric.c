#include "evaluate/metric.h"

#include <math.h>

#define SHARE   .unit = "1", .low = 0, .high = 1
#define PRECISE "precision at the validation threshold if one line in "

const struct metric metrics[METRIC_COUNT] = {
    [METRIC_AUC] = {.name = "auc", .long_name = "area under the ROC curve", SHARE},
    [METRIC_FPR_AT_TPR] = {.name = "fpr_at_tpr",
                           .long_name = "false positive rate at the stated TPR, read off the test's own curve",
                           .lower_is_better = true,
                           SHARE},
    [METRIC_TPR_AT_FPR] = {.name = "tpr_at_fpr",
                           .long_name = "true positive rate at the stated FPR, read off the test's own curve",
                           SHARE},
    [METRIC_FPR] = {.name = "fpr",
                    .long_name = "false positive rate at the validation threshold",
                    .lower_is_better = true,
                    .at_threshold = true,
                    SHARE},
    [METRIC_TPR] = {.name = "tpr",
                    .long_name = "true positive rate at the validation threshold",
                    .at_threshold = true,
                    SHARE},
    [METRIC_PRECISION_3] = {.name = "precision_1e3",
                            .long_name = PRECISE "1,000 is malicious",
                            .at_threshold = true,
                            SHARE},
    [METRIC_PRECISION_4] = {.name = "precision_1e4",
                            .long_name = PRECISE "10,000 is malicious",
                            .at_threshold = true,
                            SHARE},
    [METRIC_PRECISION_5] = {.name = "precision_1e5",
                            .long_name = PRECISE "100,000 is malicious",
                            .at_threshold = true,
                            SHARE},
    [METRIC_ALARMS] = {.name = "alarms",
                       .long_name = "false alarms a day at the validation threshold",
                       .unit = "lines/day",
                       .lower_is_better = true,
                       .at_threshold = true,
                       .low = 0,
                       .high = INFINITY},
};
