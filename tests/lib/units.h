#ifndef CRASH_TESTS_UNITS_H
#define CRASH_TESTS_UNITS_H

#include <stdio.h>
#include <stdlib.h>

#include "bin/dw.h"
#include "bin/dw_const.h"
#include "bytes.h"
#include "sym/sym_write.h"

/* Units of debug information made by hand, and what becomes of them. */
struct units {
	unsigned version, offset_size; /* 4 or 8 */
	struct bytes info, types, abbrev, str, line_str, ranges, rnglists, addr, str_offsets;
};

/* An abbreviation: attributes and forms in turn, up to a 0. */
static inline void put_abbrev(struct bytes *b, unsigned code, unsigned tag, bool children,
			      const unsigned *attributes)
{
	put_uleb(b, code);
	put_uleb(b, tag);
	put(b, 1, children);
	for (; attributes[0] != 0; attributes += 2) {
		put_uleb(b, attributes[0]);
		put_uleb(b, attributes[1]);
	}
	put(b, 2, 0);
}

#define ATTRIBUTES(...) ((const unsigned[]){ __VA_ARGS__, 0 })

/* Begins a unit with the abbreviations from abbrevs on; its length is set by units_end(). */
static inline size_t units_begin(struct units *u, struct bytes *b, unsigned type, uint64_t id,
				 size_t abbrevs)
{
	size_t start = b->n;

	if (u->offset_size == 8)
		put(b, 4, UINT32_MAX);
	put(b, u->offset_size, 0);
	put(b, 2, u->version);
	if (u->version >= 5) {
		put(b, 1, type);
		put(b, 1, 8);
	}
	put(b, u->offset_size, abbrevs);
	if (u->version < 5)
		put(b, 1, 8);
	if (type != DW_UT_COMPILE && type != DW_UT_PARTIAL &&
	    (u->version >= 5 || type == DW_UT_TYPE))
		put(b, 8, id);
	return start;
}

static inline void units_end(struct units *u, struct bytes *b, size_t start)
{
	size_t at = start + (u->offset_size == 8 ? 4 : 0), end = b->n;

	b->n = at;
	put(b, u->offset_size, end - at - u->offset_size);
	b->n = end;
}

static inline struct dw_sections units_sections(const struct units *u)
{
	return (struct dw_sections){
		.file = "test",
		.address_size = 8,
		.info = bytes_slice(&u->info),
		.types = bytes_slice(&u->types),
		.abbrev = bytes_slice(&u->abbrev),
		.str = bytes_slice(&u->str),
		.line_str = bytes_slice(&u->line_str),
		.ranges = bytes_slice(&u->ranges),
		.rnglists = bytes_slice(&u->rnglists),
		.addr = bytes_slice(&u->addr),
		.str_offsets = bytes_slice(&u->str_offsets),
	};
}

/* The text of a .sym with what they hold, from its second line on; to be freed. warnings counts
 * what is damaged. */
static inline char *units_text(const struct dw_input *in, unsigned *warnings)
{
	struct model_options o = { .compat = in->compat, .inlines = true };
	struct arena arena = { 0 };
	struct diag diag = { 0 };
	struct model *m = model_open(&o);
	struct dw *dw = dw_open(in, &arena, &diag);
	struct sym_head head = { STR("o"), STR("c"), STR("0"), STR("m"), { 0 }, NULL, 0, NULL };
	struct sym_write w = { .head = &head, .model = m, .jobs = 1 };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	dw_feed(dw, 0, dw_size(dw), m);
	dw_feed_symbols(dw, m);
	dw_close(dw);
	model_finish(m);
	sym_write(&w, out, &diag);
	fclose(out);
	model_close(m);
	arena_free(&arena);
	if (warnings != NULL)
		*warnings = diag.warnings;

	char *rest = strchr(text, '\n');
	memmove(text, rest + 1, strlen(rest));
	return text;
}

#endif
