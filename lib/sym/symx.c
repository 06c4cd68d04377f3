#include "sym/symx_impl.h"

#include <sys/mman.h>

#include "base/limits.h"
#include "base/sort.h"

/* A fault in a mapped file may bring in a MiB (Linux, large folios on ext4): 100 look-ups in a
 * large file 100 MiB. So all pages are given back to the system after some; those in use come back
 * cheaply. Each time a few more may stay: whoever asks thousands of times is served from memory. */
enum { PIECE = 1024 * 1024, PIECES_KEPT = 24 };

static void touch(const struct symx *x, uint64_t offset)
{
	struct symx_state *s = x->state;

	if (!x->mapped || x->text.n < PIECES_KEPT * PIECE || offset / PIECE == s->piece)
		return;
	s->piece = offset / PIECE;
	if (++s->n_pieces < PIECES_KEPT + s->n_returns)
		return;
	s->n_pieces = 0;
	s->n_returns++;
	madvise((void *)(uintptr_t)x->text.p, x->text.n, MADV_DONTNEED);
}

struct str symx_text(const struct symx *x, uint64_t offset)
{
	if (offset >= x->text.n)
		return (struct str){ 0 };
	touch(x, offset);
	return str_from(x->text, (size_t)offset);
}

bool symx_charge(const struct symx *x, const char *start, const char *end, size_t n)
{
	struct symx_state *s = x->state;

	if (end - start <= LIMIT_SYM_BODY_FREE)
		return true;
	if (n > s->budget) {
		s->exhausted = true;
		return false;
	}
	s->budget -= n;
	return true;
}

bool symx_next(const struct symx *x, const char *start, struct str *rest, struct str *line)
{
	size_t n;

	do {
		size_t left = rest->n;

		if (!record_next(rest, line))
			return false;
		n = left - rest->n;
		if (!symx_charge(x, start, rest->p, n))
			return false;
	} while (x->peer != NULL && n > PEER_LINES_SHORT &&
		 peer_lines_hide(x->peer, (uint64_t)(rest->p - x->text.p) - n));
	return true;
}

/* Whether a sum of the index was wrong in what was just read. The index is then replaced, and the
 * question is to be asked again. */
static bool was_damaged(const struct symx *x)
{
	struct symx_state *s = x->state;

	if (!s->index.damaged || s->repair == NULL)
		return false;
	s->repair(s, s->context);
	symx_known_forget(&s->known);
	return !s->index.damaged;
}

/* Reads the record at an offset of the text, if it is of the kind expected. */
static bool open_at(const struct symx *x, uint64_t at, enum record_kind kind, struct record *r,
		    struct str *rest)
{
	struct str line;

	*rest = symx_text(x, at);
	return record_next(rest, &line) && record_open(r, line, true) == kind;
}

void symx_read_func(const struct symx *x, enum symx_array array, size_t entry, struct symx_func *f)
{
	uint64_t at = symx_index_at(&x->state->index, array + 1, entry);
	struct record r;

	if (array == SYMX_FUNC)
		f->found = open_at(x, at, RECORD_FUNC, &r, &f->body) && record_func(&r, &f->record);
	else
		f->found = open_at(x, at, RECORD_PUBLIC, &r, &f->body) &&
			   record_public(&r, &f->record);
}

/* What names an offset: a FUNC that covers it, else the PUBLIC below it, unless a FUNC starts
 * between them: it ends there. A FUNC that starts at the offset itself would have been found. NULL:
 * nothing. rust-minidump: sym_file/mod.rs, fill_symbol. */
static struct symx_func *find_named(const struct symx *x, struct symx_known *k, uint64_t offset,
				    bool *is_public, struct symx_func *room)
{
	struct symx_index *index = &x->state->index;
	size_t n_funcs = symx_known_upto(x, k, SYMX_FUNC, offset), n;
	struct symx_func *f;

	*is_public = false;
	if (n_funcs != 0) {
		f = symx_known_func(x, k, SYMX_FUNC, n_funcs - 1, room);
		if (f->found && offset - f->record.start < f->record.size)
			return f;
	}
	*is_public = true;
	n = symx_known_upto(x, k, SYMX_PUBLIC, offset);
	if (n == 0 || (n_funcs != 0 && symx_index_at(index, SYMX_FUNC, n_funcs - 1) >=
					       symx_index_at(index, SYMX_PUBLIC, n - 1)))
		return NULL;
	f = symx_known_func(x, k, SYMX_PUBLIC, n - 1, room);
	return f->found ? f : NULL;
}

/* The STACK WIN of a type that covers the offset. */
static bool find_win(const struct symx *x, uint64_t offset, enum sym_win_type type,
		     struct sym_win *win)
{
	enum symx_array starts = type == SYM_WIN_FRAME_DATA ? SYMX_WIN4 : SYMX_WIN0;
	struct symx_index *index = &x->state->index;
	size_t n = symx_index_upto(index, starts, offset);
	struct record_win w;
	struct record r;
	struct str rest;

	if (n == 0)
		return false;

	uint64_t start = symx_index_at(index, starts, n - 1);
	uint64_t size = symx_index_at(index, starts + 1, n - 1);
	if (offset - start >= size ||
	    !open_at(x, symx_index_at(index, starts + 2, n - 1), RECORD_WIN, &r, &rest) ||
	    !record_win(&r, &w))
		return false;
	*win = (struct sym_win){
		.start = start,
		.size = (uint32_t)size,
		.prologue_size = w.prologue_size,
		.epilogue_size = w.epilogue_size,
		.parameter_size = w.parameter_size,
		.saved_register_size = w.saved_register_size,
		.local_size = w.local_size,
		.max_stack_size = w.max_stack_size,
		.allocates_base_pointer = type == SYM_WIN_FPO && str_eq(w.program, STR("1")),
		.program = type == SYM_WIN_FRAME_DATA ? w.program : (struct str){ 0 },
	};
	return true;
}

/* STACK WIN is more reliable about the bytes that the callee pops than FUNC. */
static uint32_t parameter_size(const struct symx *x, uint64_t offset, const struct record_func *f)
{
	struct sym_win win;

	if (find_win(x, offset, SYM_WIN_FRAME_DATA, &win) || find_win(x, offset, SYM_WIN_FPO, &win))
		return win.parameter_size;
	return f->parameter_size;
}

static bool find(const struct symx *x, uint64_t offset, struct arena *a, struct sym_frame *f)
{
	struct symx_known *k = symx_known_begin(x, a->oom);
	struct symx_func room, *named;

	*f = (struct sym_frame){ 0 };
	named = find_named(x, k, offset, &f->is_public, &room);
	if (named == NULL) {
		f->is_public = false;
		return false;
	}
	f->parameter_size = named->record.parameter_size;
	if (!f->is_public) {
		f->parameter_size = parameter_size(x, offset, &named->record);
		symx_body_find(x, k, named, offset, a, f);
	}
	f->has_parameter_size = true;
	f->function = named->record.name;
	f->base = named->record.start;
	return true;
}

bool symx_find(const struct symx *x, uint64_t offset, struct arena *a, struct sym_frame *f)
{
	bool found;

	do {
		found = find(x, offset, a, f);
	} while (was_damaged(x));
	return found;
}

bool symx_has_name(const struct symx *x, uint64_t offset)
{
	struct symx_func room, *named;
	bool is_public;

	do {
		named = find_named(x, NULL, offset, &is_public, &room);
	} while (was_damaged(x));
	return named != NULL && named->record.name.n != 0;
}

/* The last INIT that begins at the offset or before it. */
static bool last_cfi(const struct symx *x, uint64_t offset, struct record_cfi *init,
		     struct str *rows)
{
	struct symx_index *index = &x->state->index;
	size_t n = symx_index_upto(index, SYMX_CFI, offset);
	struct record r;

	return n != 0 &&
	       open_at(x, symx_index_at(index, SYMX_CFI_AT, n - 1), RECORD_CFI_INIT, &r, rows) &&
	       record_cfi_init(&r, init);
}

static bool find_cfi(const struct symx *x, uint64_t offset, struct record_cfi *init,
		     struct str *rows)
{
	return last_cfi(x, offset, init, rows) && offset - init->start < init->size;
}

static int by_row(const void *a, const void *b, const void *context)
{
	const struct record_cfi *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return str_cmp(x->rules, y->rules);
}

/* The rows behind an INIT that are at or below the offset. */
static void read_rows(const struct symx *x, struct str rest, uint64_t offset, struct buf *rows)
{
	const char *start = rest.p;
	struct record_cfi row;
	struct str line;
	struct record r;

	while (rows->n < LIMIT_SYM_CFI_ROWS * sizeof(row) && symx_next(x, start, &rest, &line)) {
		enum record_kind kind = record_open(&r, line, true);

		if (kind == RECORD_CFI && record_cfi(&r, &row) && row.start <= offset)
			buf_put(rows, &row, sizeof(row));
		if (kind != RECORD_CFI && record_is_top(kind))
			break;
	}
}

bool symx_cfi(const struct symx *x, uint64_t offset, struct arena *a, struct sym_cfi *cfi)
{
	struct buf rows = { .oom = a->oom };
	struct record_cfi init;
	struct str rest;
	bool found;

	do {
		found = find_cfi(x, offset, &init, &rest);
	} while (was_damaged(x));
	if (!found)
		return false;

	read_rows(x, rest, offset, &rows);
	struct record_cfi *v = (void *)rows.p;
	size_t n = rows.n / sizeof(*v);
	sort_stable(v, n, sizeof(*v), by_row, NULL, a->oom);
	*cfi = (struct sym_cfi){
		.start = init.start,
		.size = init.size,
		.rules = arena_new(a, struct str, n + 1),
		.n_rules = n + 1,
	};
	cfi->rules[0] = init.rules;
	for (size_t i = 0; i < n; i++)
		cfi->rules[i + 1] = v[i].rules;
	buf_free(&rows);
	return true;
}

bool symx_cfi_last(const struct symx *x, uint64_t offset, uint64_t *start, uint64_t *size)
{
	struct record_cfi init;
	struct str rest;
	bool found;

	do {
		found = last_cfi(x, offset, &init, &rest);
	} while (was_damaged(x));
	if (found) {
		*start = init.start;
		*size = init.size;
	}
	return found;
}

bool symx_cfi_range(const struct symx *x, uint64_t offset, uint64_t *start, uint64_t *size)
{
	return symx_cfi_last(x, offset, start, size) && offset - *start < *size;
}

bool symx_win(const struct symx *x, uint64_t offset, enum sym_win_type type, struct arena *a,
	      struct sym_win *win)
{
	bool found;

	(void)a;
	do {
		found = find_win(x, offset, type, win);
	} while (was_damaged(x));
	return found;
}

struct str symx_url(const struct symx *x)
{
	struct str rest, url;
	struct record r;

	if (!open_at(x, x->state->index.head.url_at, RECORD_URL, &r, &rest) ||
	    !record_url(&r, &url))
		return (struct str){ 0 };
	return url;
}

uint64_t symx_skipped(const struct symx *x)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < RECORD_KINDS; i++)
		n += x->state->index.head.skipped[i];
	return n;
}

bool symx_strict(const struct symx *x)
{
	return (x->state->index.head.flags & SYMX_STRICT) != 0;
}
