/* The options of the stand-in server. */
#ifndef STANDIN_OPTIONS_H
#define STANDIN_OPTIONS_H

#include "support/str.h"

#include <stdio.h>
#include <string.h>

enum { FILES_MAX = 64 };

struct settings {
    int64_t port, latency_ms, rate_limit, fail_status, max_seconds, seed, hang_after, pad_bytes, dimensions;
    double benign_recall, malicious_recall, fail_rate, garbage_rate, cut_rate;
    bool retry_date;
    const char *port_file, *log, *key_env, *refuse, *truth[FILES_MAX];
    size_t n_truth;
};

struct option_row {
    const char *name;
    int64_t *whole;
    double *real;
    const char **text;
};

static inline bool take_option(struct settings *settings, const char *name, const char *value)
{
    const struct option_row rows[] = {
        {"--port", &settings->port, NULL, NULL},
        {"--port-file", NULL, NULL, &settings->port_file},
        {"--benign-recall", NULL, &settings->benign_recall, NULL},
        {"--malicious-recall", NULL, &settings->malicious_recall, NULL},
        {"--latency-ms", &settings->latency_ms, NULL, NULL},
        {"--fail-rate", NULL, &settings->fail_rate, NULL},
        {"--fail-status", &settings->fail_status, NULL, NULL},
        {"--rate-limit", &settings->rate_limit, NULL, NULL},
        {"--garbage-rate", NULL, &settings->garbage_rate, NULL},
        {"--cut-rate", NULL, &settings->cut_rate, NULL},
        {"--pad-bytes", &settings->pad_bytes, NULL, NULL},
        {"--hang-after", &settings->hang_after, NULL, NULL},
        {"--dimensions", &settings->dimensions, NULL, NULL},
        {"--refuse", NULL, NULL, &settings->refuse},
        {"--log", NULL, NULL, &settings->log},
        {"--key-env", NULL, NULL, &settings->key_env},
        {"--seed", &settings->seed, NULL, NULL},
        {"--max-seconds", &settings->max_seconds, NULL, NULL},
    };
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        if (strcmp(rows[r].name, name) != 0)
            continue;
        if (rows[r].whole)
            return str_to_i64(str_of(value), rows[r].whole) && *rows[r].whole >= 0;
        if (rows[r].real)
            return str_to_f64(str_of(value), rows[r].real) && *rows[r].real >= 0 && *rows[r].real <= 1;
        *rows[r].text = value;
        return true;
    }
    return false;
}

static inline bool take_options(int argc, char **argv, struct settings *settings)
{
    for (int a = 1; a < argc; a++) {
        if (strcmp(argv[a], "--retry-date") == 0) {
            settings->retry_date = true;
            continue;
        }
        if (strcmp(argv[a], "--truth") == 0) {
            while (a + 1 < argc && argv[a + 1][0] != '-' && settings->n_truth < FILES_MAX)
                settings->truth[settings->n_truth++] = argv[++a];
            continue;
        }
        if (a + 1 >= argc || !take_option(settings, argv[a], argv[a + 1])) {
            (void)fprintf(stderr, "chat_standin: cannot use %s\n", argv[a]);
            return false;
        }
        a++;
    }
    return settings->port <= 65535;
}

#endif
