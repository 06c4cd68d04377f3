#include <inttypes.h>

#include "base/limits.h"
#include "base/sort.h"
#include "bin/dw_line_impl.h"
#include "bin/src_path.h"

struct dw_lines *dw_lines_open(void (*oom)(size_t wanted))
{
	struct arena arena = { .oom = oom };
	struct dw_lines *l = arena_new(&arena, struct dw_lines, 1);
	struct buf *const bufs[] = { &l->rows, &l->sequences,        &l->numbers,
				     &l->path, &l->head.directories, &l->head.files };

	l->arena = arena;
	for (size_t i = 0; i < COUNT(bufs); i++)
		bufs[i]->oom = oom;
	return l;
}

void dw_lines_close(struct dw_lines *l)
{
	struct buf *const bufs[] = { &l->rows, &l->sequences,        &l->numbers,
				     &l->path, &l->head.directories, &l->head.files };
	struct arena arena = l->arena;

	for (size_t i = 0; i < COUNT(bufs); i++)
		buf_free(bufs[i]);
	arena_free(&arena);
}

void dw_lines_clear(struct dw_lines *l)
{
	struct buf *const bufs[] = { &l->rows, &l->sequences, &l->numbers, &l->head.directories,
				     &l->head.files };

	for (size_t i = 0; i < COUNT(bufs); i++)
		buf_clear(bufs[i]);
	l->loaded = false;
}

static int by_start(const void *a, const void *b, const void *context)
{
	const struct dw_line_sequence *left = a, *right = b;

	(void)context;
	return (left->start > right->start) - (left->start < right->start);
}

static void arrange(struct dw_lines *l)
{
	struct dw_line_sequence *v = (void *)l->sequences.p;
	size_t n = l->sequences.n / sizeof(*v);
	uint64_t reach = 0;

	sort_stable(v, n, sizeof(*v), by_start, NULL, l->arena.oom);
	for (size_t i = 0; i < n; i++) {
		if (v[i].end > reach)
			reach = v[i].end;
		v[i].reach = reach;
	}
}

/* Whether there is a right to run that much more. */
static bool may_work(struct dw_lines *l, uint64_t bytes)
{
	uint64_t most = LIMIT_DWARF_LINE_TIMES * (uint64_t)l->in.line.n + LIMIT_DWARF_LINE_LEAST;

	l->work += bytes;
	return l->work <= most;
}

void dw_lines_read(struct dw_lines *l, const struct dw_line_input *in, uint64_t offset,
		   struct diag *d)
{
	struct cursor c = cursor_make(in->line, in->file), program;
	const char *what;

	if (l->loaded && l->offset == offset && l->in.line.p == in->line.p &&
	    str_eq(l->in.directory, in->directory))
		return;
	dw_lines_clear(l);
	l->in = *in;
	l->offset = offset;
	l->loaded = true;
	c.big = in->big;
	if (!cursor_seek(&c, offset)) {
		diag_warn(d, &c, "line table 0x%" PRIx64 " lies outside .debug_line", offset);
		return;
	}
	if (!dw_line_head_read(&l->head, &l->in, &c, &program, &what)) {
		diag_warn(d, &c, "%s", what);
		return;
	}
	if (!may_work(l, cursor_left(&program))) {
		diag_warn(d, &c, "line tables are used too often: the rest is left out");
		return;
	}
	dw_line_run(l, &program);
	if (program.failed)
		diag_warn(d, &program, "line program is cut short");
	arrange(l);
}

/* Before DWARF 5, file 0 is the unit's own. */
static bool find_file(const struct dw_lines *l, uint64_t index, struct src_path *path)
{
	if (dw_line_head_file(&l->head, index, &path->directory, &path->name))
		return true;
	path->name = l->in.name;
	return l->loaded && index == 0 && l->head.version < 5 && path->name.n != 0;
}

uint32_t dw_lines_file(struct dw_lines *l, uint64_t index, struct model *m)
{
	struct src_path path = { .base = l->in.directory,
				 .windows = l->in.windows,
				 .compat = l->in.compat };
	uint32_t *numbers = (void *)l->numbers.p;
	const uint32_t none = 0;

	if (index < l->numbers.n / sizeof(none) && numbers[index] != 0)
		return numbers[index] - 1;
	if (!find_file(l, index, &path))
		return MODEL_NO_FILE;
	while (l->numbers.n / sizeof(none) <= index)
		buf_put(&l->numbers, &none, sizeof(none));
	buf_clear(&l->path);
	src_path_put(&l->path, &path);
	numbers = (void *)l->numbers.p;
	numbers[index] = model_file(m, buf_str(&l->path), false) + 1;
	return numbers[index] - 1;
}

/* How many sequences begin at or before the address. */
static size_t n_before(const struct dw_lines *l, uint64_t address)
{
	const struct dw_line_sequence *v = (const void *)l->sequences.p;
	size_t low = 0, high = l->sequences.n / sizeof(*v);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The first sequence that ends behind the address, or NULL. */
static const struct dw_line_sequence *first_behind(const struct dw_lines *l, uint64_t address)
{
	const struct dw_line_sequence *v = (const void *)l->sequences.p;
	size_t low = 0, n = l->sequences.n / sizeof(*v), high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].reach > address)
			high = middle;
		else
			low = middle + 1;
	}
	return low < n ? &v[low] : NULL;
}

/* Of several sequences that have the address, the one that begins last is the function's own:
 * others are of code that a linker threw away or folded. The peer takes the first. */
static const struct dw_line_sequence *find_sequence(const struct dw_lines *l, uint64_t address)
{
	const struct dw_line_sequence *v = (const void *)l->sequences.p;
	size_t n = l->in.compat ? 0 : n_before(l, address);

	for (size_t hops = 0; n != 0 && hops < LIMIT_DWARF_OVERLAPS; n--, hops++) {
		if (v[n - 1].end > address)
			return &v[n - 1];
		if (v[n - 1].reach <= address)
			break;
	}
	return first_behind(l, address);
}

/* Appends the rows of one sequence in [start, end). */
static void put_rows(struct dw_lines *l, const struct dw_line_sequence *s, uint64_t start,
		     uint64_t end, struct model *m, struct buf *out)
{
	const struct dw_line_row *all = (const void *)l->rows.p, *rows = all + s->row;
	size_t low = 0, high = s->n_rows;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (rows[middle].address > start)
			high = middle;
		else
			low = middle + 1;
	}
	for (size_t i = low != 0 ? low - 1 : 0; i < s->n_rows && rows[i].address < end; i++) {
		uint64_t next = i + 1 < s->n_rows ? rows[i + 1].address : s->end;
		bool clip = rows[i].address < start && !l->in.compat;
		uint64_t first = clip ? start : rows[i].address;
		struct flat_row row = { first, next - first, dw_lines_file(l, rows[i].file, m),
					rows[i].line };

		if (row.size != 0)
			buf_put(out, &row, sizeof(row));
	}
}

void dw_lines_rows(struct dw_lines *l, uint64_t start, uint64_t end, struct model *m,
		   struct buf *rows)
{
	const struct dw_line_sequence *s;

	while (start < end && (s = find_sequence(l, start)) != NULL && s->start < end) {
		put_rows(l, s, start > s->start ? start : s->start, end, m, rows);
		start = s->end;
		if (l->in.compat)
			return;
	}
}
