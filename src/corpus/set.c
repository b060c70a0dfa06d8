#include "deal.h"

#include "comm/gather.h"
#include "comm/order.h"

/* Halves are a draw of their own: parts of inputs are cut by the same hash, in another way. */
static int half_of(struct hash128 hash)
{
    return (int)(hash64((struct str){(const char *)&hash, sizeof(hash)}, UINT64_C(0x68616c766573)) >> 63);
}

bool set_half(const struct comm *comm, const struct set *set, int half, struct arena *arena, struct set *out,
              struct error *err)
{
    struct arena *scratch = arena_new();
    struct part part = part_new(set->n, set->n_fields, scratch);
    int64_t *row = ARENA_ARRAY(scratch, int64_t, set->n);
    ASSERT(half == 0 || half == 1);
    for (size_t i = 0; i < set->n; i++) {
        if (half_of(set->hash[i]) != half)
            continue;
        row[part.n] = plan_row(&set->plan, i);
        part_add(&part, 0, set->text[i], set->hash[i], set->y[i], set->count[i], set->field, i);
    }
    order_places(comm, NULL, row, part.n, scratch, part.place);
    part_to_set(comm, &part, arena, out);
    arena_free(scratch);
    if (out->n_class[0] == 0 || out->n_class[1] == 0)
        return fail(err, ERROR_INPUT,
                    "the %s half of the validation set has %" PRId64 " benign and %" PRId64
                    " malicious lines; both are needed: give it more lines",
                    half == 0 ? "tune" : "calibrate", out->n_class[0], out->n_class[1]);
    return true;
}

/* A rank of `from`, and its place in its group, which is known by its first rank; -1: none. */
struct seat {
    int32_t group, place, size, rank;
};

static struct seat own_seat(const struct comm *from, const struct comm *to)
{
    struct seat seat = {-1, 0, 0, comm_rank(from)};
    if (to == NULL)
        return seat;
    seat.group = comm_rank(from);
    comm_bcast(to, &seat.group, sizeof(seat.group), 0);
    seat.place = comm_rank(to);
    seat.size = comm_size(to);
    return seat;
}

/* The lines that are here, with their places, borrowed. */
static struct part part_of_set(const struct set *set, struct arena *arena)
{
    struct part part = {.n = set->n,
                        .place = ARENA_ARRAY(arena, int64_t, set->n),
                        .text = set->text,
                        .hash = set->hash,
                        .y = set->y,
                        .count = set->count};
    for (size_t i = 0; i < set->n; i++)
        part.place[i] = plan_row(&set->plan, i);
    return part;
}

/* Group after group, so that lines on their way are those of one set. */
void set_move(const struct comm *from, const struct set *set, const struct comm *to, struct arena *arena,
              struct set *out)
{
    struct arena *scratch = arena_new();
    const struct seat own = own_seat(from, to);
    const struct part part = part_of_set(set, scratch);
    size_t n;
    const struct seat *seat = gather_all(from, &own, sizeof(own), 1, -1, &n, scratch);
    int *member = ARENA_ARRAY(scratch, int, n);

    *out = (struct set){.n = 0};
    for (size_t root = 0; root < n; root++) {
        struct set passing, *here = own.group == seat[root].rank ? out : &passing;
        if (seat[root].group != seat[root].rank)
            continue; /* not the first of a group */
        for (size_t r = 0; r < n; r++)
            if (seat[r].group == seat[root].rank)
                member[seat[r].place] = seat[r].rank;
        part_deal(from, &part, member, seat[root].size, here == out ? arena : scratch, here);
    }
    if (to != NULL) {
        out->plan = plan_dealt(to, set->plan.n_global, SET_BLOCK);
        out->n_class[0] = set->n_class[0];
        out->n_class[1] = set->n_class[1];
        out->dropped = set->dropped;
        out->digest = set->digest;
    }
    arena_free(scratch);
}
