/*
 * utf8: validity (RFC 3629: no surrogates, no overlong forms), and what to show of bytes that are not.
 */
#ifndef WL_CODEC_UTF8_H
#define WL_CODEC_UTF8_H

#include "base/arena.h"

bool utf8_valid(struct str s);
/* For showing and JSON: invalid bytes become U+FFFD, NUL and control characters but TAB and LF too. Returns `s`
 * itself when nothing had to change. */
struct str utf8_clean(struct arena *a, struct str s);
/* The bytes of one character; how many. What is no character is taken for U+FFFD. */
size_t utf8_put(uint32_t c, char out[4]);
/* The character of a byte of Windows' code page 1252; its five holes are U+FFFD. */
uint32_t utf8_of_cp1252(unsigned char byte);
/* Bytes of Windows' code page 1252 as UTF-8 (its five holes become U+FFFD). */
struct str utf8_from_cp1252(struct arena *a, struct str s);
/* The same for what stands in one line, such as a file's name: TAB and LF become a blank. */
struct str utf8_line(struct arena *a, struct str s);
/* At most `max` bytes of s, cut at a character. */
struct str utf8_cut(struct str s, size_t max);
/* Characters of valid UTF-8. */
size_t utf8_length(struct str s);

#endif
