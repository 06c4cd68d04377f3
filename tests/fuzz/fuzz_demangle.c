#include "base/limits.h"
#include "sym/demangle.h"

/* A mangled name; its first byte is the language, the style and whether it is readable. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = { 0 };
	uint8_t how = size == 0 ? 0 : data[0];
	struct str text = { (const char *)data, size };
	struct sym_name name = {
		.text = str_from(text, 1),
		.language = how % (LANGUAGE_SWIFT + 1),
		.readable = (how & 0x40) != 0,
	};

	demangle(&out, name, (how & 0x80) != 0 ? DEMANGLE_NAME : DEMANGLE_FULL);
	/* Latin-1 takes two bytes, the version of a symbol is as long as the file says. */
	expect(out.n != 0 && out.n <= 4 * LIMIT_NAME_BYTES);
	for (size_t i = 0; i < out.n; i++)
		expect((unsigned char)out.p[i] >= ' ' && out.p[i] != 0x7f);
	buf_free(&out);
	return 0;
}
