#include "sym/sym_input.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/gzip.h"

/* Ends the writing of a temporary file, and maps it. */
static bool map_temp(struct file *f, FILE *temp, const char *name, bool ok, struct error *err)
{
	ok = ok && (fflush(temp) == 0 || error_errno(err, "%s: temporary file", name)) &&
	     file_open_fd(f, fileno(temp), name, err);
	fclose(temp);
	return ok;
}

static bool open_pipe(struct file *f, struct error *err)
{
	FILE *temp = file_temp();
	char piece[8192];
	ssize_t n;

	if (temp == NULL)
		return error_errno(err, "stdin: no temporary file");
	while ((n = read(STDIN_FILENO, piece, sizeof(piece))) > 0)
		fwrite(piece, 1, (size_t)n, temp);
	return map_temp(f, temp, "stdin", n == 0 || error_errno(err, "stdin"), err);
}

static bool open_file(struct file *f, const char *path, struct error *err)
{
	struct stat st;

	if (strcmp(path, "-") != 0)
		return file_open(f, path, err);
	if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		return file_open_fd(f, STDIN_FILENO, "stdin", err);
	return open_pipe(f, err);
}

static bool expand(struct sym_input *in, struct error *err)
{
	FILE *temp = file_temp();

	if (temp == NULL)
		return error_errno(err, "%s: no temporary file", in->name);
	return map_temp(&in->other, temp, in->name, gzip_expand(in->file.data, in->name, temp, err),
			err);
}

bool sym_input_open(struct sym_input *in, const char *path, bool strict, struct error *err)
{
	bool piped = strcmp(path, "-") == 0, named = str_ends(str_of(path), STR(".gz"));
	const struct file *f = &in->file;

	*in = (struct sym_input){ .name = piped ? "stdin" : path };
	if (!open_file(&in->file, path, err))
		return false;
	if (gzip_is(in->file.data) && (named || !strict)) {
		if (!expand(in, err))
			return false;
		in->packed = !piped && !named;
		f = &in->other;
	}
	in->text = (struct str){ (const char *)f->data.p, f->data.n };
	in->mapped = f->mapped;
	return true;
}

void sym_input_close(struct sym_input *in)
{
	file_close(&in->file);
	file_close(&in->other);
}
