#include "../lib/symx_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The text of a .sym: its index is made and asked about each address that a record may have named.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const enum symx_array starts[] = { SYMX_FUNC, SYMX_PUBLIC, SYMX_CFI, SYMX_WIN4,
						  SYMX_WIN0 };
	struct buf out = { 0 };
	struct symx_text t;

	if (symx_text_open(&t, (struct str){ (const char *)data, n }, n % 2 != 0)) {
		for (unsigned i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
			size_t asked = t.state.index.arrays[starts[i]].n;

			for (size_t k = 0; k < asked && k < 16; k++) {
				uint64_t offset = symx_index_at(&t.state.index, starts[i], k);

				symx_text_ask(&t.symx, offset, &out);
				symx_text_ask(&t.symx, offset + 7, &out);
				buf_clear(&out);
			}
		}
		symx_url(&t.symx);
	}
	symx_text_close(&t);
	buf_free(&out);
	return 0;
}
