/*
 * rand: unpredictable bytes from the kernel (getrandom), and the names made of them.
 * Fails never: a kernel without randomness is a panic.
 */
#ifndef WL_BASE_RAND_H
#define WL_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

void rand_bytes(void *p, size_t n);
uint32_t rand_below(uint32_t n);        /* 0 .. n-1, without bias; n > 0 */
void rand_hex(char *out, size_t bytes); /* 2*bytes lower-case digits and a NUL */
void rand_uuid(char out[37]);           /* RFC 9562 version 4, lower case, NUL-terminated */
void rand_base62(char *out, size_t n);  /* n characters 0-9A-Za-z and a NUL, without bias */

#endif
