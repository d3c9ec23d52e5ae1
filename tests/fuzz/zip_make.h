/*
 * zip_make: archives written by hand, honest and lying ones, for the tests and fuzz targets of zip and xlsx.
 *
 * A library would refuse to write most of what has to be tried. zip_make_add writes an entry with whatever its
 * header is to say; zip_make_end writes the list and gives a descriptor of a file in memory.
 */
#ifndef WL_TESTS_ZIP_MAKE_H
#define WL_TESTS_ZIP_MAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"

struct zip_make {
	struct buf body, list;
	unsigned n;
	unsigned n_stated; /* 0: n */
};

/* What an entry says of itself beside the truth. */
struct zip_lie {
	uint32_t size;   /* instead of the true one; 0: the true one */
	uint32_t crc;    /* xored into the true one */
	uint16_t flags;  /* 1: encrypted */
	uint16_t method; /* instead of 0 and 8 */
	uint32_t mode;   /* the Unix mode, S_IFLNK for instance */
	bool deflate;
};

static inline void zip_make_init(struct zip_make *z)
{
	*z = (struct zip_make){.n_stated = 0};
	buf_init(&z->body, 64 << 20);
	buf_init(&z->list, 1 << 20);
}

static inline void zip_make_free(struct zip_make *z)
{
	buf_free(&z->body);
	buf_free(&z->list);
}

static inline void zip_make_number(struct buf *b, uint64_t v, int n)
{
	for (; n--; v >>= 8)
		buf_addc(b, (char)(v & 255));
}

/* The bytes deflated without a header, to be freed. */
static inline struct str zip_make_deflate(struct str data)
{
	z_stream s = {0};
	size_t room = data.n + data.n / 100 + 100;
	unsigned char *out = malloc(room);

	if (!out || deflateInit2(&s, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	s.next_in = (unsigned char *)(uintptr_t)data.p;
	s.avail_in = (uInt)data.n;
	s.next_out = out;
	s.avail_out = (uInt)room;
	if (deflate(&s, Z_FINISH) != Z_STREAM_END)
		abort();
	(void)deflateEnd(&s);
	return (struct str){(char *)out, s.total_out};
}

static inline void zip_make_add(struct zip_make *z, const char *name, struct str data, struct zip_lie lie)
{
	struct str packed = lie.deflate ? zip_make_deflate(data) : data;
	uint32_t crc = (uint32_t)crc32(0, (const unsigned char *)data.p, (uInt)data.n) ^ lie.crc;
	uint32_t at = (uint32_t)z->body.n;
	struct buf head = BUF_INIT(64);

	zip_make_number(&head, lie.flags, 2);
	zip_make_number(&head, lie.method ? lie.method : lie.deflate ? 8 : 0, 2);
	zip_make_number(&head, 0x00210000, 4); /* 1980-01-01 */
	zip_make_number(&head, crc, 4);
	zip_make_number(&head, packed.n, 4);
	zip_make_number(&head, lie.size ? lie.size : data.n, 4);
	zip_make_number(&head, strlen(name), 2);
	zip_make_number(&head, 0, 2); /* extra */

	buf_add(&z->body, "PK\3\4\24\0", 6);
	buf_adds(&z->body, buf_str(&head));
	buf_addz(&z->body, name);
	buf_adds(&z->body, packed);

	buf_add(&z->list, "PK\1\2\24\3\24\0", 8);
	buf_adds(&z->list, buf_str(&head));
	zip_make_number(&z->list, 0, 6); /* comment, disk, internal attributes */
	zip_make_number(&z->list, (uint64_t)lie.mode << 16, 4);
	zip_make_number(&z->list, at, 4);
	buf_addz(&z->list, name);
	z->n++;
	buf_free(&head);
	if (lie.deflate)
		free((void *)(uintptr_t)packed.p);
}

/* A descriptor of a file in memory that holds the bytes. */
static inline int zip_make_file(struct str bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	if (fd < 0 || (bytes.n && write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n) ||
	    lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

/* Ends the archive and frees what it was made in. */
static inline int zip_make_end(struct zip_make *z)
{
	unsigned n = z->n_stated ? z->n_stated : z->n;
	size_t at = z->body.n;

	buf_adds(&z->body, buf_str(&z->list));
	buf_add(&z->body, "PK\5\6\0\0\0\0", 8);
	zip_make_number(&z->body, n, 2);
	zip_make_number(&z->body, n, 2);
	zip_make_number(&z->body, z->list.n, 4);
	zip_make_number(&z->body, at, 4);
	zip_make_number(&z->body, 0, 2);
	if (z->body.over || z->list.over)
		abort();
	int fd = zip_make_file(buf_str(&z->body));
	zip_make_free(z);
	return fd;
}

#endif
