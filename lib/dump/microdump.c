#include "dump/microdump.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/utf.h"

static const struct str tag = STR_INIT("google-breakpad");
static const struct str begin_mark = STR_INIT("-----BEGIN BREAKPAD MICRODUMP-----");
static const struct str end_mark = STR_INIT("-----END BREAKPAD MICRODUMP-----");

/* What is put together from lines. */
struct reader {
	struct dump *d;
	struct arena *a;
	struct diag *diag;
	struct cursor at; /* at the line that is read, for warnings */
	bool has_system, has_stack, stack_broken;
	struct buf stack, context, modules;
};

/* --- text ----------------------------------------------------------------------------------- */

static struct str text_of(struct slice data)
{
	return (struct str){ (const char *)data.p, data.n };
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends the bytes that pairs of digits stand for. False if anything else is among them: the bytes
 * before it are taken. */
static bool put_hex(struct buf *b, struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		int high = hex_digit(s.p[i]), low = hex_digit(s.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_put_char(b, (char)(high << 4 | low));
	}
	return s.n % 2 == 0;
}

static bool next_hex(struct str *rest, uint64_t *value)
{
	struct str word;

	return str_next_word(rest, &word) && str_hex_to_u64(word, value);
}

/* The next field of a text that bars separate. */
static struct str next_field(struct str *rest)
{
	size_t n = str_find_char(*rest, '|');
	struct str field = str_first(*rest, n);

	*rest = str_from(*rest, n + 1);
	return field;
}

/* --- lines ---------------------------------------------------------------------------------- */

/* microdump_writer.cc, DumpOSInformation. */
static const struct {
	struct str name;
	enum cpu_kind cpu;
	unsigned bits;
	const char *report;
} architectures[] = {
	{ STR_INIT("arm"), CPU_ARM, 32, "arm" },
	{ STR_INIT("arm64"), CPU_ARM64, 64, "arm64" },
	{ STR_INIT("x86"), CPU_X86, 32, "x86" },
	{ STR_INIT("x86_64"), CPU_AMD64, 64, "amd64" },
	{ STR_INIT("mips"), CPU_MIPS, 32, "mips" },
	{ STR_INIT("mips64"), CPU_MIPS64, 64, "mips64" },
	{ STR_INIT("riscv32"), CPU_RISCV, 32, "riscv" },
	{ STR_INIT("riscv64"), CPU_RISCV64, 64, "riscv64" },
};

static void set_architecture(struct md_system *s, struct str name)
{
	s->cpu = CPU_UNKNOWN;
	s->cpu_name = "unknown";
	s->pointer_bits = 0;
	for (size_t i = 0; i < COUNT(architectures); i++) {
		if (!str_eq(name, architectures[i].name))
			continue;
		s->cpu = architectures[i].cpu;
		s->cpu_name = architectures[i].report;
		s->pointer_bits = architectures[i].bits;
	}
}

/* OS, architecture, number of CPUs, architecture of the machine, version. */
static bool read_system(struct reader *r, struct str rest)
{
	struct md_system *s = &r->d->system;
	struct str os, architecture, cpus, machine;
	uint64_t n;

	if (!str_next_word(&rest, &os) || !str_next_word(&rest, &architecture) ||
	    !str_next_word(&rest, &cpus) || !str_next_word(&rest, &machine))
		return false;
	s->os = str_eq(os, STR("A"))   ? MD_OS_ANDROID
		: str_eq(os, STR("L")) ? MD_OS_LINUX
				       : MD_OS_UNKNOWN;
	s->os_name = s->os == MD_OS_ANDROID ? STR("Android")
		     : s->os == MD_OS_LINUX ? STR("Linux")
					    : STR("unknown");
	set_architecture(s, architecture);
	s->n_cpus = str_hex_to_u64(cpus, &n) && n <= UINT8_MAX ? (uint8_t)n : 0;
	s->os_version = utf8_repair(r->a, str_trim(rest));
	r->has_system = true;
	return true;
}

/* "0", and stack pointer and range, of which we have no need; or an address and bytes. */
static bool read_stack(struct reader *r, struct str rest)
{
	struct md_thread *t = &r->d->threads.v[0];
	uint64_t address;
	struct str bytes;

	if (str_starts(rest, STR("0 ")))
		return true;
	if (!next_hex(&rest, &address) || !str_next_word(&rest, &bytes))
		return false;
	if (!r->has_stack)
		t->stack_start = address;
	r->has_stack = true;
	r->stack_broken |= address - t->stack_start != r->stack.n;
	if (!r->stack_broken)
		r->stack_broken = !put_hex(&r->stack, bytes);
	return !r->stack_broken;
}

static bool read_context(struct reader *r, struct str rest)
{
	buf_clear(&r->context);
	return put_hex(&r->context, str_trim(rest));
}

/* The signal's number, its name, and the address of the crash. */
static bool read_reason(struct reader *r, struct str rest)
{
	struct md_exception *e = &r->d->exception;
	struct str name;
	uint64_t code;

	if (!next_hex(&rest, &code) || code > UINT32_MAX || !str_next_word(&rest, &name) ||
	    !next_hex(&rest, &e->address))
		return false;
	e->code = (uint32_t)code;
	return true;
}

static bool read_gpu(struct reader *r, struct str rest)
{
	if (str_eq(str_trim(rest), STR("UNKNOWN")))
		return true;
	r->d->gpu.version = utf8_repair(r->a, next_field(&rest));
	r->d->gpu.vendor = utf8_repair(r->a, next_field(&rest));
	r->d->gpu.renderer = utf8_repair(r->a, next_field(&rest));
	return true;
}

/* What the kernel says behind the name of a file that has been removed is not part of it. */
static struct str module_name(struct str s)
{
	struct str mark = STR(" (deleted)");

	s = str_trim(s);
	return str_ends(s, mark) ? str_first(s, s.n - mark.n) : s;
}

/* Address, offset in the file, size, debug id, name. */
static bool read_module(struct reader *r, struct str rest)
{
	struct md_module m = { .has_debug_file = true };
	uint64_t offset, end;
	struct str id;

	if (!next_hex(&rest, &m.base) || !next_hex(&rest, &offset) || !next_hex(&rest, &m.size) ||
	    !str_next_word(&rest, &id) || m.size == 0 ||
	    __builtin_add_overflow(m.base, m.size, &end) ||
	    r->modules.n / sizeof(m) == LIMIT_DUMP_MODULES)
		return false;
	m.debug_id = utf8_repair(r->a, id);
	m.code_file = m.debug_file = utf8_repair(r->a, module_name(rest));
	buf_put(&r->modules, &m, sizeof(m));
	return true;
}

/* By the letter behind the tag, ": X ". Others are of no use to us: V and P, the product. */
static const struct {
	char key;
	bool (*read)(struct reader *r, struct str rest);
} lines[] = {
	{ 'C', read_context }, { 'G', read_gpu },    { 'M', read_module },
	{ 'O', read_system },  { 'R', read_reason }, { 'S', read_stack },
};

static void read_line(struct reader *r, struct str line)
{
	struct str rest = str_from(line, str_find(line, STR(": ")) + 2);

	if (rest.n < 2 || rest.p[1] != ' ')
		return;
	for (size_t i = 0; i < COUNT(lines); i++) {
		if (lines[i].key == rest.p[0] && !lines[i].read(r, str_from(rest, 2)))
			diag_warn(r->diag, &r->at, "line %c of the microdump cannot be read",
				  lines[i].key);
	}
}

/* Anything may stand before the tag, and lines without it in between. */
static void read_lines(struct reader *r, struct str text)
{
	struct str rest = text, line;
	bool inside = false;

	while (str_next_line(&rest, &line)) {
		struct str tagged = str_from(line, str_find(line, tag));

		r->at.pos = (size_t)(line.p - text.p);
		if (tagged.n == 0)
			continue;
		if (inside && str_find(tagged, end_mark) < tagged.n)
			return;
		if (inside)
			read_line(r, tagged);
		inside |= str_find(tagged, begin_mark) < tagged.n;
	}
}

/* --- the whole ------------------------------------------------------------------------------ */

/* The bytes of b, in the arena. */
static struct slice keep(struct reader *r, struct buf *b)
{
	uint8_t *bytes = arena_new(r->a, uint8_t, b->n);
	struct slice s = { bytes, b->n };

	if (b->n != 0)
		memcpy(bytes, b->p, b->n);
	buf_free(b);
	return s;
}

static void set_memory(struct reader *r)
{
	struct md_thread *t = &r->d->threads.v[0];
	struct md_memory *m = &r->d->memory;

	t->stack = keep(r, &r->stack);
	*m = (struct md_memory){ .v = arena_new(r->a, struct md_region, 1), .n = 1 };
	m->v[0] = (struct md_region){ t->stack_start, t->stack };
	m->by_address = ranges_make(r->a, 1);
	ranges_add(&m->by_address, t->stack_start, t->stack.n, 0);
	ranges_sort(&m->by_address, r->a->oom);
}

/* Of arm64 there are two layouts, told apart by their sizes. */
static void set_context(struct reader *r)
{
	struct md_system *s = &r->d->system;
	const struct cpu *old = cpu_find(CPU_ARM64_OLD);

	if (s->cpu == CPU_ARM64 && r->context.n == old->context_size)
		s->cpu = CPU_ARM64_OLD;
	r->d->exception.context = cursor_make(keep(r, &r->context), r->at.file);
	r->d->threads.v[0].context = r->d->exception.context;
}

static int by_end(const void *a, const void *b, const void *context)
{
	const struct md_module *x = (const struct md_module *)a, *y = (const struct md_module *)b;
	uint64_t x_end = x->base + x->size, y_end = y->base + y->size;

	(void)context;
	return (x_end > y_end) - (x_end < y_end);
}

/*
 * Android's linker maps packed relocations so that a module seems to reach into others: of two that
 * overlap there, the one that ends later begins where the other ends. Breakpad:
 * src/processor/range_map-inl.h, MergeRangeStrategy::kTruncateUpper.
 */
static void set_modules(struct reader *r)
{
	struct md_modules *m = &r->d->modules;
	bool cut = r->d->system.os == MD_OS_ANDROID;
	uint64_t end = 0;

	m->n = r->modules.n / sizeof(*m->v);
	m->v = arena_new(r->a, struct md_module, m->n);
	if (m->n != 0)
		memcpy(m->v, r->modules.p, r->modules.n);
	buf_free(&r->modules);
	sort_stable(m->v, m->n, sizeof(*m->v), by_end, NULL, r->a->oom);
	m->by_address = ranges_make(r->a, m->n);
	for (size_t i = 0; i < m->n; i++) {
		uint64_t base = m->v[i].base, top = base + m->v[i].size;
		uint64_t from = cut && base < end ? end : base;

		ranges_add(&m->by_address, from, top - from, i);
		end = top;
	}
	ranges_sort(&m->by_address, r->a->oom);
}

bool microdump_is(struct slice data)
{
	struct str text = text_of(data), rest, line;
	size_t at;

	/* Nearly all are minidumps, and large ones are not to be read whole for this. */
	if (str_starts(text, STR("MDMP")) || str_starts(text, STR("PMDM")))
		return false;
	at = str_find(text, begin_mark);
	if (at == text.n)
		return false;
	/* The tag stands before the mark, in the same line. */
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	rest = str_from(text, at);
	return str_next_line(&rest, &line) && str_find(line, tag) < line.n;
}

bool microdump_read(struct dump *d, struct slice data, const char *file, struct arena *a,
		    struct diag *diag, struct error *err)
{
	struct reader r = {
		.d = d,
		.a = a,
		.diag = diag,
		.at = cursor_make(data, file),
		.stack.oom = a->oom,
		.context.oom = a->oom,
		.modules.oom = a->oom,
	};

	*d = (struct dump){ .is_microdump = true, .md.file = r.at };
	d->threads = (struct md_threads){ arena_new(a, struct md_thread, 1), 1, 1 };
	d->exception.present = true;
	read_lines(&r, text_of(data));
	set_context(&r);
	set_memory(&r);
	set_modules(&r);
	if (!r.has_system)
		return error_set(err, ERROR_INPUT, "%s: microdump without a line O, the system",
				 file);
	return true;
}
