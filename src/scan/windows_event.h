/* Which records of a Windows event log create a process. */
#ifndef SCAN_WINDOWS_EVENT_H
#define SCAN_WINDOWS_EVENT_H

#include "json_reader.h"

/* json_keep functions; extra is {event id, provider or channel}. Sysmon's id 1 counts if the provider, where one is
 * named, is Sysmon: other providers use the number too. */
enum read_result windows_keep(const struct scan_field *extra, const char **reason);        /* Sysmon 1, Security 4688 */
enum read_result windows_keep_sysmon(const struct scan_field *extra, const char **reason); /* Sysmon 1 */
enum read_result windows_keep_security(const struct scan_field *extra, const char **reason); /* Security 4688 */

#endif
