#include "base/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libdeflate.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/xz.h"

void unpack_populate(struct slice part)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE), before = (uintptr_t)part.p % page;

#ifdef MADV_POPULATE_WRITE
	madvise((void *)((uintptr_t)part.p - before), part.n + before, MADV_POPULATE_WRITE);
#else
	(void)before;
#endif
}

static void *map_memory(uint64_t size)
{
	return mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/* Its blocks are allocated, so that no write to it can fail. */
static void *map_file(uint64_t size)
{
	FILE *file = file_temp();
	int code = file == NULL ? errno : posix_fallocate(fileno(file), 0, (off_t)size);
	void *p = MAP_FAILED;

	if (code == 0) {
		p = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
		code = errno;
	}
	if (file != NULL)
		fclose(file);
	errno = code;
	return p;
}

static bool map_new(uint64_t size, const char *name, bool memory, struct slice *out,
		    struct error *err)
{
	void *p = memory ? map_memory(size) : map_file(size);

	if (p == MAP_FAILED)
		return error_errno(err, "%s: %s", name, memory ? "memory" : "temporary file");
	*out = (struct slice){ p, (size_t)size };
	return true;
}

void unpack_free(struct slice out)
{
	if (out.n != 0)
		munmap((void *)(uintptr_t)out.p, out.n);
}

/* libdeflate, since all is in memory: 2.5 times as fast as zlib. */
static bool from_zlib(struct slice in, uint8_t *p, size_t n)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	bool ok = d != NULL &&
		  libdeflate_zlib_decompress(d, in.p, in.n, p, n, NULL) == LIBDEFLATE_SUCCESS;

	if (d != NULL)
		libdeflate_free_decompressor(d);
	return ok;
}

static bool from_zstd(struct slice in, uint8_t *p, size_t n)
{
	return ZSTD_decompress(p, n, in.p, in.n) == n;
}

bool unpack_map(struct slice in, enum unpack_format format, uint64_t size, const char *name,
		bool memory, struct slice *out, struct error *err)
{
	uint64_t most = size, limit = (uint64_t)LIMIT_UNPACK_MIB << 20;

	*out = (struct slice){ 0 };
	if (format == UNPACK_XZ && !xz_size(in, &size))
		return error_set(err, ERROR_INPUT, "%s: bad or cut xz data", name);
	if (size > most || size > limit || size / LIMIT_INFLATE_RATIO > in.n)
		return error_set(err, ERROR_LIMIT, "%s: %zu bytes claim to be %" PRIu64, name, in.n,
				 size);
	return size == 0 || map_new(size, name, memory, out, err);
}

bool unpack_into(struct slice in, enum unpack_format format, struct slice out)
{
	static bool (*const decode[])(struct slice, uint8_t *, size_t) = {
		[UNPACK_ZLIB] = from_zlib,
		[UNPACK_ZSTD] = from_zstd,
		[UNPACK_XZ] = xz_read,
	};

	if (out.n == 0)
		return true;
	unpack_populate(out);
	return decode[format](in, (uint8_t *)(uintptr_t)out.p, out.n);
}

bool unpack(struct slice in, enum unpack_format format, uint64_t size, const char *name,
	    struct slice *out, struct error *err)
{
	if (!unpack_map(in, format, size, name, false, out, err))
		return false;
	errno = 0; /* libraries leave what malloc() says */
	if (unpack_into(in, format, *out))
		return true;
	if (errno == ENOMEM)
		error_errno(err, "%s", name);
	else
		error_set(err, ERROR_INPUT, "%s: bad or cut compressed data", name);
	unpack_free(*out);
	*out = (struct slice){ 0 };
	return false;
}
