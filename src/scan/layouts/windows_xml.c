/* Windows events as XML, one <Event> a record, as wevtutil, the event viewer, Splunk and converters of .evtx files
 * write them; Sysmon for Linux, which writes the same behind a syslog head; and .evtx files themselves, which come as
 * XML. */
#include "forms.h"

static const struct field_map fields = {
    .command = TEXT("EventData/Data[CommandLine]"),
    .host = TEXT("System/Computer"),
    .user = TEXT("EventData/Data[User]|EventData/Data[SubjectUserName]"),
    .parent = TEXT("EventData/Data[ParentImage]|EventData/Data[ParentProcessName]"),
    .image = TEXT("EventData/Data[Image]|EventData/Data[NewProcessName]"),
    .time = TEXT("System/TimeCreated@SystemTime"),
    .platform = TEXT("platform"),
    .truth = TEXT("label"),
    .source = TEXT("source"),
};

const struct layout layout_windows_xml = {
    .plugin = {"windows_xml", "event XML and .evtx files: Sysmon 1 (Linux too) and Security 4688", NULL, 0},
    .form = &form_xml,
    .fields = &fields,
    .kind = {{.all = {{"System/EventID", "1"}, {"System/Provider@Name|System/Channel", "Linux-Sysmon*"}},
              .platform = PLATFORM_LINUX},
             SYSMON_KIND("System/EventID", "System/Provider@Name|System/Channel"),
             SECURITY_KIND("System/EventID")},
    .platform = PLATFORM_WINDOWS,
};
