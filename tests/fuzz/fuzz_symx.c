#include <limits.h>
#include <stdlib.h>

#include "../lib/symx_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char text[] =
	"MODULE Linux x86_64 0123 app\nFILE 0 a.c\nINLINE_ORIGIN 0 i\nFUNC 100 20 4 f\n"
	"INLINE 0 3 0 0 100 8 110 4\n100 8 5 0\n108 18 6 1\nPUBLIC 200 0 p\n"
	"STACK CFI INIT 100 20 r\nSTACK CFI 104 s\n"
	"STACK WIN 4 200 20 0 0 8 0 0 0 1 p\n";

/*
 * The bytes of a .symx. Sums are what nearly all inputs fail at, so an input whose first byte is
 * odd is put behind the head of a good index and its sums are made anew: arrays of anything, over a
 * text.
 */
static void forge(struct buf *index, const uint8_t *data, size_t n)
{
	struct symx_layout layout = { 0 };
	struct symx_head head = { .text_size = sizeof(text) - 1 };
	uint64_t at = SYMX_HEAD;

	buf_reserve(index, SYMX_HEAD);
	index->n = SYMX_HEAD;
	buf_put(index, data, n);
	for (unsigned i = 0; i < SYMX_SUMS; i++) {
		uint64_t left = (index->n - at) / 4;

		layout.offsets[i] = at;
		layout.width[i] = 4;
		layout.n[i] = (uint32_t)(n == 0 ? 0 : data[i % n] % (left + 1));
		if (i > 0 && i != SYMX_FUNC && i != SYMX_PUBLIC && i != SYMX_CFI &&
		    i != SYMX_WIN4 && i != SYMX_WIN0 && i != SYMX_FILE && i != SYMX_ORIGIN)
			layout.n[i] = layout.n[i - 1] <= left ? layout.n[i - 1] : 0;
		at += 4 * layout.n[i];
	}
	symx_index_seal(index, &head, &layout);
}

static void ask_all(const struct symx *x, struct buf *out)
{
	for (uint64_t offset = 0; offset < 0x300; offset += 0x13)
		symx_text_ask(x, offset, out);
	symx_text_ask(x, UINT64_MAX, out);
}

/* Twice more with what is kept of functions, which must stand an index without order. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct symx_state state = { .budget = LIMIT_SYM_BODY_BYTES };
	struct symx x = { .text = STR(text), .state = &state };
	struct buf index = { 0 }, out = { 0 };

	if (n != 0 && data[0] % 2 != 0)
		forge(&index, data + 1, n - 1);
	else
		buf_put(&index, data, n);
	if (symx_index_open(&state.index, (struct slice){ (const uint8_t *)index.p, index.n })) {
		state.index.checked = calloc(symx_index_blocks(&state.index) + 1, 1);
		ask_all(&x, &out);
		state.known.keeps = true;
		state.known.n = UINT_MAX;
		for (unsigned round = 0; round < 2; round++)
			ask_all(&x, &out);
		symx_url(&x);
		symx_known_free(&state.known);
		free(state.index.checked);
	}
	buf_free(&index);
	buf_free(&out);
	return 0;
}
