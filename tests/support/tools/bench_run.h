/* What the benchmarks of whole days share. */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include "ingest/day.h"
#include "support/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most memory this process ever had, from the kernel; 0 if it does not say. */
static inline int64_t peak_bytes(void)
{
    char line[256];
    long long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtoll(line + 6, NULL, 10);
    }
    if (status != NULL)
        fclose(status);
    return kib * 1024;
}

/* The files as a configuration would name them. */
static inline bool input_of_files(char **files, int n, struct str format, struct arena *arena, struct input *input,
                                  struct error *err)
{
    struct buf text = {.limit = 1 << 24};
    struct json_doc *doc;
    buf_add_str(&text, STR("{\"files\":["));
    for (int i = 0; i < n; i++) {
        buf_add_str(&text, i > 0 ? STR(",") : STR(""));
        buf_add_json_string(&text, str_of(files[i]));
    }
    buf_add_str(&text, STR("],\"format\":"));
    buf_add_json_string(&text, format);
    buf_add_str(&text, STR("}"));
    bool ok = json_parse(buf_str(&text), "files", false, &doc, err);
    if (ok) {
        ok = input_parse(doc, json_root(doc), arena, input, err);
        json_free(doc);
    }
    buf_free(&text);
    return ok;
}

typedef bool bench_body(const struct comm *comm, int argc, char **argv, struct arena *arena, struct error *err);

/* main of the program `name`. */
static inline int bench_main(int argc, char **argv, const char *name, bench_body *run)
{
    struct error err = {0};
    struct comm *world = NULL;
    if (!comm_start(&argc, &argv, &world, &err)) {
        fprintf(stderr, "%s: %s\n", name, err.message);
        return 1;
    }
    log_setup(LOG_WARN, comm_rank(world), comm_size(world));
    struct arena *arena = arena_new();
    bool ok = run(world, argc, argv, arena, &err);
    if (!ok && comm_rank(world) == 0)
        fprintf(stderr, "%s: %s\n", name, err.message);
    arena_free(arena);
    comm_stop(world);
    return ok ? 0 : 1;
}

#endif
