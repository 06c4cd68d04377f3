#include "base/gzip.h"

#include <errno.h>
#include <inttypes.h>
#include <zlib.h>

#include "base/limits.h"

/* Bytes that are inflated before the ratio is looked at. */
enum { RATIO_FREE_MIB = 64 };
enum { PIECE = 8 * 1024 };

bool gzip_is(struct slice bytes)
{
	return bytes.n >= 3 && memcmp(bytes.p, "\x1f\x8b\x08", 3) == 0;
}

static bool over_limit(uint64_t in, uint64_t out)
{
	const uint64_t mib = 1024 * 1024;

	return out > LIMIT_INFLATE_MIB * mib ||
	       (out > RATIO_FREE_MIB * mib && out / LIMIT_INFLATE_RATIO > in);
}

/* Gives zlib the next piece of the input: its counters are too narrow for all of it. */
static void feed(z_stream *z, struct slice *left)
{
	if (z->avail_in != 0)
		return;
	z->avail_in = left->n < PIECE ? (uInt)left->n : PIECE;
	z->next_in = (z_const Bytef *)(uintptr_t)left->p;
	left->p += z->avail_in;
	left->n -= z->avail_in;
}

/* Whether another member follows the end of one: nothing else than zeros may. */
static bool has_member(z_stream *z, struct slice *left)
{
	for (feed(z, left); z->avail_in != 0; feed(z, left)) {
		if (*z->next_in != 0)
			return true;
		z->next_in++;
		z->avail_in--;
	}
	return false;
}

static bool expand(z_stream *z, struct slice in, const char *name, FILE *out, struct error *err)
{
	struct slice left = in;
	uint64_t written = 0;
	Bytef piece[PIECE] = { 0 };
	int result;

	do {
		feed(z, &left);
		z->next_out = piece;
		z->avail_out = sizeof(piece);
		result = inflate(z, Z_NO_FLUSH);

		size_t n = sizeof(piece) - z->avail_out, used = in.n - left.n - z->avail_in;
		if (fwrite(piece, 1, n, out) != n)
			return error_errno(err, "%s: cannot write the inflated copy", name);
		written += n;
		if (over_limit(used, written))
			return error_set(err, ERROR_LIMIT,
					 "%s: inflates to more than %" PRIu64 " bytes", name,
					 written);
		if (result == Z_MEM_ERROR) {
			errno = ENOMEM;
			return error_errno(err, "%s", name);
		}
		if (result != Z_OK && result != Z_STREAM_END)
			return error_set(err, ERROR_INPUT, "%s: 0x%zx: bad or cut gzip data", name,
					 used);
		if (result == Z_STREAM_END && has_member(z, &left))
			result = inflateReset(z);
	} while (result != Z_STREAM_END);
	return true;
}

bool gzip_expand(struct slice in, const char *name, FILE *out, struct error *err)
{
	z_stream z = { 0 };

	/* 16: gzip only, the largest window. */
	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) {
		errno = ENOMEM;
		return error_errno(err, "%s", name);
	}

	bool ok = expand(&z, in, name, out, err);
	inflateEnd(&z);
	return ok;
}
