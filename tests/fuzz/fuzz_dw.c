#include "base/limits.h"
#include "bin/dw.h"
#include "bin/dw_package.h"

/*
 * Debug information: the first byte says how it is read (byte order, compat, relocatable, ...),
 * then come the sizes of the sections in 16 bits each, then the sections. What is left is an index
 * of a package, whose whole the sections are, too. Functions must lie where none is left out.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { N_SECTIONS = 10 };

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

struct package {
	struct slice index;
	struct dw_sections whole;
};

/* Each unit that asks gets what the index says, or all. */
static bool find(void *context, struct str name, struct str directory, uint64_t id,
		 struct dw_sections *found)
{
	const struct package *p = context;

	if (name.n > directory.n || !dw_package_find(p->index, &p->whole, id, found))
		*found = p->whole;
	return true;
}

static void check(struct model *m)
{
	struct model_reader r = { 0 };
	struct model_record record;
	uint64_t last = 0;

	model_finish(m);
	for (size_t i = 0; i < model_n_records(m); i++) {
		model_read(m, i, &r, &record);
		expect(record.func.start >= last && record.func.size != 0);
		expect(record.func.name < model_n_names(m));
		for (size_t k = 0; k < record.func.n_inlines; k++)
			expect(record.func.inlines[k].origin < model_n_names(m));
		last = record.func.start;
	}
	model_reader_free(&r);
}

static void read_once(const struct dw_input *in)
{
	struct model_options o = { .compat = in->compat, .inlines = in->inlines };
	struct model *m = model_open(&o);
	struct arena arena = { 0 };
	struct diag quiet = { 0 };
	struct dw *dw = dw_open(in, &arena, &quiet);
	uint64_t n = dw_size(dw);

	dw_feed(dw, 0, n / 2, m);
	dw_feed(dw, n / 2, n, m);
	dw_feed_symbols(dw, m);
	dw_close(dw);
	check(m);
	model_close(m);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct symbol v[] = { { 0x100, 0x10, STR_INIT("one"), SYMBOL_GLOBAL, false },
				     { 0x1000, 0x40, STR_INIT("two"), SYMBOL_GLOBAL, false } };
	static uint32_t order[] = { 0, 1 };
	static const struct symtab symbols = { v, order, 2 };
	struct slice parts[N_SECTIONS];
	struct cursor c = cursor_make((struct slice){ data, size }, "fuzz"), sizes;
	uint8_t how = cursor_u8(&c);

	sizes = c;
	cursor_skip(&c, 2 * N_SECTIONS);
	for (size_t i = 0; i < N_SECTIONS; i++)
		parts[i] = cursor_bytes(&c, cursor_u16(&sizes));
	if (c.failed)
		return 0;

	struct dw_sections s = { "fuzz",   (how & 1) != 0, 8,        NULL,     parts[0],
				 parts[1], parts[2],       parts[3], parts[4], parts[5],
				 parts[6], parts[7],       parts[8], parts[9] };
	struct package p = { cursor_bytes(&c, cursor_left(&c)), s };
	struct dw_input in = {
		.main = s,
		.symbols = &symbols,
		.compat = (how & 2) != 0,
		.inlines = (how & 4) == 0,
		.relocatable = (how & 8) != 0,
		.bias = (how & 16) != 0 ? 0x1000 : 0,
	};
	if ((how & 32) != 0)
		in.supplement = s;
	if ((how & 64) != 0)
		in.split = (struct dw_split){ find, &p };
	read_once(&in);
	return 0;
}
