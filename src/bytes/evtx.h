/* A native Windows event log (.evtx) as text: a line of XML for each record, in the order of the file. Whitespace
 * between elements is gone; line ends within values stay, as &#10; and &#13;. Every line is well-formed: what XML
 * cannot hold is U+FFFD. libevtx is written in C and the bytes may be hostile, so it runs in a child process with
 * limits of its own: whatever happens to it is a text here. A record that ends the child costs its block of 64 KiB, not
 * the file. Records left over in a block's unused space are no events of this log and are left out. */
#ifndef BYTES_EVTX_H
#define BYTES_EVTX_H

#include "support/base.h"

struct evtx;

bool evtx_supported(void); /* built with libevtx */
bool evtx_is(const unsigned char *p, size_t n);
/* Starts reading. NULL: reason[size] says why. The process must not be out of descriptors (three are taken). */
struct evtx *evtx_open(const char *path, char *reason, size_t size);
/* Up to n > 0 bytes; 0 at the end, and where nothing more can be read. Waits for the child. */
size_t evtx_read(struct evtx *evtx, char *p, size_t n);
/* After evtx_read gave 0: NULL if every record was read, else what is missing ("3 of 812 records are damaged"). */
const char *evtx_damage(const struct evtx *evtx);
void evtx_close(struct evtx *evtx); /* at any time; ends the child. NULL-safe */

#endif
