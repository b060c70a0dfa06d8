#include "command.h"

#include "support/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void print_help(const struct comm *comm)
{
    size_t n;
    const struct command *const *commands = command_all(&n);
    struct buf out = {.limit = 65536};
    buf_printf(
        &out,
        "benomaly %s: find strange benign command lines, label them, train on them, measure fewer false alarms\n\n"
        "usage: [mpiexec -n RANKS] benomaly COMMAND [ARGUMENTS] [OPTIONS]\n\n",
        BENOMALY_VERSION);
    for (size_t i = 0; i < n; i++)
        buf_printf(&out, "  %-34s %s\n", commands[i]->usage, commands[i]->summary);
    buf_add_str(&out,
                STR("\noptions\n"
                    "  --set KEY=VALUE   change a configuration value, as in --set select.budget=100; may be repeated\n"
                    "                    a backslash before a dot makes it part of a name, as in "
                    "validation.inputs.where.process\\.name\n"
                    "  --out DIR         where results go (default results/NAME, NAME from the configuration)\n"
                    "  --slice I/N       of a sweep's runs only part I of N, 1 to N\n"
                    "  --redo            runs that another version of the program made are made again\n"
                    "  --accept          such runs are taken as they are\n"
                    "  --explain         of `events`: which value of a record each field came from\n"
                    "  --quiet           errors only        --verbose  more than usual\n"
                    "  --help            of a command: what it does      --version\n\n"
                    "`benomaly COMMAND --help` says more; `benomaly list` shows every plug-in with its parameters.\n"));
    print_job(comm, buf_str(&out));
    buf_free(&out);
}

static const struct command *find_command(const char *name, struct error *err)
{
    size_t n;
    const struct command *const *commands = command_all(&n);
    const char *names[ARGUMENTS_MOST];
    for (size_t i = 0; i < n; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
        names[i] = commands[i]->name;
    }
    const char *near = nearest_name(name, names, n);
    fail(err, ERROR_USAGE, "unknown command \"%s\"%s%s%s; `benomaly --help` lists them", name,
         near ? " (did you mean \"" : "", near ? near : "", near ? "\"?)" : "");
    return NULL;
}

static bool add_setting(struct arguments *args, char *text, struct error *err)
{
    char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return fail(err, ERROR_USAGE, "--set wants KEY=VALUE, not \"%s\"", text);
    if (args->n_settings == ARGUMENTS_MOST)
        return fail(err, ERROR_USAGE, "more than %d --set options", ARGUMENTS_MOST);
    *equals = '\0';
    args->setting[args->n_settings++] = (struct setting){text, equals + 1};
    return true;
}

/* "I/N" with 1 <= I <= N. */
static bool set_slice(struct arguments *args, const char *text, struct error *err)
{
    const char *slash = strchr(text, '/');
    if (slash && str_to_i64((struct str){text, (size_t)(slash - text)}, &args->slice) &&
        str_to_i64(str_of(slash + 1), &args->n_slices) && args->slice >= 1 && args->slice <= args->n_slices)
        return true;
    return fail(err, ERROR_USAGE, "--slice wants I/N with 1 <= I <= N, such as 2/8, not \"%s\"", text);
}

struct flags {
    bool help, version;
    enum log_level level;
};

static bool parse_arguments(int argc, char **argv, struct arguments *args, struct flags *flags, struct error *err)
{
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        bool more = i + 1 < argc;
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
            flags->help = true;
        else if (strcmp(word, "--version") == 0)
            flags->version = true;
        else if (strcmp(word, "--quiet") == 0 || strcmp(word, "-q") == 0)
            flags->level = LOG_ERROR;
        else if (strcmp(word, "--verbose") == 0 || strcmp(word, "-v") == 0)
            flags->level = LOG_DEBUG;
        else if (strcmp(word, "--set") == 0 && more)
            TRY(add_setting(args, argv[++i], err));
        else if (strncmp(word, "--set=", 6) == 0)
            TRY(add_setting(args, word + 6, err));
        else if (strcmp(word, "--out") == 0 && more)
            args->out = argv[++i];
        else if (strncmp(word, "--out=", 6) == 0)
            args->out = word + 6;
        else if (strcmp(word, "--slice") == 0 && more)
            TRY(set_slice(args, argv[++i], err));
        else if (strncmp(word, "--slice=", 8) == 0)
            TRY(set_slice(args, word + 8, err));
        else if (strcmp(word, "--redo") == 0)
            args->redo = true;
        else if (strcmp(word, "--accept") == 0)
            args->accept = true;
        else if (strcmp(word, "--explain") == 0)
            args->explain = true;
        else if (word[0] == '-' && word[1] != '\0')
            return fail(err, ERROR_USAGE, "unknown option or missing value: %s; `benomaly --help` lists the options",
                        word);
        else if (args->n_words == ARGUMENTS_MOST)
            return fail(err, ERROR_USAGE, "more than %d arguments", ARGUMENTS_MOST);
        else
            args->word[args->n_words++] = word;
    }
    if (args->redo && args->accept)
        return fail(err, ERROR_USAGE, "--redo and --accept exclude each other");
    return true;
}

static void print_command_help(const struct comm *comm, const struct command *command)
{
    struct buf out = {.limit = 65536};
    buf_printf(&out, "usage: benomaly %s [OPTIONS]\n\n%s\n%s%s", command->usage, command->summary,
               command->details ? "\n" : "", command->details ? command->details : "");
    print_job(comm, buf_str(&out));
    buf_free(&out);
}

static bool dispatch(const struct comm *comm, struct arguments *args, const struct flags *flags, struct error *err)
{
    if (flags->version) {
        print_job(comm, STR("benomaly " BENOMALY_VERSION "\n"));
        return true;
    }
    if (args->n_words == 0) {
        print_help(comm);
        return flags->help || fail(err, ERROR_USAGE, "no command given");
    }
    const struct command *command = find_command(args->word[0], err);
    if (!command)
        return false;
    if (flags->help) {
        print_command_help(comm, command);
        return true;
    }
    memmove(args->word, args->word + 1, --args->n_words * sizeof *args->word);
    if (args->n_words < command->words_least || args->n_words > command->words_most)
        return fail(err, ERROR_USAGE, "usage: benomaly %s", command->usage);
    return command->run(comm, args, err);
}

int main(int argc, char **argv)
{
    struct error err = {0};
    struct comm *world = NULL;
    struct arguments args = {.slice = 1, .n_slices = 1};
    struct flags flags = {.level = LOG_INFO};
    signal(SIGPIPE, SIG_IGN);
    if (!comm_start(&argc, &argv, &world, &err)) {
        fprintf(stderr, "benomaly: %s\n", err.message);
        return 1;
    }
    bool ok = parse_arguments(argc, argv, &args, &flags, &err);
    log_setup(flags.level, comm_rank(world), comm_size(world));
    ok = ok && dispatch(world, &args, &flags, &err);
    if (!ok && err.rank > 0)
        log_job(LOG_ERROR, "rank %d: %s", err.rank, err.message);
    else if (!ok)
        log_job(LOG_ERROR, "%s", err.message);
    int status = ok ? 0 : err.code == ERROR_USAGE || err.code == ERROR_CONFIG ? 2 : 1;
    comm_stop(world);
    return status;
}
