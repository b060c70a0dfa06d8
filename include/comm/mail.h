/* Messages of any size between two ranks of a group, for work that is given away. Both sides block until the message
 * has passed. Collective over the two ranks. */
#ifndef COMM_MAIL_H
#define COMM_MAIL_H

#include "comm/comm.h"

void mail_send(const struct comm *comm, const void *data, size_t bytes, int to);
/* The next message from rank `from`, in the arena. */
void *mail_receive(const struct comm *comm, size_t *bytes, int from, struct arena *arena);

#endif
