#include "scan/event.h"

const char *platform_name(enum platform platform)
{
    switch (platform) {
    case PLATFORM_WINDOWS:
        return "windows";
    case PLATFORM_LINUX:
        return "linux";
    case PLATFORM_MACOS:
        return "macos";
    case PLATFORM_UNKNOWN:
        break;
    }
    return "unknown";
}

const char *truth_name(enum truth truth)
{
    switch (truth) {
    case TRUTH_BENIGN:
        return "benign";
    case TRUTH_MALICIOUS:
        return "malicious";
    case TRUTH_UNKNOWN:
        break;
    }
    return "unknown";
}
