/* Paths and attribute names of result files. A change of meaning raises SCHEMA_VERSION. */
#ifndef EXPERIMENT_SCHEMA_H
#define EXPERIMENT_SCHEMA_H

#include "evaluate/evaluate.h"

enum { SCHEMA_VERSION = 1 };
#define SCHEMA_VERSION_NAME "schema_version"

#define SCHEMA_TEST     "/test"
#define SCHEMA_SIZE     "/size"
#define SCHEMA_DAY      "/day"
#define SCHEMA_RESAMPLE "/resample"
#define SCHEMA_PICK     "/pick"

#define SCHEMA_FALSE_ALARMS   "/false_alarms_per_day"
#define SCHEMA_ASKED          "/labels_asked"
#define SCHEMA_TEST_BENIGN    "/test_benign"
#define SCHEMA_TEST_MALICIOUS "/test_malicious"
#define SCHEMA_TEST_DROPPED   "/test_dropped"

#define SCHEMA_SYNTHETIC "synthetic"
#define SCHEMA_SIMULATED "labels_simulated"
#define SCHEMA_RUN_ID    "run_id"
#define SCHEMA_CONFIG    "config"
#define SCHEMA_BACKENDS  "verdicts_by_backend"

static const char *const schema_metric[METRIC_COUNT] = {"/auc", "/fpr_at_tpr", "/tpr_at_fpr"};

#endif
