#include "bin/dw_line.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/sort.h"
#include "bin/dw_line_head.h"
#include "bin/src_path.h"

/* Opcodes: DWARF 5, 7.22. */
enum {
	LNS_EXTENDED,
	LNS_COPY,
	LNS_ADVANCE_PC,
	LNS_ADVANCE_LINE,
	LNS_SET_FILE,
	LNS_SET_COLUMN,
	LNS_NEGATE_STMT,
	LNS_SET_BASIC_BLOCK,
	LNS_CONST_ADD_PC,
	LNS_FIXED_ADVANCE_PC,
	LNE_END_SEQUENCE = 1,
	LNE_SET_ADDRESS = 2,
	LNE_DEFINE_FILE = 3,
};

/* A place, from its address on to the next row's or the sequence's end. */
struct row {
	uint64_t address; /* module-relative */
	uint32_t file;    /* index in the table */
	uint32_t line;
};

struct sequence {
	uint64_t start, end; /* module-relative */
	uint64_t reach;      /* greatest end of this one and those before it */
	size_t row, n_rows;  /* at least one */
};

struct dw_lines {
	struct arena arena; /* of this */
	struct dw_line_input in;
	struct dw_line_head head;
	struct buf rows, sequences;
	struct buf numbers; /* of the files in the model, plus one; 0: not asked for yet */
	struct buf path;
	uint64_t offset; /* of the program that was read */
	bool loaded;
	uint64_t work; /* bytes of all programs that were run */
};

/* The registers that matter (DWARF 5, 6.2.2), and how far the sequence is. */
struct machine {
	uint64_t address;
	uint64_t file;
	uint32_t line;
	unsigned operation;
	bool dead;    /* a linker threw the code away: no row is kept */
	size_t first; /* row of the sequence */
};

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

static struct row *rows_of(const struct dw_lines *l)
{
	return (void *)l->rows.p;
}

static size_t n_rows(const struct dw_lines *l)
{
	return l->rows.n / sizeof(struct row);
}

static struct machine start_sequence(const struct dw_lines *l)
{
	return (struct machine){ .file = 1, .line = 1, .first = n_rows(l) };
}

/* Addresses that a linker gave to code that it threw away: 0, which the peer ignores only in its
 * own row, and the last ones (lld). */
static bool is_dead(const struct dw_lines *l, uint64_t address)
{
	unsigned bits = 8 * l->head.address_size;
	uint64_t last = bits < 64 ? ((uint64_t)1 << bits) - 1 : UINT64_MAX;

	if (address >= last - 1)
		return true;
	return !l->in.relocatable && (address < l->in.bias || (address == 0 && !l->in.compat));
}

/* A row where the machine stands. Of several at one address the last one counts; a row that lies
 * before the one before it is none. */
static void add_row(struct dw_lines *l, const struct machine *m)
{
	struct row row = { m->address - l->in.bias, (uint32_t)m->file, m->line };
	size_t n = n_rows(l);
	const struct row *last = n > m->first ? &rows_of(l)[n - 1] : NULL;

	if (m->dead || (m->address == 0 && !l->in.relocatable) || n == LIMIT_DWARF_ROWS)
		return;
	if (last != NULL && row.address < last->address)
		return;
	if (last != NULL && row.address == last->address)
		l->rows.n -= sizeof(row);
	buf_put(&l->rows, &row, sizeof(row));
}

/* The rows since m->first become a sequence, if they have bytes. */
static void end_sequence(struct dw_lines *l, const struct machine *m, bool cut)
{
	size_t n = n_rows(l) - m->first;
	const struct row *rows = rows_of(l);
	struct sequence s = { .row = m->first, .n_rows = n };

	if (n == 0)
		return;
	s.start = rows[m->first].address;
	s.end = m->address - l->in.bias;
	if (cut || s.end < rows[m->first + n - 1].address)
		s.end = rows[m->first + n - 1].address + 1;
	if (s.end > s.start)
		buf_put(&l->sequences, &s, sizeof(s));
}

/* DWARF 5, 6.2.5.1: VLIW machines count operations, all others have one an instruction. */
static void advance(const struct dw_line_head *h, struct machine *m, uint64_t operations)
{
	if (h->max_operations == 1) {
		m->address += h->min_length * operations;
		return;
	}
	operations += m->operation;
	m->address += h->min_length * (operations / h->max_operations);
	m->operation = (unsigned)(operations % h->max_operations);
}

static void special(struct dw_lines *l, struct machine *m, uint8_t opcode)
{
	const struct dw_line_head *h = &l->head;
	unsigned adjusted = opcode - h->opcode_base;

	if (h->range == 0)
		return;
	advance(h, m, adjusted / h->range);
	m->line += (uint32_t)(h->base + (int)(adjusted % h->range));
	add_row(l, m);
}

static void extended(struct dw_lines *l, struct machine *m, struct cursor *c)
{
	uint64_t length = cursor_uleb(c);
	struct cursor operand = cursor_sub(c, c->pos, length);

	cursor_skip(c, length);
	switch (cursor_u8(&operand)) {
	case LNE_END_SEQUENCE:
		end_sequence(l, m, false);
		*m = start_sequence(l);
		break;
	case LNE_SET_ADDRESS:
		m->address = cursor_uint(&operand, (unsigned)cursor_left(&operand));
		m->operation = 0;
		m->dead = is_dead(l, m->address);
		break;
	case LNE_DEFINE_FILE:
		dw_line_head_add(&l->head, cursor_cstr(&operand), &operand);
		break;
	default:
		break;
	}
}

/* An opcode that this header may not know as we do: by the number of its operands. */
static void skip_operands(const struct dw_line_head *h, struct cursor *c, uint8_t opcode)
{
	for (unsigned i = 0; i < h->lengths.p[opcode - 1]; i++)
		cursor_uleb(c);
}

static void standard(struct dw_lines *l, struct machine *m, struct cursor *c, uint8_t opcode)
{
	const struct dw_line_head *h = &l->head;

	switch (opcode) {
	case LNS_COPY:
		add_row(l, m);
		break;
	case LNS_ADVANCE_PC:
		advance(h, m, cursor_uleb(c));
		break;
	case LNS_ADVANCE_LINE:
		m->line += (uint32_t)cursor_sleb(c);
		break;
	case LNS_SET_FILE:
		m->file = cursor_uleb(c);
		break;
	case LNS_CONST_ADD_PC:
		advance(h, m, h->range == 0 ? 0 : (255u - h->opcode_base) / h->range);
		break;
	case LNS_FIXED_ADVANCE_PC:
		m->address += cursor_u16(c);
		m->operation = 0;
		break;
	default:
		skip_operands(h, c, opcode);
		break;
	}
}

static void run(struct dw_lines *l, struct cursor *c)
{
	struct machine m = start_sequence(l);

	while (cursor_left(c) != 0) {
		uint8_t opcode = cursor_u8(c);

		if (opcode >= l->head.opcode_base)
			special(l, &m, opcode);
		else if (opcode == LNS_EXTENDED)
			extended(l, &m, c);
		else
			standard(l, &m, c, opcode);
	}
	end_sequence(l, &m, true);
}

static int by_start(const void *a, const void *b, const void *context)
{
	const struct sequence *left = a, *right = b;

	(void)context;
	return (left->start > right->start) - (left->start < right->start);
}

static void arrange(struct dw_lines *l)
{
	struct sequence *v = (void *)l->sequences.p;
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
	run(l, &program);
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
	const struct sequence *v = (const void *)l->sequences.p;
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
static const struct sequence *first_behind(const struct dw_lines *l, uint64_t address)
{
	const struct sequence *v = (const void *)l->sequences.p;
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
static const struct sequence *find_sequence(const struct dw_lines *l, uint64_t address)
{
	const struct sequence *v = (const void *)l->sequences.p;
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
static void put_rows(struct dw_lines *l, const struct sequence *s, uint64_t start, uint64_t end,
		     struct model *m, struct buf *out)
{
	const struct row *rows = rows_of(l) + s->row;
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
	const struct sequence *s;

	while (start < end && (s = find_sequence(l, start)) != NULL && s->start < end) {
		put_rows(l, s, start > s->start ? start : s->start, end, m, rows);
		start = s->end;
		if (l->in.compat)
			return;
	}
}
