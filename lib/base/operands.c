#include "base/operands.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"

bool operands_read(const char *const **names, size_t *n, struct arena *a, struct error *err)
{
	struct file in;
	struct str rest, line;
	struct buf found = { .oom = a->oom };
	const char **list;

	if (!file_open(&in, "-", err))
		return false;
	rest = (struct str){ (const char *)in.data.p, in.data.n };
	while (str_next_line(&rest, &line)) {
		const char *name = arena_strdup(a, line).p;

		if (line.n != 0)
			buf_put(&found, &name, sizeof(name));
	}
	file_close(&in);
	*n = found.n / sizeof(*list);
	*names = list = arena_new(a, const char *, *n);
	if (*n != 0)
		memcpy(list, found.p, found.n);
	buf_free(&found);
	return true;
}
