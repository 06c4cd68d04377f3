#include "dump/microdump.h"

#include "base/sort.h"
#include "dump/microdump_impl.h"

static const struct str tag = STR_INIT("google-breakpad");
static const struct str begin_mark = STR_INIT("-----BEGIN BREAKPAD MICRODUMP-----");
static const struct str end_mark = STR_INIT("-----END BREAKPAD MICRODUMP-----");

static struct str text_of(struct slice data)
{
	return (struct str){ (const char *)data.p, data.n };
}

/* Anything may stand before the tag, and lines without it in between. */
static void read_lines(struct microdump *r, struct str text)
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
			microdump_line(r, tagged);
		inside |= str_find(tagged, begin_mark) < tagged.n;
	}
}

/* The bytes of b, in the arena. */
static struct slice keep(struct microdump *r, struct buf *b)
{
	uint8_t *bytes = arena_new(r->a, uint8_t, b->n);
	struct slice s = { bytes, b->n };

	if (b->n != 0)
		memcpy(bytes, b->p, b->n);
	buf_free(b);
	return s;
}

static void set_memory(struct microdump *r)
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
static void set_context(struct microdump *r)
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
static void set_modules(struct microdump *r)
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
	struct microdump r = {
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
