#include "verdict.h"

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_BENIGN:
        return "benign";
    case VERDICT_MALICIOUS:
        return "malicious";
    case VERDICT_ABSTAIN:
        return "abstain";
    case VERDICT_NONE:
        break;
    }
    return "none";
}

bool verdict_from_name(struct str name, enum verdict *out)
{
    static const enum verdict answers[] = {VERDICT_BENIGN, VERDICT_MALICIOUS, VERDICT_ABSTAIN};
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        if (str_equal(name, str_of(verdict_name(answers[i])))) {
            *out = answers[i];
            return true;
        }
    }
    return false;
}

const char *label_path(const struct labeler *labeler, const char *path, struct arena *arena)
{
    if (path[0] == '/' || !labeler->data_dir || !labeler->data_dir[0])
        return path;
    return arena_printf(arena, "%s/%s", labeler->data_dir, path);
}
