/*
 * zip: the one home of libzip.
 *
 * libzip reads the whole list of entries into memory before it can be asked how long it is, so the record at
 * the archive's end is looked at first by ourselves (list_is_short): a list of more than 64 KiB is never
 * loaded. ZIP_CHECKCONS then holds the list against the entries' own headers. libzip 1.7.3 checks an entry's
 * CRC only when a read meets the end of the data, and says nothing of one that is read to its stated size and
 * no further; zip_in_read therefore counts, and gives the last bytes out only as far as it has seen what comes
 * behind them.
 *
 * libzip is loaded (dlopen) when the first archive is met and not linked: it brings libcrypto and bzip2 along,
 * which cost every request of a plain CGI 2 ms, and a web space may lack it. Its functions are called through
 * the table that LIBZIP lists, with the types of zip.h. It stays loaded until the process ends.
 *
 * Owns the archive's handle and one array of entries; a file owns its handle. Disadvantages: entries in ZIP's
 * other methods are refused though libzip could read some; names are bytes, nothing is done about code pages;
 * a libzip that is too old shows only when it is needed.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/panic.h"
#include "codec/zip.h"

#define LIST_MAX      65536 /* bytes of the list of entries: 64 entries come to a tenth */
#define END_SIZE      22    /* the record at the archive's end, without its comment */
#define LOCATOR_SIZE  20    /* what stands before it in the 64-bit form ... */
#define END64_SIZE    56    /* ... and what that points to */
#define COMMENT_MAX   65535
#define UNIX_LINK(at) (((at) >> 16 & S_IFMT) == S_IFLNK)

/* clang-format off */
#define LIBZIP(F) \
	F(zip_close) F(zip_discard) F(zip_error_code_system) F(zip_error_code_zip) \
	F(zip_error_fini) F(zip_error_init) F(zip_error_strerror) \
	F(zip_fclose) F(zip_file_get_error) F(zip_file_get_external_attributes) \
	F(zip_file_add) F(zip_file_set_external_attributes) F(zip_fopen_index) F(zip_fread) F(zip_get_error) \
	F(zip_get_num_entries) F(zip_open) F(zip_open_from_source) F(zip_set_file_compression) \
	F(zip_source_filep_create) F(zip_source_free) F(zip_source_function) F(zip_stat_index)
/* clang-format on */

#define MEMBER(f) __typeof__(f) *f;
struct libzip {
	void *handle;
	LIBZIP(MEMBER)
};

struct zip_in {
	struct libzip lib;
	zip_t *zip;
	size_t n;
	struct zip_in_entry entry[ZIP_IN_ENTRIES_MAX];
};

struct zip_in_file {
	const struct libzip *lib;
	zip_file_t *file;
	uint64_t left; /* of the stated size */
	int failed;    /* errno of the first failure */
	bool ended;
};

/* A little-endian number of n bytes. */
static uint64_t number(const unsigned char *p, int n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

/* `name` is a stranger's: what would command a terminal is shown as '?'. */
static bool refuse(char why[ZIP_IN_WHY], const char *what, const char *name)
{
	(void)snprintf(why, ZIP_IN_WHY, *name ? "%s: \"%.80s\"" : "%s", what, name);
	for (char *p = why; *p; p++)
		if ((unsigned char)*p < ' ' || *p == '\x7f')
			*p = '?';
	return false;
}

/* The end record at `at` of the file, `tail` bytes from `p` on: are its counts small? A 64-bit record takes its
 * place where a locator stands before it. */
static bool counts_are_small(int fd, const unsigned char *p, off_t at)
{
	unsigned char locator[LOCATOR_SIZE], end64[END64_SIZE];

	if (at >= LOCATOR_SIZE && pread(fd, locator, sizeof locator, at - LOCATOR_SIZE) == LOCATOR_SIZE &&
	    memcmp(locator, "PK\6\7", 4) == 0) {
		uint64_t to = number(locator + 8, 8);
		return to < (uint64_t)at && pread(fd, end64, sizeof end64, (off_t)to) == END64_SIZE &&
		       memcmp(end64, "PK\6\6", 4) == 0 && number(end64 + 32, 8) <= ZIP_IN_ENTRIES_MAX &&
		       number(end64 + 40, 8) <= LIST_MAX;
	}
	return number(p + 10, 2) <= ZIP_IN_ENTRIES_MAX && number(p + 12, 4) <= LIST_MAX;
}

/* Every end record that libzip could choose: one whose comment ends with the file. */
static bool list_is_short(int fd, off_t size, char why[ZIP_IN_WHY])
{
	off_t from = size > END_SIZE + COMMENT_MAX ? size - END_SIZE - COMMENT_MAX : 0;
	size_t n = (size_t)(size - from);
	unsigned char *tail = malloc(n + 1);
	bool found = false, small = true;

	if (!tail)
		panic("out of memory");
	if (pread(fd, tail, n, from) != (ssize_t)n)
		n = 0;
	for (size_t i = 0; i + END_SIZE <= n; i++)
		if (memcmp(tail + i, "PK\5\6", 4) == 0 && i + END_SIZE + number(tail + i + 20, 2) == n) {
			found = true;
			small = small && counts_are_small(fd, tail + i, from + (off_t)i);
		}
	free(tail);
	if (!found)
		return refuse(why, "This is not a whole ZIP file", "");
	return small || refuse(why, "This ZIP file holds more than 64 entries", "");
}

/* Relative, plain, and nothing in it that leads elsewhere. */
static bool good_name(struct str name)
{
	if (name.n == 0 || name.n > ZIP_IN_NAME_MAX || name.p[0] == '/')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == '\\' || name.p[i] == ':')
			return false;
	for (struct str rest = name; rest.p;) {
		struct str part = str_cut(&rest, '/');
		if (str_eq(part, STR("..")) || str_eq(part, STR(".")))
			return false;
	}
	return true;
}

/* Adds entry i to the list; *packed grows by its packed size. */
static bool take_entry(struct zip_in *z, zip_uint64_t i, uint64_t entry_max, uint64_t *packed,
                       char why[ZIP_IN_WHY])
{
	const zip_uint64_t all = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
	                         ZIP_STAT_ENCRYPTION_METHOD;
	zip_uint8_t system = 0;
	zip_uint32_t attributes = 0;
	zip_stat_t st;

	if (z->lib.zip_stat_index(z->zip, i, ZIP_FL_ENC_RAW, &st) != 0 || (st.valid & all) != all ||
	    z->lib.zip_file_get_external_attributes(z->zip, i, 0, &system, &attributes) != 0)
		return refuse(why, "This ZIP file's list cannot be read", "");
	struct str name = str_of(st.name);
	if (!good_name(name))
		return refuse(why, "An entry of this ZIP file has an unsafe name", st.name);
	if (zip_in_find(z, name))
		return refuse(why, "Two entries of this ZIP file have the same name", st.name);
	if (st.encryption_method != ZIP_EM_NONE)
		return refuse(why, "An entry of this ZIP file is encrypted", st.name);
	if (st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE)
		return refuse(why, "An entry of this ZIP file is packed in an unusual way", st.name);
	if (system == ZIP_OPSYS_UNIX && UNIX_LINK(attributes))
		return refuse(why, "An entry of this ZIP file is a link", st.name);
	if (st.size > entry_max)
		return refuse(why, "An entry of this ZIP file is too large", st.name);
	if (st.size / ZIP_IN_RATIO_MAX > st.comp_size || (st.size && !st.comp_size))
		return refuse(why, "An entry of this ZIP file is packed too densely to be real", st.name);
	*packed += st.comp_size;
	z->entry[z->n++] = (struct zip_in_entry){name, st.size};
	return true;
}

static bool take_entries(struct zip_in *z, uint64_t file_size, uint64_t entry_max, char why[ZIP_IN_WHY])
{
	zip_int64_t n = z->lib.zip_get_num_entries(z->zip, 0);
	uint64_t packed = 0;

	if (n < 0 || n > ZIP_IN_ENTRIES_MAX)
		return refuse(why, "This ZIP file holds more than 64 entries", "");
	for (zip_int64_t i = 0; i < n; i++)
		if (!take_entry(z, (zip_uint64_t)i, entry_max, &packed, why))
			return false;
	return packed <= file_size || refuse(why, "Entries of this ZIP file lie over each other", "");
}

/* Its two names: that of its authors, and that of Debian 12 and its children. */
static bool load(struct libzip *lib, char why[ZIP_IN_WHY])
{
	const int how = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;

	lib->handle = dlopen("libzip.so.5", how);
	if (!lib->handle)
		lib->handle = dlopen("libzip.so.4", how);
	if (!lib->handle)
		return refuse(why, ZIP_IN_MISSING, "");
#define FIND(f)                                                     \
	if (!(lib->f = (__typeof__(lib->f))dlsym(lib->handle, #f))) \
		return refuse(why, "The library libzip of this machine is too old: it lacks " #f, "");
	LIBZIP(FIND)
#undef FIND
	return true;
}

/* A handle of libzip's own over the same file. */
static zip_t *open_archive(const struct libzip *lib, int fd, char why[ZIP_IN_WHY])
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	FILE *f = own < 0 ? NULL : fdopen(own, "rb");
	zip_source_t *source;
	zip_error_t error;
	zip_t *zip = NULL;

	if (!f) {
		(void)refuse(why, "The file cannot be opened", strerror(errno));
		if (own >= 0)
			(void)close(own);
		return NULL;
	}
	lib->zip_error_init(&error);
	source = lib->zip_source_filep_create(f, 0, -1, &error);
	if (!source)
		(void)fclose(f);
	else if (!(zip = lib->zip_open_from_source(source, ZIP_CHECKCONS | ZIP_RDONLY, &error)))
		lib->zip_source_free(source); /* and closes f */
	if (!zip && lib->zip_error_code_zip(&error) == ZIP_ER_EXISTS)
		(void)refuse(why, "Two entries of this ZIP file have the same name", "");
	else if (!zip)
		(void)refuse(why, "This is not a sound ZIP file", lib->zip_error_strerror(&error));
	lib->zip_error_fini(&error);
	return zip;
}

struct zip_in *zip_in_open(int fd, uint64_t entry_max, char why[ZIP_IN_WHY])
{
	struct zip_in *z;
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)refuse(why, "This is not a file", "");
		return NULL;
	}
	if (!list_is_short(fd, st.st_size, why))
		return NULL;
	z = calloc(1, sizeof *z);
	if (!z)
		panic("out of memory");
	if (load(&z->lib, why))
		z->zip = open_archive(&z->lib, fd, why);
	if (z->zip && take_entries(z, (uint64_t)st.st_size, entry_max, why))
		return z;
	zip_in_close(z);
	return NULL;
}

void zip_in_close(struct zip_in *z)
{
	if (z && z->zip)
		z->lib.zip_discard(z->zip);
	if (z && z->lib.handle)
		(void)dlclose(z->lib.handle);
	free(z);
}

size_t zip_in_count(const struct zip_in *z)
{
	return z->n;
}

const struct zip_in_entry *zip_in_entry(const struct zip_in *z, size_t i)
{
	return i < z->n ? &z->entry[i] : NULL;
}

const struct zip_in_entry *zip_in_find(const struct zip_in *z, struct str name)
{
	for (size_t i = 0; i < z->n; i++)
		if (str_eq_nocase(z->entry[i].name, name))
			return &z->entry[i];
	return NULL;
}

struct zip_in_file *zip_in_file_open(struct zip_in *z, const struct zip_in_entry *entry)
{
	zip_file_t *file = z->lib.zip_fopen_index(z->zip, (zip_uint64_t)(entry - z->entry), 0);
	struct zip_in_file *f;

	if (!file)
		return NULL;
	f = calloc(1, sizeof *f);
	if (!f)
		panic("out of memory");
	f->lib = &z->lib;
	f->file = file;
	f->left = entry->size;
	return f;
}

void zip_in_file_close(struct zip_in_file *f)
{
	if (!f)
		return;
	(void)f->lib->zip_fclose(f->file);
	free(f);
}

static ssize_t fail(struct zip_in_file *f)
{
	zip_error_t *error = f->lib->zip_file_get_error(f->file);

	f->failed = f->lib->zip_error_code_zip(error) == ZIP_ER_READ && f->lib->zip_error_code_system(error)
	                    ? f->lib->zip_error_code_system(error)
	                    : EBADMSG;
	errno = f->failed;
	return -1;
}

/* Is there nothing behind the last byte, and was the CRC right? libzip looks at it only now. */
static bool ends_well(struct zip_in_file *f)
{
	char beyond;

	f->ended = f->lib->zip_fread(f->file, &beyond, 1) == 0;
	return f->ended;
}

ssize_t zip_in_read(void *file, char *p, size_t n)
{
	struct zip_in_file *f = file;

	if (f->failed) {
		errno = f->failed;
		return -1;
	}
	if (f->left == 0)
		return f->ended || ends_well(f) ? 0 : fail(f);
	zip_int64_t got = f->lib->zip_fread(f->file, p, n < f->left ? n : f->left);
	if (got <= 0)
		return n == 0 ? 0 : fail(f);
	f->left -= (uint64_t)got;
	if (f->left == 0 && !ends_well(f))
		return fail(f);
	return got;
}

uint64_t zip_in_left(const struct zip_in_file *f)
{
	return f->left;
}

/* ---- writing ---- */

#define DEFLATE_LEVEL 4 /* readings: a sixth of the time of 6, 3 % more bytes */
#define UNIX_FILE     ((zip_uint32_t)(S_IFREG | 0600) << 16)

struct zip_out {
	struct libzip lib;
	zip_t *zip;
};

struct out_source {
	zip_out_read_fn *read;
	void *arg;
	bool failed;
};

struct zip_out *zip_out_open(const char *path, char why[ZIP_IN_WHY])
{
	struct zip_out *z = calloc(1, sizeof *z);
	int code = 0;

	if (!z)
		panic("out of memory");
	if (load(&z->lib, why)) {
		z->zip = z->lib.zip_open(path, ZIP_CREATE | ZIP_EXCL, &code);
		if (z->zip)
			return z;
		(void)refuse(why, "The archive cannot be made", strerror(errno));
	}
	zip_out_discard(z);
	return NULL;
}

/* What libzip asks of an entry's source. Its size is not known beforehand. */
static zip_int64_t give(void *state, void *data, zip_uint64_t n, zip_source_cmd_t what)
{
	struct out_source *s = state;
	zip_error_t *error = data;

	switch (what) {
	case ZIP_SOURCE_OPEN:
	case ZIP_SOURCE_CLOSE:
		return 0;
	case ZIP_SOURCE_READ: {
		ssize_t got = s->read(s->arg, data, n);
		s->failed = s->failed || got < 0;
		return got;
	}
	case ZIP_SOURCE_STAT:
		memset(data, 0, sizeof(zip_stat_t)); /* nothing is valid: as zip_stat_init */
		return sizeof(zip_stat_t);
	case ZIP_SOURCE_ERROR: {
		const int codes[2] = {s->failed ? ZIP_ER_READ : ZIP_ER_OPNOTSUPP, s->failed ? errno : 0};
		memcpy(error, codes, sizeof codes);
		return sizeof codes;
	}
	case ZIP_SOURCE_FREE:
		free(s);
		return 0;
	case ZIP_SOURCE_SUPPORTS:
		return 1 << ZIP_SOURCE_OPEN | 1 << ZIP_SOURCE_READ | 1 << ZIP_SOURCE_CLOSE |
		       1 << ZIP_SOURCE_STAT | 1 << ZIP_SOURCE_ERROR | 1 << ZIP_SOURCE_FREE;
	default:
		return -1; /* what it may ask in another version */
	}
}

static bool refuse_zip(const struct libzip *lib, zip_t *zip, const char *what, char why[ZIP_IN_WHY])
{
	zip_error_t *error = lib->zip_get_error(zip);

	errno = lib->zip_error_code_system(error);
	return refuse(why, what, lib->zip_error_strerror(error));
}

bool zip_out_add(struct zip_out *z, const char *name, bool packed, zip_out_read_fn *read, void *arg,
                 char why[ZIP_IN_WHY])
{
	struct out_source *s = calloc(1, sizeof *s);
	zip_source_t *source;
	zip_int64_t at;

	if (!s)
		panic("out of memory");
	s->read = read;
	s->arg = arg;
	source = z->lib.zip_source_function(z->zip, give, s);
	if (!source) {
		free(s);
		return refuse_zip(&z->lib, z->zip, "An entry cannot be added", why);
	}
	at = z->lib.zip_file_add(z->zip, name, source, ZIP_FL_ENC_UTF_8);
	if (at < 0) {
		z->lib.zip_source_free(source); /* and frees s */
		return refuse_zip(&z->lib, z->zip, "An entry cannot be added", why);
	}
	(void)z->lib.zip_set_file_compression(z->zip, (zip_uint64_t)at, packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
	                                      packed ? DEFLATE_LEVEL : 0);
	(void)z->lib.zip_file_set_external_attributes(z->zip, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX, UNIX_FILE);
	return true;
}

bool zip_out_close(struct zip_out *z, char why[ZIP_IN_WHY])
{
	bool done = z->lib.zip_close(z->zip) == 0;
	int kept;

	if (done)
		z->zip = NULL;
	else
		(void)refuse_zip(&z->lib, z->zip, "The archive cannot be written", why);
	kept = errno;
	zip_out_discard(z);
	errno = kept;
	return done;
}

void zip_out_discard(struct zip_out *z)
{
	if (z && z->zip)
		z->lib.zip_discard(z->zip);
	if (z && z->lib.handle)
		(void)dlclose(z->lib.handle);
	free(z);
}

bool zip_out_dense(const char *path, bool *dense, size_t n)
{
	char why[ZIP_IN_WHY];
	struct libzip lib;
	bool any = false;
	int code;
	zip_t *zip = load(&lib, why) ? lib.zip_open(path, ZIP_RDONLY, &code) : NULL;
	zip_stat_t st;

	for (size_t i = 0; zip && i < n; i++) {
		dense[i] = lib.zip_stat_index(zip, i, 0, &st) == 0 &&
		           st.size / ZIP_IN_RATIO_MAX >= st.comp_size && st.size > 0;
		any = any || dense[i];
	}
	if (zip)
		lib.zip_discard(zip);
	if (lib.handle)
		(void)dlclose(lib.handle);
	return any;
}
