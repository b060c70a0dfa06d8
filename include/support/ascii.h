/* What ASCII says of a byte, without a locale. A byte may be given as char or unsigned char; one from 0x80 on is none
 * of all this, and stays as it is. */
#ifndef SUPPORT_ASCII_H
#define SUPPORT_ASCII_H

#include "support/str.h"

static inline bool ascii_digit(int c)
{
    return (unsigned)c - '0' < 10;
}

static inline bool ascii_upper(int c)
{
    return (unsigned)c - 'A' < 26;
}

static inline bool ascii_lower(int c)
{
    return (unsigned)c - 'a' < 26;
}

static inline bool ascii_letter(int c)
{
    return ((unsigned)c | 0x20) - 'a' < 26;
}

static inline bool ascii_alnum(int c)
{
    return ascii_letter(c) || ascii_digit(c);
}

/* JSON's blanks: space, tab, line feed, carriage return. */
static inline bool ascii_blank(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Value of a hexadecimal digit of either case, or -1. */
static inline int ascii_hex(int c)
{
    if (ascii_digit(c))
        return c - '0';
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The digit, in lower case, of value's last four bits. */
static inline char ascii_hex_digit(unsigned value)
{
    return "0123456789abcdef"[value & 15];
}

/* Upper case becomes lower case. */
static inline char ascii_fold(char c)
{
    return ascii_upper(c) ? (char)(c | 0x20) : c;
}

/* Equal but for the case of letters. */
static inline bool ascii_same(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if (ascii_fold(a.p[i]) != ascii_fold(b.p[i]))
            return false;
    return true;
}

#endif
