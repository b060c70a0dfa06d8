#include "record.h"

#include "choose.h"
#include "disguise.h"
#include "knobs.h"
#include "world.h"

enum { COMMAND_CAPACITY = 24 << 10, LINE_CAPACITY = 64 << 10, ADMINS = 8 };

struct recorder {
    const struct generate *params;
    struct world world;
    struct chooser chooser;
    struct str admin[ADMINS];
    size_t n_admins;
    struct text first, second, command, line; /* scratch */
    /* Of the file being written; what does not change from record to record */
    bool placed;
    enum record_file file;
    int64_t day;
    uint64_t stream;
    char date[12]; /* 2025-01-31T */
    int64_t epoch_day;
};

/* What a record says beside its command line, which is in recorder->command. */
struct facts {
    const struct world_host *host;
    const struct choice_template *template;
    struct rng_state rng;
};

static struct text scratch(struct arena *arena, size_t capacity)
{
    return (struct text){arena_bytes(arena, capacity), 0, capacity};
}

struct recorder *recorder_new(const struct generate *params, struct arena *arena)
{
    struct recorder *recorder = ARENA_ZARRAY(arena, struct recorder, 1);
    recorder->params = params;
    recorder->world = world_new(params, arena);
    recorder->chooser = chooser_new(arena);
    recorder->n_admins = min_size(ADMINS, recorder->world.n_users);
    for (size_t i = 0; i < recorder->n_admins; i++) {
        struct str user = recorder->world.user[i];
        recorder->admin[i] = str_of(arena_printf(arena, "adm-%.*s", STR_ARG(user)));
    }
    recorder->first = scratch(arena, COMMAND_CAPACITY);
    recorder->second = scratch(arena, COMMAND_CAPACITY);
    recorder->command = scratch(arena, COMMAND_CAPACITY);
    recorder->line = scratch(arena, LINE_CAPACITY);
    return recorder;
}

int64_t record_count(const struct generate *params, enum record_file file)
{
    switch (file) {
    case RECORD_MALICIOUS:
        return params->malicious_lines;
    case RECORD_TEST:
        return params->test_benign + params->test_malicious;
    default:
        return params->lines_per_day;
    }
}

static void place(struct recorder *recorder, enum record_file file, int64_t day)
{
    if (recorder->placed && recorder->file == file && recorder->day == day)
        return;
    enum { FIRST_DAY = 20089 }; /* 2025-01-01; the labelled files date from the day before */
    recorder->placed = true;
    recorder->file = file;
    recorder->day = day;
    recorder->stream = rng_stream("synthetic record", (uint64_t)file, (uint64_t)day);
    recorder->epoch_day = file == RECORD_DAY ? FIRST_DAY + day : FIRST_DAY - 1;
    unsigned year, month, mday;
    civil_date(recorder->epoch_day, &year, &month, &mday);
    struct text date = {recorder->date, 0, sizeof(recorder->date)};
    text_add_number(&date, year, 4);
    text_add(&date, "-", 1);
    text_add_number(&date, month, 2);
    text_add(&date, "-", 1);
    text_add_number(&date, mday, 2);
    text_add(&date, "T", 2);
}

/* Milliseconds since midnight: rises with the index, in leaps at night, when little happens. */
static uint64_t time_of_day(int64_t index, int64_t n_records)
{
    static const uint8_t busy[24] = {20, 18, 24, 18, 18, 22, 30, 48, 66, 72, 70, 66,
                                     54, 60, 66, 64, 58, 50, 38, 30, 28, 26, 28, 26};
    enum { HOUR = 3600000, TOTAL = 1000 }; /* TOTAL: sum of busy */
    uint64_t at = (uint64_t)index * TOTAL * HOUR / (uint64_t)n_records;
    uint64_t hour = 0;
    for (; at >= (uint64_t)busy[hour] * HOUR; hour++)
        at -= (uint64_t)busy[hour] * HOUR;
    return hour * HOUR + at / busy[hour];
}

static struct scene scene_on(const struct recorder *recorder, const struct world_host *host, struct rng_state rng)
{
    bool on_linux = role_is_linux(host->role);
    return (struct scene){.rng = rng,
                          .self = host->name,
                          .user = recorder->world.user[host->user[0]],
                          .hosts = recorder->world.hosts[on_linux],
                          .servers = recorder->world.servers[on_linux],
                          .day = recorder->epoch_day};
}

static const struct world_host *host_with(const struct world *world, enum role role, struct rng_state *rng)
{
    return &world->host[world->with_role[role][rng_next_below(rng, world->n_with_role[role])]];
}

static void make_routine(struct recorder *recorder, struct facts *facts)
{
    enum role role = choose_role(&facts->rng);
    bool varied = rng_next_below(&facts->rng, 1000) < KNOB_VARIED;
    facts->host = host_with(&recorder->world, role, &facts->rng);
    facts->template = choose_routine(&recorder->chooser, role, varied, &facts->rng);
    struct scene scene = scene_on(recorder, facts->host, facts->rng);
    expand(recorder->chooser.expander, facts->template->text, &scene, &recorder->command);
    facts->rng = scene.rng;
}

/* How lines of one kind are built from templates: chances in 1/1000. */
struct style {
    unsigned join, wrap;
    struct disguise disguise;
};

static void make_odd(struct recorder *recorder, const struct template_set *set, bool held_out,
                     const struct style *style, struct facts *facts)
{
    struct rng_state *rng = &facts->rng;
    facts->template = choose_odd(set, held_out, ON_WINDOWS | ON_LINUX, rng);
    enum role role = choose_role_among(facts->template->source->roles, rng);
    facts->host = host_with(&recorder->world, role, rng);
    bool on_linux = role_is_linux(role);
    struct scene scene = scene_on(recorder, facts->host, *rng);
    const struct expander *expander = recorder->chooser.expander;
    struct text *made = &recorder->first, *spare = &recorder->second;
    made->n = spare->n = 0;
    expand(expander, facts->template->text, &scene, made);
    if (rng_next_below(&scene.rng, 1000) < style->join) {
        text_add_str(made, rng_next_below(&scene.rng, 2) == 0 ? STR(" && ") : on_linux ? STR("; ") : STR(" & "));
        const struct choice_template *more = choose_odd(set, held_out, on_linux ? ON_LINUX : ON_WINDOWS, &scene.rng);
        expand(expander, more->text, &scene, made);
    }
    if (rng_next_below(&scene.rng, 1000) < style->wrap) {
        scene.inner = (struct str){made->p, made->n};
        expand(expander, on_linux ? recorder->chooser.wrap_linux : recorder->chooser.wrap_windows, &scene, spare);
        made = spare;
    }
    disguise_line(&style->disguise, !on_linux, (struct str){made->p, made->n}, &scene.rng, &recorder->command);
    facts->rng = scene.rng;
}

static void make_admin(struct recorder *recorder, struct facts *facts)
{
    bool test = recorder->file == RECORD_TEST;
    const struct style style = {test ? KNOB_JOIN_TEST_ADMIN : KNOB_JOIN_DAY_ADMIN,
                                KNOB_WRAP_ADMIN,
                                {KNOB_CASE_ADMIN, KNOB_CARET_ADMIN, KNOB_QUOTE_ADMIN, KNOB_SPACE_ADMIN}};
    bool held_out = test && rng_next_below(&facts->rng, 1000) < KNOB_TEST_ADMIN_HELD_OUT;
    make_odd(recorder, &recorder->chooser.admin, held_out, &style, facts);
}

static void make_attack(struct recorder *recorder, struct facts *facts)
{
    static const struct style style = {KNOB_JOIN_ATTACK,
                                       KNOB_WRAP_ATTACK,
                                       {KNOB_CASE_ATTACK, KNOB_CARET_ATTACK, KNOB_QUOTE_ATTACK, KNOB_SPACE_ATTACK}};
    bool test = recorder->file == RECORD_TEST;
    bool held_out = test && rng_next_below(&facts->rng, 1000) < KNOB_TEST_ATTACK_HELD_OUT;
    make_odd(recorder, &recorder->chooser.attack, held_out, &style, facts);
}

static struct str account_name(const struct recorder *recorder, struct facts *facts)
{
    static const char *const service[ROLE_N] = {"LOCAL SERVICE", "LOCAL SERVICE", "svc-web",
                                                "svc-sql",       "www-data",      "gitlab-runner"};
    const struct world_host *host = facts->host;
    uint64_t draw = rng_next_below(&facts->rng, 10);
    switch (facts->template->source->account) {
    case ACCOUNT_SYSTEM:
        return role_is_linux(host->role) ? STR("root") : STR("SYSTEM");
    case ACCOUNT_SERVICE:
        return str_of(service[host->role]);
    case ACCOUNT_ADMIN:
        return recorder->admin[rng_next_below(&facts->rng, recorder->n_admins)];
    default:
        return recorder->world.user[host->user[draw < 7 ? 0 : draw < 9 ? 1 : 2]];
    }
}

static void add_clock(struct text *line, uint64_t ms)
{
    text_add_number(line, ms / 3600000, 2);
    text_add(line, ":", 1);
    text_add_number(line, ms / 60000 % 60, 2);
    text_add(line, ":", 1);
    text_add_number(line, ms / 1000 % 60, 2);
    text_add(line, ".", 1);
    text_add_number(line, ms % 1000, 3);
    text_add(line, "Z", 1);
}

/* Quotes and backslashes escaped; templates and pools hold no control characters. */
static void add_escaped(struct text *line, const struct text *plain)
{
    ASSERT(2 * plain->n <= line->capacity - line->n);
    char *out = line->p + line->n;
    for (size_t i = 0; i < plain->n; i++) {
        char c = plain->p[i];
        if (c == '"' || c == '\\')
            *out++ = '\\';
        *out++ = c;
    }
    line->n = (size_t)(out - line->p);
}

static void add_json(struct recorder *recorder, struct facts *facts, uint64_t ms, bool attack)
{
    struct text *line = &recorder->line;
    const struct template *template = facts->template->source;
    bool on_linux = role_is_linux(facts->host->role);
    line->n = 0;
    text_add_str(line, STR("{\"ts\":\""));
    text_add_str(line, (struct str){recorder->date, sizeof(recorder->date) - 1});
    add_clock(line, ms);
    text_add_str(line, STR("\",\"host\":\""));
    text_add_str(line, facts->host->name);
    text_add_str(line, STR("\",\"user\":\""));
    text_add_str(line, account_name(recorder, facts));
    text_add_str(line, on_linux ? STR("\",\"platform\":\"linux\",\"parent_image\":\"")
                                : STR("\",\"platform\":\"windows\",\"parent_image\":\""));
    text_add_str(line, facts->template->parent);
    text_add_str(line, STR("\",\"image\":\""));
    text_add_str(line, facts->template->image);
    text_add_str(line, STR("\",\"command_line\":\""));
    add_escaped(line, &recorder->command);
    text_add_str(line, attack ? STR("\",\"source\":\"synthetic\",\"label\":\"malicious\",\"technique\":")
                              : STR("\",\"source\":\"synthetic\",\"label\":\"benign\",\"technique\":"));
    if (template->technique != NULL) {
        text_add(line, "\"", 1);
        text_add_str(line, str_of(template->technique));
        text_add_str(line, STR("\",\"pid\":"));
    } else {
        text_add_str(line, STR("null,\"pid\":"));
    }
    text_add_number(line,
                    on_linux ? 300 + rng_next_below(&facts->rng, 90000) : 4 + 4 * rng_next_below(&facts->rng, 8000), 1);
    text_add_str(line, STR("}\n"));
}

/* Spreads `marked` of n places evenly. */
static bool is_marked(int64_t index, int64_t marked, int64_t n)
{
    return (index + 1) * marked / n > index * marked / n;
}

void record_add(struct recorder *recorder, enum record_file file, int64_t day, int64_t index, struct buf *out)
{
    place(recorder, file, day);
    const struct generate *params = recorder->params;
    int64_t n_records = record_count(params, file);
    struct facts facts = {.rng = rng_start((uint64_t)params->seed, recorder->stream, (uint64_t)index)};
    double draw = rng_next_unit(&facts.rng);
    bool attack = draw < params->attack_share, rare = draw < params->attack_share + params->rare_share;
    if (file == RECORD_MALICIOUS)
        attack = true;
    if (file == RECORD_TEST) {
        attack = is_marked(index, params->test_malicious, n_records);
        rare = true;
    }
    recorder->command.n = 0;
    if (attack)
        make_attack(recorder, &facts);
    else if (rare)
        make_admin(recorder, &facts);
    else
        make_routine(recorder, &facts);
    add_json(recorder, &facts, time_of_day(index, n_records), attack);
    buf_add(out, recorder->line.p, recorder->line.n);
}
