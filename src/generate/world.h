/* The invented organisation: hosts with roles, users, who works where. A function of the seed and the two counts. */
#ifndef GENERATE_WORLD_H
#define GENERATE_WORLD_H

#include "expand.h"
#include "generate/generate.h"

enum { USERS_PER_HOST = 3 };

struct world_host {
    struct str name;
    enum role role;
    uint32_t user[USERS_PER_HOST]; /* the first one is the host's main user */
};

struct world {
    struct world_host *host;
    size_t n_hosts;
    struct str *user;
    size_t n_users;
    const uint32_t *with_role[ROLE_N]; /* hosts of each role, at least one each */
    size_t n_with_role[ROLE_N];
    struct name_list hosts[2], servers[2]; /* names by platform: windows, linux */
};

struct world world_new(const struct generate *params, struct arena *arena);

static inline bool role_is_linux(enum role role)
{
    return role == ROLE_LINUX_SERVER || role == ROLE_LINUX_BUILD;
}

static inline bool role_is_server(enum role role)
{
    return role != ROLE_OFFICE && role != ROLE_DEV;
}

#endif
