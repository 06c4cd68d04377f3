#include "base/limits.h"
#include "bin/dw_line_impl.h"

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

/* The registers that matter (DWARF 5, 6.2.2), and how far the sequence is. */
struct machine {
	uint64_t address;
	uint64_t file;
	uint32_t line;
	unsigned operation;
	bool dead;    /* a linker threw the code away: no row is kept */
	size_t first; /* row of the sequence */
};

static struct dw_line_row *rows_of(const struct dw_lines *l)
{
	return (void *)l->rows.p;
}

static size_t n_rows(const struct dw_lines *l)
{
	return l->rows.n / sizeof(struct dw_line_row);
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
	struct dw_line_row row = { m->address - l->in.bias, (uint32_t)m->file, m->line };
	size_t n = n_rows(l);
	const struct dw_line_row *last = n > m->first ? &rows_of(l)[n - 1] : NULL;

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
	const struct dw_line_row *rows = rows_of(l);
	struct dw_line_sequence s = { .row = m->first, .n_rows = n };

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

void dw_line_run(struct dw_lines *l, struct cursor *c)
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
