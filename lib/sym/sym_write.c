#include "sym/sym_write.h"

#include "base/jobs.h"
#include "base/utf.h"

/* A piece of the text is about as long as what a pipe or a disk takes well at a time; with several
 * processes, each has a few dozen. */
enum {
	FLUSH_BYTES = 256 * 1024,
	PIECES_EACH = 16,
	LEAST_PIECE = 512, /* records: less is not worth a job */
};

#define NO_NUMBER UINT32_MAX

/* Numbers in the text of what has numbers in the model, and back. */
struct numbering {
	uint32_t *of;    /* by the model's number; NO_NUMBER until it is used */
	uint32_t *order; /* the model's numbers in the order of the text */
	uint32_t n;
};

enum section { FILES, ORIGINS, RECORDS, STACK, N_SECTIONS };

struct piece {
	enum section section;
	size_t first, n;
};

struct writer {
	const struct sym_write *w;
	struct arena arena;
	struct numbering files, origins;
	uint32_t unknown_file; /* the model's number of the file that has none */
	struct piece *pieces;
	size_t n_pieces;
	struct buf out;
	struct model_reader reader;
};

static struct numbering numbering_make(size_t n, struct arena *a)
{
	struct numbering numbers = { arena_new(a, uint32_t, n), arena_new(a, uint32_t, n), 0 };

	if (n != 0)
		memset(numbers.of, 0xff, n * sizeof(*numbers.of));
	return numbers;
}

static void number(struct numbering *numbers, uint32_t i)
{
	if (numbers->of[i] != NO_NUMBER)
		return;
	numbers->of[i] = numbers->n;
	numbers->order[numbers->n++] = i;
}

static uint32_t file_of(const struct writer *w, uint32_t file)
{
	return file == MODEL_NO_FILE ? w->unknown_file : file;
}

/* What is asked for of a record. */
static void read_record(struct writer *w, size_t i, struct model_record *r)
{
	model_read(w->w->model, i, &w->reader, r);
	if (w->w->no_lines)
		r->func.n_lines = r->func.n_inlines = 0;
}

static void number_all(struct writer *w)
{
	const struct model *m = w->w->model;
	struct model_record r;

	w->unknown_file = (uint32_t)model_n_files(m);
	w->files = numbering_make(model_n_files(m) + 1, &w->arena);
	w->origins = numbering_make(model_n_names(m), &w->arena);
	for (size_t i = 0; i < model_n_records(m); i++) {
		read_record(w, i, &r);
		for (size_t k = 0; k < r.func.n_inlines; k++) {
			number(&w->files, file_of(w, r.func.inlines[k].call_file));
			number(&w->origins, r.func.inlines[k].origin);
		}
		for (size_t k = 0; k < r.func.n_lines; k++)
			number(&w->files, file_of(w, r.func.lines[k].file));
	}
}

static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	}
	return s.n == 0 || s.p[0] != ' ';
}

/* A text without control bytes and leading blanks; what is no UTF-8 is taken for Latin-1, byte by
 * byte. */
static void put_text(struct buf *out, struct str s)
{
	size_t start = out->n;
	bool utf8;

	if (is_plain(s)) {
		buf_put_str(out, s);
		return;
	}
	utf8 = utf8_valid(s);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c == 0x7f || (c == ' ' && out->n == start))
			continue;
		if (c < 0x80 || utf8)
			buf_put_char(out, s.p[i]);
		else
			utf8_put(out, c);
	}
}

static void put_file(struct writer *w, uint32_t i, struct buf *out)
{
	uint32_t file = w->files.order[i];
	struct str path = file == w->unknown_file ? STR("<unknown>")
						  : model_file_path(w->w->model, file);

	buf_put_str(out, STR("FILE "));
	buf_put_decimal(out, i);
	buf_put_char(out, ' ');
	if (w->w->map_path != NULL && file != w->unknown_file)
		path = w->w->map_path(w->w->map_context, path);
	size_t start = out->n;
	put_text(out, path);
	if (out->n == start)
		buf_put_str(out, STR("<unknown>"));
	buf_put_char(out, '\n');
}

static void put_name(const struct writer *w, uint32_t name, struct buf *out)
{
	demangle(out, model_name_text(w->w->model, name), w->w->style);
	buf_put_char(out, '\n');
}

static void put_origin(const struct writer *w, uint32_t i, struct buf *out)
{
	buf_put_str(out, STR("INLINE_ORIGIN "));
	buf_put_decimal(out, i);
	buf_put_char(out, ' ');
	put_name(w, w->origins.order[i], out);
}

static void put_inline(const struct writer *w, const struct model_inline *in, struct buf *out)
{
	buf_put_str(out, STR("INLINE "));
	buf_put_decimal(out, in->depth);
	buf_put_char(out, ' ');
	buf_put_decimal(out, in->call_line);
	buf_put_char(out, ' ');
	buf_put_decimal(out, w->files.of[file_of(w, in->call_file)]);
	buf_put_char(out, ' ');
	buf_put_decimal(out, w->origins.of[in->origin]);
	for (size_t i = 0; i < in->n_ranges; i++) {
		buf_put_char(out, ' ');
		buf_put_hex(out, in->ranges[i].start);
		buf_put_char(out, ' ');
		buf_put_hex(out, in->ranges[i].size);
	}
	buf_put_char(out, '\n');
}

static void put_line(const struct writer *w, const struct model_line *l, struct buf *out)
{
	buf_put_hex(out, l->start);
	buf_put_char(out, ' ');
	buf_put_hex(out, l->size);
	buf_put_char(out, ' ');
	buf_put_decimal(out, l->line);
	buf_put_char(out, ' ');
	buf_put_decimal(out, w->files.of[file_of(w, l->file)]);
	buf_put_char(out, '\n');
}

static void put_func(const struct writer *w, const struct model_func *f, struct buf *out)
{
	buf_put_str(out, f->multiple ? STR("FUNC m ") : STR("FUNC "));
	buf_put_hex(out, f->start);
	buf_put_char(out, ' ');
	buf_put_hex(out, f->size);
	buf_put_char(out, ' ');
	buf_put_hex(out, f->parameter_size);
	buf_put_char(out, ' ');
	put_name(w, f->name, out);
	for (size_t i = 0; i < f->n_inlines; i++)
		put_inline(w, &f->inlines[i], out);
	for (size_t i = 0; i < f->n_lines; i++)
		put_line(w, &f->lines[i], out);
}

static void put_record(struct writer *w, size_t i, struct buf *out)
{
	struct model_record r;

	read_record(w, i, &r);
	if (!r.is_public) {
		put_func(w, &r.func, out);
		return;
	}
	buf_put_str(out, r.multiple ? STR("PUBLIC m ") : STR("PUBLIC "));
	buf_put_hex(out, r.public.address);
	buf_put_char(out, ' ');
	buf_put_hex(out, r.public.parameter_size);
	buf_put_char(out, ' ');
	put_name(w, r.public.name, out);
}

static void put_item(struct writer *w, enum section section, size_t i, struct buf *out)
{
	if (section == FILES)
		put_file(w, (uint32_t)i, out);
	else if (section == ORIGINS)
		put_origin(w, (uint32_t)i, out);
	else if (section == RECORDS)
		put_record(w, i, out);
	else
		w->w->stack.write(w->w->stack.context, i, out);
}

static void flush(struct buf *b, FILE *out)
{
	fwrite(b->p, 1, b->n, out);
	buf_clear(b);
}

static int write_piece(size_t index, FILE *out, struct diag *d, void *context)
{
	struct writer *w = context;
	const struct piece *p = &w->pieces[index];

	(void)d;
	for (size_t i = p->first; i < p->first + p->n; i++) {
		put_item(w, p->section, i, &w->out);
		if (w->out.n >= FLUSH_BYTES)
			flush(&w->out, out);
	}
	if (w->out.n != 0)
		flush(&w->out, out);
	return EXIT_DONE;
}

static const char *piece_name(size_t index, void *context)
{
	(void)index;
	(void)context;
	return "a piece of the output";
}

/* Paths are mapped in one process, which remembers what it said of the folders before. */
static void cut_pieces(struct writer *w)
{
	const size_t sizes[N_SECTIONS] = {
		[FILES] = w->files.n,
		[ORIGINS] = w->origins.n,
		[RECORDS] = model_n_records(w->w->model),
		[STACK] = w->w->stack.n,
	};
	size_t parts = w->w->jobs == 1 ? 1 : (size_t)w->w->jobs * PIECES_EACH;

	w->pieces = arena_new(&w->arena, struct piece, N_SECTIONS * (parts + 1));
	for (enum section s = FILES; s < N_SECTIONS; s++) {
		size_t step = s == FILES ? sizes[s] : sizes[s] / parts + 1;

		step = step < LEAST_PIECE ? LEAST_PIECE : step;
		for (size_t first = 0; first < sizes[s]; first += step) {
			size_t left = sizes[s] - first;
			struct piece p = { s, first, left < step ? left : step };

			w->pieces[w->n_pieces++] = p;
		}
	}
}

static void put_head(const struct sym_head *m, struct buf *out)
{
	const struct str fields[] = { m->os, m->cpu, m->id, m->name };

	buf_put_str(out, STR("MODULE"));
	for (size_t i = 0; i < COUNT(fields); i++) {
		buf_put_char(out, ' ');
		put_text(out, fields[i]);
	}
	buf_put_char(out, '\n');
	if (m->code_id.n != 0)
		buf_printf(out, "INFO CODE_ID %.*s\n", STR_ARGS(m->code_id));
	for (size_t i = 0; i < m->n_info; i++) {
		buf_put_str(out, STR("INFO "));
		put_text(out, str_of(m->info[i]));
		buf_put_char(out, '\n');
	}
	if (m->generator != NULL)
		buf_printf(out, "INFO GENERATOR %s\n", m->generator);
}

int sym_write(const struct sym_write *request, FILE *out, struct diag *d)
{
	struct writer w = {
		.w = request,
		.arena.oom = request->oom,
		.out.oom = request->oom,
		.reader.oom = request->oom,
	};
	int code;

	number_all(&w);
	cut_pieces(&w);
	put_head(request->head, &w.out);
	flush(&w.out, out);
	code = jobs_run(w.n_pieces, request->jobs, write_piece, piece_name, &w, out, d);
	buf_free(&w.out);
	model_reader_free(&w.reader);
	arena_free(&w.arena);
	return code;
}
