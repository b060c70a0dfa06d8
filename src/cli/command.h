/* Commands of the program: one file each in src/cli/commands; the file's name is the command. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "experiment/sweep.h"

enum { ARGUMENTS_MOST = 64 };

struct arguments {
    const char *word[ARGUMENTS_MOST]; /* what is not an option */
    size_t n_words;
    struct setting setting[ARGUMENTS_MOST]; /* --set key=value, in order */
    size_t n_settings;
    const char *out;         /* --out, or NULL */
    bool redo, accept;       /* runs of another commit: made again, taken as they are */
    bool explain;            /* --explain: say how, not only what */
    int64_t slice, n_slices; /* --slice I/N: part I of N, from 1; 1 of 1 unless given */
};

struct command {
    const char *name, *usage, *summary;
    size_t words_least, words_most; /* arguments it takes */
    const char *details;            /* more help, or NULL */
    /* Collective: every rank runs it alike. */
    bool (*run)(const struct comm *comm, const struct arguments *arguments, struct error *err);
};

/* All commands by name; *n of them. */
const struct command *const *command_all(size_t *n);
/* Prints to stdout on rank 0 only. */
void print_job(const struct comm *comm, struct str text);
/* The folder that results go to: --out, or results/NAME. */
const char *command_out_dir(const struct arguments *arguments, const struct json_doc *doc, struct arena *arena);
typedef bool command_body(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                          struct arena *arena, struct error *err);
/* Reads the configuration that the first word names, with the settings, and runs the body on it. sweeps false: its
 * sweep section is taken out. Collective. */
MUST_CHECK bool command_configured(const struct comm *comm, const struct arguments *arguments, bool sweeps,
                                   command_body *body, struct error *err);
/* sweep.h5 and the table from finished runs. Collective. */
MUST_CHECK bool command_collect_sweep(const struct comm *comm, const struct sweep *sweep, const char *out_dir,
                                      struct error *err);
/* The runs of the configuration. out_dir: where digests of files are remembered, or NULL. hash false: no file is read.
 * Collective. */
MUST_CHECK bool command_sweep_plan(const struct comm *comm, const struct json_doc *doc,
                                   const struct arguments *arguments, const char *out_dir, bool hash,
                                   struct arena *arena, struct sweep *out, struct error *err);
/* Synthetic telemetry that the configuration asks for, then the runs. Collective. */
MUST_CHECK bool command_prepare(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                                const char *out_dir, struct arena *arena, struct sweep *out, struct error *err);
/* Plan, run what is missing, collect, print the table: what `run` and `sweep` share. */
bool command_run_sweep(const struct comm *comm, const struct json_doc *doc, const struct arguments *arguments,
                       struct arena *arena, struct error *err);

#endif
