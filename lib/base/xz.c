#include "base/xz.h"

#include <lzma.h>
#include <stdlib.h>

#include "base/limits.h"

static const uint64_t memory_limit = (uint64_t)LIMIT_UNPACK_XZ_MIB << 20;

/* The index of the blocks, from before the footer; to be ended. NULL when there is none. */
static lzma_index *read_index(struct slice in, lzma_stream_flags *flags)
{
	uint64_t memory = memory_limit;
	lzma_index *index = NULL;
	size_t at;

	if (in.n < 2 * LZMA_STREAM_HEADER_SIZE ||
	    lzma_stream_footer_decode(flags, in.p + in.n - LZMA_STREAM_HEADER_SIZE) != LZMA_OK ||
	    flags->backward_size > in.n - 2 * LZMA_STREAM_HEADER_SIZE)
		return NULL;
	in.n -= LZMA_STREAM_HEADER_SIZE;
	at = in.n - (size_t)flags->backward_size;
	if (lzma_index_buffer_decode(&index, &memory, NULL, in.p, &at, in.n) != LZMA_OK)
		return NULL;
	return index;
}

bool xz_size(struct slice in, uint64_t *size)
{
	lzma_stream_flags flags;
	lzma_index *index = read_index(in, &flags);

	if (index == NULL)
		return false;
	*size = lzma_index_uncompressed_size(index);
	lzma_index_end(index, NULL);
	return true;
}

/* 6: the reflected polynomial of ECMA-182. */
static uint64_t crc64(const uint8_t *p, size_t n)
{
	uint64_t table[256], crc = UINT64_MAX;

	for (unsigned i = 0; i < 256; i++) {
		table[i] = i;
		for (unsigned bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xc96c5795d7870f42 : 0);
	}
	for (size_t i = 0; i < n; i++)
		crc = table[(crc ^ p[i]) & 0xff] ^ crc >> 8;
	return ~crc;
}

static uint64_t little(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

/* 2.1.1.2: the sum behind a block. */
enum { NO_SUM = 0, CRC32 = 1, CRC64 = 4, N_SUMS = 16 };
static const uint8_t sum_sizes[N_SUMS] = {
	0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64
};

static bool sum_fits(unsigned kind, const uint8_t *sum, const uint8_t *out, size_t n)
{
	if (kind == CRC32)
		return little(sum, 4) == lzma_crc32(out, n, 0);
	return kind != CRC64 || little(sum, 8) == crc64(out, n);
}

/* 3.1.2 to 3.1.5: sizes, which the index says, too, and filters. */
static bool read_filters(struct slice head, lzma_filter *filters)
{
	const unsigned n = (head.p[1] & 3u) + 1;
	size_t at = 2;
	lzma_vli size;

	for (unsigned bit = 0x40; bit <= 0x80; bit <<= 1) {
		if ((head.p[1] & bit) != 0 &&
		    lzma_vli_decode(&size, NULL, head.p, &at, head.n) != LZMA_OK)
			return false;
	}
	for (unsigned i = 0; i < n; i++) {
		filters[i + 1].id = LZMA_VLI_UNKNOWN;
		if (lzma_filter_flags_decode(&filters[i], NULL, head.p, &at, head.n) != LZMA_OK) {
			filters[i].id = LZMA_VLI_UNKNOWN;
			return false;
		}
	}
	return lzma_raw_decoder_memusage(filters) <= memory_limit;
}

/* 3: header, data, padding to a multiple of 4, and sum of a block. */
static bool read_block(struct slice in, unsigned sum, uint8_t *out, size_t n)
{
	lzma_filter filters[LZMA_FILTERS_MAX + 1] = { { .id = LZMA_VLI_UNKNOWN } };
	size_t head = in.n == 0 ? 0 : ((size_t)in.p[0] + 1) * 4, at = head, done = 0;
	size_t end = in.n - sum_sizes[sum];
	bool ok;

	if (in.n < sum_sizes[sum] || head < 8 || head > end ||
	    little(in.p + head - 4, 4) != lzma_crc32(in.p, head - 4, 0))
		return false;
	ok = read_filters((struct slice){ in.p, head - 4 }, filters) &&
	     lzma_raw_buffer_decode(filters, NULL, in.p, &at, end, out, &done, n) == LZMA_OK &&
	     done == n && end - at < 4 && little(in.p + at, end - at) == 0 &&
	     sum_fits(sum, in.p + end, out, n);
	for (size_t i = 0; filters[i].id != LZMA_VLI_UNKNOWN; i++)
		free(filters[i].options);
	return ok;
}

static bool read_blocks(struct slice in, const lzma_index *index, unsigned sum, uint8_t *out,
			size_t n)
{
	lzma_index_iter i;

	lzma_index_iter_init(&i, index);
	while (!lzma_index_iter_next(&i, LZMA_INDEX_ITER_BLOCK)) {
		uint64_t from = i.block.compressed_file_offset, size = i.block.total_size;

		if (from > in.n || size > in.n - from || i.block.uncompressed_size > n)
			return false;
		if (!read_block((struct slice){ in.p + from, (size_t)size }, sum, out,
				(size_t)i.block.uncompressed_size))
			return false;
		out += i.block.uncompressed_size;
		n -= (size_t)i.block.uncompressed_size;
	}
	return n == 0;
}

bool xz_read(struct slice in, uint8_t *out, size_t n)
{
	lzma_stream_flags head, flags;
	lzma_index *index = read_index(in, &flags);
	bool ok;

	if (index == NULL)
		return false;
	ok = lzma_stream_header_decode(&head, in.p) == LZMA_OK &&
	     lzma_stream_flags_compare(&head, &flags) == LZMA_OK &&
	     lzma_index_file_size(index) <= in.n && (unsigned)flags.check < N_SUMS &&
	     read_blocks(in, index, (unsigned)flags.check, out, n);
	lzma_index_end(index, NULL);
	return ok;
}
