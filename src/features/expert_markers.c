#include "expert_markers.h"

static const char *const literal[MARKERS_ALL] = {
    "echo",
    "replace",
    "#",
    /* encoding */
    " -e ",
    " -ec ",
    " -enc ",
    " -encodedcommand ",
    "frombase64string(",
    /* cmd obfuscation */
    "^",
    "\"\"",
    "set",
    "&&",
    "&&for",
    "for %",
    ";;",
    /* network */
    "http",
    "www.",
    ".com",
    "html",
    "tcp",
    "udp",
    /* credentials */
    "lsass",
    "samsrv",
    "hklm\\sam",
    "winlogon",
    "netlogon",
    "kerberos.dll",
    "dump",
    ".bin",
    "ntds",
    /* words of the check for encoding or encryption */
    "base64",
    "-encode ",
    "-decode ",
    "-encodehex ",
    "-decodehex ",
    "openssl enc",
    "aesmanaged",
    "cryptoserviceprovider",
    "securestring",
    "-bxor",
    "cipher /e",
};

enum {
    MAX_STATES = 384,
    CLASSES = 64,
    NONE = 0xffff,
    STREAMS = 4,        /* parts of a line read side by side, to hide the latency of the table */
    STREAM_BYTES = 128, /* most bytes of a part */
    STREAM_LEAST = 8,   /* shorter parts are not worth the seams */
};

/* States are rows of `next`, named by their offset there; states that end a marker come last. */
struct automaton {
    uint8_t class_of[256];
    uint16_t next[MAX_STATES * CLASSES];
    uint16_t first_output;        /* offset */
    uint16_t marker[MAX_STATES];  /* by state: a marker that ends here, or NONE */
    uint16_t shorter[MAX_STATES]; /* by state: the next shorter state that ends a marker, or NONE */
    uint16_t depth[MAX_STATES];   /* by state: bytes of the line that it remembers */
    bool built;
};

/* The trie while it is being made: states numbered as they arise, state 0 the root. */
struct trie {
    size_t n;
    uint16_t child[MAX_STATES][CLASSES]; /* NONE if absent; completed to the transition table */
    uint16_t fail[MAX_STATES], marker[MAX_STATES], shorter[MAX_STATES], depth[MAX_STATES];
};

static void classes_start(uint8_t class_of[256])
{
    uint8_t n = 1; /* class 0: bytes in no marker */
    for (size_t m = 0; m < MARKERS_ALL; m++)
        for (const char *p = literal[m]; *p != 0; p++) {
            unsigned char c = (unsigned char)*p;
            if (class_of[c] == 0) {
                ASSERT(n < CLASSES);
                class_of[c] = n++;
            }
        }
    for (int c = 'a'; c <= 'z'; c++)
        class_of[c - 'a' + 'A'] = class_of[c];
}

static uint16_t trie_state(struct trie *trie)
{
    ASSERT(trie->n < MAX_STATES);
    uint16_t state = (uint16_t)trie->n++;
    for (size_t c = 0; c < CLASSES; c++)
        trie->child[state][c] = NONE;
    trie->marker[state] = trie->shorter[state] = NONE;
    trie->fail[state] = trie->depth[state] = 0;
    return state;
}

static void trie_add(struct trie *trie, const uint8_t class_of[256], uint16_t marker)
{
    uint16_t state = 0;
    for (const char *p = literal[marker]; *p != 0; p++) {
        uint16_t *child = &trie->child[state][class_of[(unsigned char)*p]];
        if (*child == NONE) {
            *child = trie_state(trie);
            trie->depth[*child] = (uint16_t)(trie->depth[state] + 1);
        }
        state = *child;
    }
    ASSERT(trie->marker[state] == NONE);
    trie->marker[state] = marker;
}

/* Breadth-first: missing children become the failure state's child. */
static void trie_complete(struct trie *trie)
{
    uint16_t queue[MAX_STATES];
    size_t head = 0, tail = 0;
    queue[tail++] = 0;
    while (head < tail) {
        uint16_t state = queue[head++];
        uint16_t fail = trie->fail[state];
        if (state != 0)
            trie->shorter[state] = trie->marker[fail] != NONE ? fail : trie->shorter[fail];
        for (size_t c = 0; c < CLASSES; c++) {
            uint16_t back = state == 0 ? 0 : trie->child[fail][c];
            uint16_t *child = &trie->child[state][c];
            if (*child == NONE) {
                *child = back;
            } else {
                trie->fail[*child] = back;
                queue[tail++] = *child;
            }
        }
    }
}

static void automaton_build(struct automaton *automaton)
{
    static struct trie trie;
    classes_start(automaton->class_of);
    trie.n = 0;
    trie_state(&trie);
    for (uint16_t m = 0; m < MARKERS_ALL; m++)
        trie_add(&trie, automaton->class_of, m);
    trie_complete(&trie);

    uint16_t number[MAX_STATES]; /* old to new: silent states first */
    uint16_t n = 0;
    for (int output = 0; output < 2; output++) {
        if (output)
            automaton->first_output = (uint16_t)(n * CLASSES);
        for (size_t s = 0; s < trie.n; s++)
            if ((trie.marker[s] != NONE || trie.shorter[s] != NONE) == (output == 1))
                number[s] = n++;
    }
    for (size_t s = 0; s < trie.n; s++) {
        uint16_t to = number[s];
        automaton->marker[to] = trie.marker[s];
        automaton->depth[to] = trie.depth[s];
        automaton->shorter[to] = trie.shorter[s] == NONE ? (uint16_t)NONE : number[trie.shorter[s]];
        for (size_t c = 0; c < CLASSES; c++)
            automaton->next[to * CLASSES + c] = (uint16_t)(number[trie.child[s][c]] * CLASSES);
    }
    automaton->built = true;
}

/* Made once from constants only, by the one thread that computes features. */
static const struct automaton *automaton_get(void)
{
    static struct automaton automaton;
    if (!automaton.built)
        automaton_build(&automaton);
    return &automaton;
}

const char *marker_text(size_t i)
{
    ASSERT(i < MARKERS_ALL);
    return literal[i];
}

static uint16_t step(const struct automaton *automaton, uint16_t at, char byte)
{
    return automaton->next[at + automaton->class_of[(unsigned char)byte]];
}

/* Counts the markers longer than `longer` that end at this state. */
static void count_at(const struct automaton *automaton, uint16_t at, size_t longer, uint32_t *count)
{
    for (size_t s = at / CLASSES; s != NONE && automaton->depth[s] > longer; s = automaton->shorter[s])
        if (automaton->marker[s] != NONE)
            count[automaton->marker[s]]++;
}

/* Goes on past `end` for the markers that started before it. */
static void count_across(const struct automaton *automaton, struct str line, size_t end, uint16_t at, uint32_t *count)
{
    for (size_t i = end; i < line.n; i++) {
        size_t beyond = i - end + 1;
        at = step(automaton, at, line.p[i]);
        if (automaton->depth[at / CLASSES] <= beyond)
            return;
        if (at >= automaton->first_output)
            count_at(automaton, at, beyond, count);
    }
}

/* STREAMS parts of n bytes each, from p on. */
static void count_parts(const struct automaton *automaton, struct str line, size_t first, size_t n, uint32_t *count)
{
    const char *p = line.p + first;
    uint16_t hit[STREAMS * STREAM_BYTES + 1], at[STREAMS] = {0};
    size_t hits = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < STREAMS; s++) {
            at[s] = step(automaton, at[s], p[s * n + i]);
            hit[hits] = at[s];
            hits += at[s] >= automaton->first_output;
        }
    for (size_t h = 0; h < hits; h++)
        count_at(automaton, hit[h], 0, count);
    for (size_t s = 0; s < STREAMS; s++)
        count_across(automaton, line, first + (s + 1) * n, at[s], count);
}

void markers_count(struct str line, uint32_t *count)
{
    const struct automaton *automaton = automaton_get();
    for (size_t m = 0; m < MARKERS_ALL; m++)
        count[m] = 0;
    size_t first = 0;
    while (line.n - first >= STREAMS * STREAM_LEAST) {
        size_t n = min_size((line.n - first) / STREAMS, STREAM_BYTES);
        count_parts(automaton, line, first, n, count);
        first += STREAMS * n;
    }
    uint16_t at = 0;
    for (size_t i = first; i < line.n; i++) {
        at = step(automaton, at, line.p[i]);
        if (at >= automaton->first_output)
            count_at(automaton, at, 0, count);
    }
}
