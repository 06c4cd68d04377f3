#include <stdlib.h>

#include "base/cursor.h"
#include "base/inflow.h"
#include "base/unpack.h"

/*
 * A section's packed bytes. The first byte says how they are packed and how many bytes are asked
 * for at a time, the next two how many must come out. What zlib data gives all at once it gives
 * bit by bit, too.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* All is asked for; what came out before the damage stays in out. */
static bool inflate_in_steps(struct slice in, struct slice out, uint64_t step)
{
	struct inflow *f = inflow_open(in, out, true, step % 3 * 100);
	bool good;

	if (f == NULL)
		return false;
	if (step % 2 == 0)
		f->start(f);
	for (uint64_t end = 0; end < out.n && f->need(f, end); end += step)
		;
	good = f->need(f, out.n) && !f->is_bad(f);
	f->close(f);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cursor c = cursor_make((struct slice){ data, n }, "fuzz");
	uint8_t how = cursor_u8(&c);
	uint64_t size = cursor_u16(&c);
	enum unpack_format format = how % 3 == 0   ? UNPACK_ZLIB
				    : how % 3 == 1 ? UNPACK_ZSTD
						   : UNPACK_XZ;
	struct slice in = cursor_bytes(&c, cursor_left(&c)), whole, parts;
	struct error err = { 0 };

	if (c.failed)
		return 0;

	bool good = unpack(in, format, size, "fuzz", &whole, &err);
	if (format == UNPACK_ZLIB && size != 0 &&
	    unpack_map(in, format, size, "fuzz", true, &parts, &err)) {
		if (inflate_in_steps(in, parts, how / 3 + 1u) && good &&
		    memcmp(whole.p, parts.p, size) != 0)
			abort();
		unpack_free(parts);
	}
	if (good)
		unpack_free(whole);
	return 0;
}
