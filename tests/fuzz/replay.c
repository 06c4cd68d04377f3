/*
 * Gives stored inputs to a fuzz target without libFuzzer: each file below the folder named, once,
 * in sorted order. Part of "make check": an input that once was a finding may not become one again.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *path)
{
	struct error err = { 0 };
	struct file f;

	if (!file_open(&f, path, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(f.data.p, f.data.n);
	file_close(&f);
	return true;
}

static bool replay_folder(const char *folder, int *n)
{
	struct dirent **entries;
	bool ok = true;
	int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0) {
		perror(folder);
		return false;
	}
	for (int i = 0; i < count; i++) {
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (entries[i]->d_name[0] != '.') {
			ok = replay(path) && ok;
			++*n;
		}
		free(entries[i]);
	}
	free(entries);
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = argc > 1;
	int n = 0;

	for (int i = 1; i < argc; i++)
		ok = replay_folder(argv[i], &n) && ok;
	printf("%d inputs\n", n);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
