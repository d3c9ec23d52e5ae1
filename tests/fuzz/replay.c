/*
 * replay: runs files, and the files in folders, through a target without libFuzzer, with any compiler.
 * Each file's bytes lie in an allocation of exactly their size, so that sanitizers see a byte too far.
 * Exit 0: every input passed. A target that fails aborts; the name of its input is the last one printed.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	long size;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0) {
		perror(path);
		if (f)
			(void)fclose(f);
		return 1;
	}
	uint8_t *data = malloc((size_t)size + (size == 0));
	int bad = !data || fread(data, 1, (size_t)size, f) != (size_t)size;
	if (bad) {
		perror(path);
	} else {
		printf("%s\n", path);
		(void)fflush(stdout);
		(void)LLVMFuzzerTestOneInput(data, (size_t)size);
	}
	free(data);
	(void)fclose(f);
	return bad;
}

static int replay_folder(const char *path)
{
	DIR *d = opendir(path);
	int bad = 0;

	if (!d) {
		perror(path);
		return 1;
	}
	for (struct dirent *e; (e = readdir(d));) {
		char name[4096];
		if (e->d_name[0] == '.')
			continue;
		int n = snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		bad |= n < 0 || (size_t)n >= sizeof name || replay_file(name);
	}
	(void)closedir(d);
	return bad;
}

int main(int argc, char **argv)
{
	struct stat st;
	int bad = argc < 2;

	if (bad)
		fprintf(stderr, "usage: %s FILE|FOLDER...\n", argv[0]);
	for (int i = 1; i < argc; i++)
		bad |= stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode) ? replay_folder(argv[i])
		                                                      : replay_file(argv[i]);
	return bad;
}
