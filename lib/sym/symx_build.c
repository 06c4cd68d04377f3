#include "sym/symx_build.h"

#include <sys/mman.h>

#include "base/limits.h"
#include "base/sort.h"

/* The text is read in pieces that end with a line: WINDOW bytes, or more for a long line. Pages of
 * a mapped file are given back after GIVE_BACK bytes. */
enum { WINDOW = 256 * 1024, GIVE_BACK = 4 * 1024 * 1024 };

/* A record with a range, a record with an address, a record with a number. */
struct range {
	uint64_t start, size, at;
};
struct place {
	uint64_t key, at;
};

/* What a record may belong to. */
enum body { BODY_NONE, BODY_FUNC, BODY_CFI };

struct build {
	struct str text;
	struct symx_head head;
	struct buf funcs, cfis, win4, win0; /* struct range */
	struct buf publics, files, origins; /* struct place */
	uint64_t at;                        /* offset of the line being read */
	enum body body; /* by our rules: blank lines and records of other kinds may be in it */
	enum body strict_body; /* by rust-minidump's */
	bool strict;
	bool first; /* nothing was read yet, not even a blank line */
	const struct symx_build_options *o;
};

static void add_range(struct buf *b, uint64_t start, uint64_t size, uint64_t at)
{
	struct range r = { start, size, at };

	if (record_has_end(start, size))
		buf_put(b, &r, sizeof(r));
}

static void add_place(struct buf *b, uint64_t key, uint64_t at)
{
	struct place p = { key, at };

	buf_put(b, &p, sizeof(p));
}

/*
 * STACK WIN records of PDB files overlap as a rule: each says where it starts but reaches to the
 * end of the function. So one that begins inside the one before it cuts that; any other that meets
 * it is left out, but for one of the same range. rust-minidump: sym_file/parser.rs,
 * insert_win_stack_info.
 */
static void add_win(struct buf *b, uint64_t start, uint64_t size, uint64_t at)
{
	struct range *last = b->n == 0 ? NULL : (void *)(b->p + b->n - sizeof(*last));

	if (!record_has_end(start, size))
		return;
	if (last != NULL && start <= last->start + (last->size - 1) &&
	    last->start <= start + (size - 1)) {
		if (start > last->start)
			last->size = start - last->start;
		else if (start != last->start || size != last->size)
			return;
	}
	add_range(b, start, size, at);
}

static bool take_module(struct build *b, struct record *r)
{
	struct record_module m;

	if (!b->first)
		b->strict = false;
	if (!record_module(r, &m) || b->head.module_at != SYMX_NONE)
		return false;
	b->head.module_at = b->at;
	return true;
}

static bool take_info(struct build *b, struct record *r)
{
	(void)b;
	return record_info(r);
}

static bool take_url(struct build *b, struct record *r)
{
	struct str url;

	if (record_url(r, &url))
		b->head.url_at = b->at;
	return true;
}

static bool take_file(struct build *b, struct record *r)
{
	struct record_name n;

	if (!record_name(r, &n))
		return false;
	add_place(&b->files, n.number, b->at);
	return true;
}

static bool take_origin(struct build *b, struct record *r)
{
	struct record_name n;

	/* rust-minidump looks for the blank, not a tab, when it is in a FUNC. */
	b->strict_body = b->strict_body == BODY_FUNC && !r->tabbed ? BODY_FUNC : BODY_NONE;
	if (!record_name(r, &n))
		return false;
	add_place(&b->origins, n.number, b->at);
	return true;
}

static bool take_func(struct build *b, struct record *r)
{
	struct record_func f;

	b->strict_body = BODY_FUNC;
	if (!record_func(r, &f))
		return false;
	b->body = BODY_FUNC;
	add_range(&b->funcs, f.start, f.size, b->at);
	return true;
}

static bool take_line(struct build *b, struct record *r)
{
	struct record_line l;

	if (b->strict_body != BODY_FUNC)
		b->strict = false;
	return record_line(r, &l) && b->body == BODY_FUNC;
}

static bool take_inline(struct build *b, struct record *r)
{
	struct record_inline i;

	if (b->strict_body != BODY_FUNC)
		b->strict = false;
	if (!record_inline(r, &i) || b->body != BODY_FUNC)
		return false;
	if (i.old_form)
		b->head.flags |= SYMX_OLD_INLINES;
	return true;
}

static bool take_public(struct build *b, struct record *r)
{
	struct record_func f;

	if (!record_public(r, &f))
		return false;
	add_place(&b->publics, f.start, b->at);
	return true;
}

static bool take_cfi_init(struct build *b, struct record *r)
{
	struct record_cfi c;

	b->strict_body = BODY_CFI;
	if (!record_cfi_init(r, &c))
		return false;
	b->body = BODY_CFI;
	add_range(&b->cfis, c.start, c.size, b->at);
	return true;
}

static bool take_cfi(struct build *b, struct record *r)
{
	struct record_cfi c;

	if (b->strict_body != BODY_CFI)
		b->strict = false;
	return record_cfi(r, &c) && b->body == BODY_CFI;
}

static bool take_win(struct build *b, struct record *r)
{
	struct record_win w;

	if (!record_win(r, &w))
		return false;
	if (w.type == 4 && w.has_program)
		add_win(&b->win4, w.start, w.size, b->at);
	else if (w.type == 0 && !w.has_program)
		add_win(&b->win0, w.start, w.size, b->at);
	return true;
}

/* What a kind does; whether its records may stand in a body without ending it for rust-minidump. */
static const struct {
	bool (*take)(struct build *b, struct record *r);
	bool sub_record;
} kinds[RECORD_KINDS] = {
	[RECORD_MODULE] = { take_module, false }, [RECORD_INFO] = { take_info, false },
	[RECORD_URL] = { take_url, false },       [RECORD_FILE] = { take_file, false },
	[RECORD_ORIGIN] = { take_origin, true },  [RECORD_FUNC] = { take_func, false },
	[RECORD_LINE] = { take_line, true },      [RECORD_INLINE] = { take_inline, true },
	[RECORD_PUBLIC] = { take_public, false }, [RECORD_CFI_INIT] = { take_cfi_init, false },
	[RECORD_CFI] = { take_cfi, true },        [RECORD_WIN] = { take_win, false },
};

static void skip(struct build *b, enum record_kind kind)
{
	b->strict = false;
	if (b->head.skipped_at == SYMX_NONE)
		b->head.skipped_at = b->at;
	b->head.skipped[kind]++;
}

static void take(struct build *b, struct str line, bool plain)
{
	struct record r;
	enum record_kind kind = record_open(&r, line, plain);

	if (!kinds[kind].sub_record)
		b->strict_body = BODY_NONE;
	if (record_is_top(kind) && (kind != RECORD_CFI || b->body != BODY_CFI))
		b->body = BODY_NONE;
	if (kind == RECORD_UNKNOWN || (kind != RECORD_BLANK && !kinds[kind].take(b, &r)))
		skip(b, kind);
	else if (kind != RECORD_BLANK)
		b->head.records++;
	if (!r.strict)
		b->strict = false;
	b->first = false;
}

/* Whether text has neither CR nor bytes that are not ASCII. */
static bool is_plain(struct str s)
{
	uint64_t high = 0, eight;
	size_t i = 0;

	for (; s.n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, s.p + i, sizeof(eight));
		high |= eight;
	}
	for (; i < s.n; i++)
		high |= (unsigned char)s.p[i];
	return (high & 0x8080808080808080u) == 0 && memchr(s.p, '\r', s.n) == NULL;
}

/* The lines of a FUNC and the rows of a STACK CFI INIT, as long as they have the form of nearly
 * all. */
static void take_plain(struct build *b, struct str *window, bool plain)
{
	struct record_line l;
	size_t n = 0;

	do {
		*window = str_from(*window, n);
		if (b->body == BODY_FUNC && b->strict_body == BODY_FUNC)
			n = record_plain_line(*window, &l);
		else if (b->body == BODY_CFI && b->strict_body == BODY_CFI && plain)
			n = record_plain_row(*window);
		else
			n = 0;
		if (n > SYMX_PEER_LINE)
			n = 0;
		b->head.records += n != 0;
	} while (n != 0);
}

static void take_lines(struct build *b, struct str window)
{
	bool plain = is_plain(window);
	struct str line;

	for (;;) {
		take_plain(b, &window, plain);

		const char *start = window.p;
		if (!record_next(&window, &line))
			break;
		b->at = (uint64_t)(start - b->text.p);
		if (window.p - start > SYMX_PEER_LINE) {
			b->head.flags |= SYMX_LONG_LINES;
			if (b->o->compat)
				continue;
		}
		take(b, line, plain);
	}
}

/* The next piece of the text, ending with a line. */
static struct str next_window(struct str *rest)
{
	size_t n = rest->n < WINDOW ? rest->n : WINDOW, end = n;

	while (end > 0 && rest->p[end - 1] != '\n')
		end--;
	if (end == 0)
		end = n + str_find_char(str_from(*rest, n), '\n') + 1;

	struct str window = str_first(*rest, end);
	*rest = str_from(*rest, end);
	return window;
}

/* Gives pages of the mapped text that nobody needs soon back to the system. */
static void give_back(const struct build *b, const char *from, const char *to)
{
	const uintptr_t page = 4096;
	uintptr_t start = ((uintptr_t)from + page - 1) & ~(page - 1),
		  end = (uintptr_t)to & ~(page - 1);

	if (b->o->mapped && start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

static void take_text(struct build *b)
{
	static const struct str bom = { "\xef\xbb\xbf", 3 };
	struct str rest = b->text;
	const char *kept = rest.p;

	b->strict = rest.n != 0 && rest.p[rest.n - 1] == '\n';
	if (str_starts(rest, bom)) {
		b->strict = false;
		rest = str_from(rest, bom.n);
	}
	while (rest.n != 0) {
		take_lines(b, next_window(&rest));
		if (rest.p - kept > GIVE_BACK) {
			give_back(b, kept, rest.p);
			kept = rest.p;
		}
	}
	if (b->strict)
		b->head.flags |= SYMX_STRICT;
}

static int by_range(const void *a, const void *b, const void *context)
{
	const struct range *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

/* Sorts by start, then size; what begins inside the last one kept is left out. */
static size_t keep_disjoint(struct buf *b, void (*oom)(size_t wanted))
{
	struct range *v = (void *)b->p;
	size_t n = b->n / sizeof(*v), kept = 0;

	sort_stable(v, n, sizeof(*v), by_range, NULL, oom);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || v[i].start > v[kept - 1].start + (v[kept - 1].size - 1))
			v[kept++] = v[i];
	}
	return kept;
}

static int by_key(const void *a, const void *b, const void *context)
{
	const struct place *x = a, *y = b;

	(void)context;
	return (x->key > y->key) - (x->key < y->key);
}

static struct record_func public_at(const struct build *b, uint64_t at)
{
	struct str rest = str_from(b->text, at), line;
	struct record_func f = { 0 };
	struct record r;

	if (record_next(&rest, &line) && record_open(&r, line, true) == RECORD_PUBLIC)
		record_public(&r, &f);
	return f;
}

/* PUBLICs by address, name, parameter size. */
static int by_public(const void *a, const void *b, const void *context)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;

	struct record_func f = public_at(context, x->at), g = public_at(context, y->at);
	int order = str_cmp(f.name, g.name);
	if (order != 0)
		return order;
	return (f.parameter_size > g.parameter_size) - (f.parameter_size < g.parameter_size);
}

/* Sorts, and keeps the last of those that have one key. */
static size_t keep_last(struct buf *b, sort_compare compare, const struct build *build)
{
	struct place *v = (void *)b->p;
	size_t n = b->n / sizeof(*v), kept = 0;

	sort_stable(v, n, sizeof(*v), compare, build, build->o->oom);
	for (size_t i = 0; i < n; i++) {
		if (kept != 0 && v[kept - 1].key == v[i].key)
			kept--;
		v[kept++] = v[i];
	}
	return kept;
}

/* One array of the result: member number `word` of n records of `words` 64-bit numbers. */
struct column {
	const struct buf *from;
	size_t n;
	unsigned words, word;
};

static uint64_t column_at(const struct column *c, size_t i)
{
	uint64_t v;

	memcpy(&v, c->from->p + (i * c->words + c->word) * sizeof(v), sizeof(v));
	return v;
}

static void put_array(struct buf *out, struct symx_layout *layout, enum symx_array array,
		      const struct column *c)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < c->n; i++) {
		uint64_t v = column_at(c, i);

		if (v > largest && v != SYMX_NONE)
			largest = v;
	}

	unsigned width = largest < UINT32_MAX ? 4 : 8;
	layout->offsets[array] = out->n;
	layout->n[array] = (uint32_t)c->n;
	layout->width[array] = width;
	buf_reserve(out, c->n * width);
	for (size_t i = 0; i < c->n; i++, out->n += width)
		symx_store((uint8_t *)out->p + out->n, width, column_at(c, i));
}

static void put_ranges(struct buf *out, struct symx_layout *layout, enum symx_array first,
		       struct buf *ranges, size_t n)
{
	bool with_size = first == SYMX_WIN4 || first == SYMX_WIN0;

	put_array(out, layout, first++, &(struct column){ ranges, n, 3, 0 });
	if (with_size)
		put_array(out, layout, first++, &(struct column){ ranges, n, 3, 1 });
	put_array(out, layout, first, &(struct column){ ranges, n, 3, 2 });
	buf_free(ranges);
}

/* FILEs and INLINE_ORIGINs: an array by number, or, if that would have more gaps than entries,
 * numbers and offsets. */
static void put_numbered(struct buf *out, struct symx_layout *layout, enum symx_array first,
			 struct buf *places, size_t n)
{
	const struct place *v = (const void *)places->p;
	uint64_t numbers = n == 0 ? 0 : v[n - 1].key + 1;
	struct buf dense = { 0 };

	if (numbers / 2 > n) {
		put_array(out, layout, first, &(struct column){ places, n, 2, 0 });
		put_array(out, layout, first + 1, &(struct column){ places, n, 2, 1 });
	} else {
		for (uint64_t number = 0; number < numbers; number++) {
			bool used = v->key == number;

			uint64_t at = used ? v->at : SYMX_NONE;

			buf_put(&dense, &at, sizeof(at));
			v += used;
		}
		put_array(out, layout, first, &(struct column){ &dense, 0, 1, 0 });
		put_array(out, layout, first + 1, &(struct column){ &dense, numbers, 1, 0 });
	}
	buf_free(&dense);
	buf_free(places);
}

static void put_all(struct build *b, struct buf *out)
{
	struct symx_layout layout = { 0 };
	void (*oom)(size_t wanted) = b->o->oom;

	buf_reserve(out, SYMX_HEAD);
	out->n = SYMX_HEAD;
	put_ranges(out, &layout, SYMX_FUNC, &b->funcs, keep_disjoint(&b->funcs, oom));

	size_t n_publics = keep_last(&b->publics, by_public, b);
	put_array(out, &layout, SYMX_PUBLIC, &(struct column){ &b->publics, n_publics, 2, 0 });
	put_array(out, &layout, SYMX_PUBLIC_AT, &(struct column){ &b->publics, n_publics, 2, 1 });
	buf_free(&b->publics);

	put_ranges(out, &layout, SYMX_CFI, &b->cfis, keep_disjoint(&b->cfis, oom));
	put_ranges(out, &layout, SYMX_WIN4, &b->win4, keep_disjoint(&b->win4, oom));
	put_ranges(out, &layout, SYMX_WIN0, &b->win0, keep_disjoint(&b->win0, oom));
	put_numbered(out, &layout, SYMX_FILE, &b->files, keep_last(&b->files, by_key, b));
	put_numbered(out, &layout, SYMX_ORIGIN, &b->origins, keep_last(&b->origins, by_key, b));
	symx_index_seal(out, &b->head, &layout);
}

bool symx_build(struct str text, const struct symx_build_options *o, struct buf *out,
		struct error *err)
{
	struct build b = {
		.text = text,
		.head = { .source = o->source,
			  .text_size = text.n,
			  .module_at = SYMX_NONE,
			  .url_at = SYMX_NONE,
			  .skipped_at = SYMX_NONE },
		.first = true,
		.o = o,
	};
	struct buf *const tables[] = { &b.funcs,   &b.cfis,  &b.win4,   &b.win0,
				       &b.publics, &b.files, &b.origins };

	for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		tables[i]->oom = o->oom;
	take_text(&b);
	if (b.head.records > UINT32_MAX) {
		for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
			buf_free(tables[i]);
		return error_set(err, ERROR_LIMIT, "more than 2^32 records");
	}
	put_all(&b, out);
	return true;
}
