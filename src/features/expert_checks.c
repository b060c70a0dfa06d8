#include "expert_checks.h"

#include "support/ascii.h"

enum { BASE64_RUN = 40 };

static bool is_host(unsigned char c)
{
    return ascii_alnum(c) || c == '.' || c == '-';
}

static bool is_base64(unsigned char c)
{
    return ascii_alnum(c) || c == '+' || c == '/';
}

static bool is_word_end(unsigned char c)
{
    static const bool end[256] = {
        ['"'] = true, ['\''] = true, ['`'] = true, ['<'] = true, ['>'] = true, ['|'] = true,
        [';'] = true, [','] = true,  ['('] = true, [')'] = true, ['['] = true, [']'] = true,
        ['{'] = true, ['}'] = true,  ['^'] = true, ['&'] = true, ['*'] = true, [127] = true,
    };
    return c <= ' ' || end[c];
}

static bool equal_caseless(struct str s, const char *lower)
{
    for (size_t i = 0; i < s.n; i++)
        if (lower[i] == 0 || ascii_fold(s.p[i]) != lower[i])
            return false;
    return lower[s.n] == 0;
}

static bool in_list(struct str s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (equal_caseless(s, list[i]))
            return true;
    return false;
}

static struct str part(struct str s, size_t from, size_t to)
{
    return (struct str){s.p + from, to - from};
}

/* What follows the last dot, or the empty string. */
static struct str after_last_dot(struct str s)
{
    for (size_t i = s.n; i > 0; i--)
        if (s.p[i - 1] == '.')
            return part(s, i, s.n);
    return (struct str){s.p, 0};
}

static bool is_executable(struct str path)
{
    static const char *const extension[] = {
        "exe", "dll", "ps1", "psm1", "bat", "cmd", "vbs", "vbe", "js", "jse", "wsf", "hta", "msi",
        "scr", "com", "cpl", "sct",  "jar", "lnk", "pif", "sh",  "py", "pl",  "bin", "elf",
    };
    return in_list(after_last_dot(path), extension, ARRAY_LEN(extension));
}

/* The cursor of one reading. */
struct reader {
    struct str line;
    struct line_words found;
    struct str host; /* the first host name */
};

static unsigned char at(const struct reader *reader, size_t i)
{
    return i < reader->line.n ? (unsigned char)reader->line.p[i] : 0;
}

static unsigned char before(const struct reader *reader, size_t i)
{
    return i > 0 ? (unsigned char)reader->line.p[i - 1] : 0;
}

static size_t word_end(const struct reader *reader, size_t i)
{
    while (i < reader->line.n && !is_word_end((unsigned char)reader->line.p[i]))
        i++;
    return i;
}

static size_t host_end(const struct reader *reader, size_t i)
{
    while (i < reader->line.n && is_host((unsigned char)reader->line.p[i]))
        i++;
    return i;
}

static void found_host(struct reader *reader, struct str host)
{
    if (reader->found.hosts == 0) {
        reader->host = host;
        reader->found.hosts = 1;
    } else if (!ascii_same(host, reader->host)) {
        reader->found.hosts = 2;
    }
}

/* Each read_X looks at a word around byte i; returns the byte after it, or i if there is none. */

static size_t read_url(struct reader *reader, size_t i)
{
    static const char *const scheme[] = {"http", "https", "ftp"};
    if (at(reader, i + 1) != '/' || at(reader, i + 2) != '/')
        return i;
    size_t start = i;
    while (start > 0 && i - start < 6 && ascii_alnum(before(reader, start)))
        start--;
    size_t host = i + 3, path = host_end(reader, host);
    if (!in_list(part(reader->line, start, i), scheme, ARRAY_LEN(scheme)) || path == host)
        return i;
    found_host(reader, part(reader->line, host, path));
    size_t end = word_end(reader, path), query = path;
    while (query < end && reader->line.p[query] != '?' && reader->line.p[query] != '#')
        query++;
    while (path < query && reader->line.p[path] != '/')
        path++;
    if (is_executable(part(reader->line, path, query)))
        reader->found.remote_executable = true;
    return end;
}

static size_t read_drive_path(struct reader *reader, size_t i)
{
    unsigned char letter = before(reader, i), slash = at(reader, i + 1);
    if (!ascii_letter(letter) || (i > 1 && ascii_alnum(before(reader, i - 1))))
        return i;
    if (slash != '\\' && slash != '/')
        return i;
    if (slash == '/' && at(reader, i + 2) == '/')
        return i;
    size_t end = word_end(reader, i + 2);
    size_t name = i + 2;
    while (name < end && memchr("\\/:?", reader->line.p[name], 4) != NULL)
        name++;
    if (name == end)
        return i;
    reader->found.paths++;
    return end;
}

static size_t read_unc_path(struct reader *reader, size_t i)
{
    unsigned char ahead = before(reader, i);
    if (at(reader, i + 1) != '\\' || ascii_alnum(ahead) || ahead == ':' || ahead == '\\' ||
        !ascii_alnum(at(reader, i + 2)))
        return i;
    size_t host = i + 2, path = host;
    while (is_host(at(reader, path)) || at(reader, path) == '_')
        path++;
    if (at(reader, path) != '\\' || is_word_end(at(reader, path + 1)))
        return i;
    found_host(reader, part(reader->line, host, path));
    size_t end = word_end(reader, path);
    reader->found.unc_paths++;
    if (is_executable(part(reader->line, path, end)))
        reader->found.remote_executable = true;
    return end;
}

static size_t read_unix_path(struct reader *reader, size_t i)
{
    unsigned char ahead = before(reader, i);
    if (i > 0 && ahead != ' ' && ahead != '\t' && memchr("\"'`=([{", ahead, 7) == NULL)
        return i;
    size_t end = word_end(reader, i + 1), names = 0;
    for (size_t j = i; j + 1 < end; j++)
        names += reader->line.p[j] == '/' && reader->line.p[j + 1] != '/';
    if (names < 2)
        return i;
    reader->found.paths++;
    return end;
}

static bool is_ipv4(struct str s)
{
    size_t parts = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned value = 0;
        size_t digits = 0;
        for (; i < s.n && ascii_digit(s.p[i]) && digits < 4; i++, digits++)
            value = value * 10 + (unsigned)(s.p[i] - '0');
        if (digits == 0 || digits > 3 || value > 255 || (i < s.n && s.p[i] != '.'))
            return false;
        parts++;
    }
    return parts == 4 && s.p[s.n - 1] != '.';
}

static bool is_host_name(struct str s)
{
    static const char *const domain[] = {
        "com",  "net",      "org",   "io",       "gov", "edu", "mil", "int", "info",  "biz", "local",
        "lan",  "internal", "corp",  "intranet", "uk",  "de",  "fr",  "eu",  "ru",    "cn",  "jp",
        "us",   "ca",       "au",    "nl",       "it",  "es",  "ch",  "at",  "onion", "xyz", "top",
        "site", "online",   "cloud", "app",      "dev", "me",  "tv",  "cc",  "co",
    };
    struct str last = after_last_dot(s);
    if (last.n == 0 || last.n + 1 >= s.n)
        return false;
    return ascii_digit(last.p[0]) ? is_ipv4(s) : in_list(last, domain, ARRAY_LEN(domain));
}

/* i is a dot; the word cannot start before `from`. */
static size_t read_bare_host(struct reader *reader, size_t i, size_t from)
{
    size_t start = i, end = host_end(reader, i);
    while (start > from && is_host(before(reader, start)))
        start--;
    while (start < i && reader->line.p[start] == '-')
        start++;
    size_t last = end;
    while (last > i && reader->line.p[last - 1] == '.')
        last--;
    unsigned char ahead = before(reader, start), next = at(reader, end);
    bool in_path =
        ahead == '\\' || ahead == '/' || ahead == '_' || ahead == '%' || ahead == '$' || next == '\\' || next == '_';
    if (!in_path && start < i && reader->line.p[start] != '.' && is_host_name(part(reader->line, start, last)))
        found_host(reader, part(reader->line, start, last));
    return end;
}

struct line_words line_words(struct str line)
{
    static const bool starts[256] = {[':'] = true, ['\\'] = true, ['/'] = true, ['.'] = true};
    struct reader reader = {.line = line};
    size_t from = 0; /* everything before it has been read */
    for (size_t i = 0; i < line.n;) {
        if (!starts[(unsigned char)line.p[i]]) {
            i++;
            continue;
        }
        size_t next;
        switch (line.p[i]) {
        case ':':
            next = read_drive_path(&reader, i);
            if (next == i)
                next = read_url(&reader, i);
            break;
        case '\\':
            next = read_unc_path(&reader, i);
            break;
        case '/':
            next = read_unix_path(&reader, i);
            break;
        default:
            next = read_bare_host(&reader, i, from);
            break;
        }
        i = next > i ? next : i + 1;
        from = i;
    }
    return reader.found;
}

bool has_base64_run(struct str line)
{
    /* A run of 40 covers one of every 40 positions. */
    for (size_t probe = BASE64_RUN - 1; probe < line.n; probe += BASE64_RUN) {
        if (!is_base64((unsigned char)line.p[probe]))
            continue;
        size_t start = probe, end = probe;
        bool upper = false, lower = false, digit = false;
        while (start > 0 && is_base64((unsigned char)line.p[start - 1]))
            start--;
        while (end < line.n && is_base64((unsigned char)line.p[end]))
            end++;
        probe = end; /* a later run of 40 starts after it, so covers end + 40 */
        if (end - start < BASE64_RUN)
            continue;
        for (size_t i = start; i < end; i++) {
            unsigned char c = (unsigned char)line.p[i];
            upper |= ascii_upper(c);
            lower |= ascii_lower(c);
            digit |= ascii_digit(c);
        }
        if (upper && lower && digit)
            return true;
    }
    return false;
}
