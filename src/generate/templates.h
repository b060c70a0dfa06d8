/* Static tables of command-line templates, in the small language of expand.h. */
#ifndef GENERATE_TEMPLATES_H
#define GENERATE_TEMPLATES_H

#include "support/base.h"

/* What a host is for; the last two are linux. */
enum role {
    ROLE_OFFICE,
    ROLE_DEV,
    ROLE_WINDOWS_SERVER,
    ROLE_WINDOWS_DATABASE,
    ROLE_LINUX_SERVER,
    ROLE_LINUX_BUILD,
    ROLE_N
};
enum {
    ON_OFFICE = 1 << ROLE_OFFICE,
    ON_DEV = 1 << ROLE_DEV,
    ON_WSRV = 1 << ROLE_WINDOWS_SERVER,
    ON_WSQL = 1 << ROLE_WINDOWS_DATABASE,
    ON_LSRV = 1 << ROLE_LINUX_SERVER,
    ON_LCI = 1 << ROLE_LINUX_BUILD,
    ON_DESKS = ON_OFFICE | ON_DEV,
    ON_WSERVERS = ON_WSRV | ON_WSQL,
    ON_WINDOWS = ON_DESKS | ON_WSERVERS,
    ON_LINUX = ON_LSRV | ON_LCI,
};

enum account { ACCOUNT_SYSTEM, ACCOUNT_SERVICE, ACCOUNT_USER, ACCOUNT_ADMIN };

struct template
{
    unsigned roles; /* ON_... */
    enum account account;
    const char *parent, *image, *text;
    const char *technique; /* ATT&CK id of an attack, else NULL */
    bool held_out;         /* occurs in the test file only */
};

struct template_table {
    const struct template *item;
    size_t n;
};

/* A named list of texts, themselves templates; {name} picks one, the early ones more often. */
struct pool {
    const char *name;
    const char *const *item; /* NULL-terminated */
};

struct template_table templates_common(void); /* routine lines, commonest first */
struct template_table templates_varied(void); /* routine lines whose arguments hardly ever repeat, commonest first */
struct template_table templates_admin(void);  /* rare but benign administration */
struct template_table templates_attack(void);
const struct pool *template_pools(size_t *n);

#endif
