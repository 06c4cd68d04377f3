#include "../lib/symx_text.h"

#include <limits.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void ask_all(struct symx_text *t, struct buf *out)
{
	static const enum symx_array starts[] = { SYMX_FUNC, SYMX_PUBLIC, SYMX_CFI, SYMX_WIN4,
						  SYMX_WIN0 };

	for (unsigned i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		size_t asked = t->state.index.arrays[starts[i]].n;

		for (size_t k = 0; k < asked && k < 16; k++) {
			uint64_t offset = symx_index_at(&t->state.index, starts[i], k);

			symx_text_ask(&t->symx, offset, out);
			symx_text_ask(&t->symx, offset + 7, out);
			symx_text_ask(&t->symx, offset + 40, out);
		}
	}
}

/* The text of a .sym: its index is made and asked about each address that a record may have named.
 * What is kept of functions answers as the text does. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf fresh = { 0 }, kept = { 0 };
	struct symx_text t;

	if (symx_text_open(&t, (struct str){ (const char *)data, n }, n % 2 != 0)) {
		ask_all(&t, &fresh);
		t.state.known.keeps = true;
		t.state.known.n = UINT_MAX;
		for (unsigned round = 0; round < 2; round++) {
			buf_clear(&kept);
			ask_all(&t, &kept);
			if (!t.state.exhausted && !str_eq(buf_str(&fresh), buf_str(&kept)))
				__builtin_trap();
		}
		symx_url(&t.symx);
	}
	symx_text_close(&t);
	buf_free(&fresh);
	buf_free(&kept);
	return 0;
}
