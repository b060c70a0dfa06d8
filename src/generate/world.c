#include "world.h"

static const char *const given[] = {"anna",  "ben",   "carla", "david", "elena", "felix", "grace", "hugo",
                                    "ines",  "jonas", "klara", "liam",  "maria", "noah",  "olga",  "paul",
                                    "qing",  "rosa",  "samir", "tara",  "uwe",   "vera",  "wei",   "ximena",
                                    "yusuf", "zoe",   "amir",  "bo",    "chen",  "dora"};
static const char *const family[] = {"berg",   "costa",  "diaz",  "evans",   "fischer", "garcia",  "hansen",
                                     "ito",    "jansen", "kumar", "lopez",   "meyer",   "novak",   "okafor",
                                     "petrov", "quinn",  "rossi", "schmidt", "tanaka",  "usman",   "vogel",
                                     "weber",  "xu",     "young", "zimmer",  "müller",  "sørensen"};

static const struct {
    const char *prefix;
    unsigned weight; /* of 100 hosts */
} role_info[ROLE_N] = {
    [ROLE_OFFICE] = {"ws-", 52},           [ROLE_DEV] = {"dev-", 14},          [ROLE_WINDOWS_SERVER] = {"srv-", 10},
    [ROLE_WINDOWS_DATABASE] = {"sql-", 5}, [ROLE_LINUX_SERVER] = {"lnx-", 13}, [ROLE_LINUX_BUILD] = {"ci-", 6},
};

/* The first hosts take one role each, so that every role exists. */
static enum role role_of(uint64_t seed, size_t host)
{
    if (host < ROLE_N)
        return (enum role)host;
    uint64_t draw = rng_below(seed, rng_stream("synthetic role", 0, 0), host, 100);
    unsigned role = 0;
    while (draw >= role_info[role].weight)
        draw -= role_info[role++].weight;
    return (enum role)role;
}

static struct str user_name(size_t user, struct arena *arena)
{
    size_t a = user % ARRAY_LEN(given), b = (user / ARRAY_LEN(given) + user * 7) % ARRAY_LEN(family);
    size_t turn = user / (ARRAY_LEN(given) * ARRAY_LEN(family));
    if (turn == 0)
        return str_of(arena_printf(arena, "%s.%s", given[a], family[b]));
    return str_of(arena_printf(arena, "%s.%s%zu", given[a], family[b], turn));
}

static struct name_list names_where(const struct world *world, bool linux_hosts, bool servers_only, struct arena *arena)
{
    struct str *name = ARENA_ARRAY(arena, struct str, world->n_hosts);
    size_t n = 0;
    for (size_t i = 0; i < world->n_hosts; i++) {
        enum role role = world->host[i].role;
        if (role_is_linux(role) == linux_hosts && (!servers_only || role_is_server(role)))
            name[n++] = world->host[i].name;
    }
    return (struct name_list){name, n};
}

struct world world_new(const struct generate *params, struct arena *arena)
{
    uint64_t seed = (uint64_t)params->seed;
    struct world world = {.n_hosts = (size_t)params->hosts, .n_users = (size_t)params->users};
    ASSERT(world.n_hosts >= ROLE_N && world.n_users >= 1);
    world.user = ARENA_ARRAY(arena, struct str, world.n_users);
    for (size_t i = 0; i < world.n_users; i++)
        world.user[i] = user_name(i, arena);
    world.host = ARENA_ARRAY(arena, struct world_host, world.n_hosts);
    uint64_t stream = rng_stream("synthetic host user", 0, 0);
    for (size_t i = 0; i < world.n_hosts; i++) {
        struct world_host *host = &world.host[i];
        host->role = role_of(seed, i);
        host->name = str_of(arena_printf(arena, "%s%04zu", role_info[host->role].prefix, i + 1));
        for (size_t k = 0; k < USERS_PER_HOST; k++)
            host->user[k] = (uint32_t)rng_below(seed, stream, i * USERS_PER_HOST + k, world.n_users);
    }
    for (unsigned role = 0; role < ROLE_N; role++) {
        uint32_t *found = ARENA_ARRAY(arena, uint32_t, world.n_hosts);
        size_t n = 0;
        for (size_t i = 0; i < world.n_hosts; i++)
            if (world.host[i].role == role)
                found[n++] = (uint32_t)i;
        world.with_role[role] = found;
        world.n_with_role[role] = n;
    }
    for (unsigned platform = 0; platform < 2; platform++) {
        world.hosts[platform] = names_where(&world, platform == 1, false, arena);
        world.servers[platform] = names_where(&world, platform == 1, true, arena);
    }
    return world;
}
