#include "bin/dw_feed.h"

#include "base/limits.h"
#include "bin/dw_name.h"
#include "bin/dw_outline.h"
#include "bin/dw_range.h"

/* A function or an inlined call that is open. */
struct dw_frame {
	uint32_t level; /* entries around what it holds */
	uint32_t depth; /* inlined calls around what it holds */
	bool function;
	bool dead; /* without code: what is inlined in it counts for nothing */
	enum sym_language language;
	uint32_t name;
	size_t first_range, first_call; /* of a function, in ranges and calls */
};

void dw_feed_open(struct dw_feed *f, struct dw *dw)
{
	struct buf *const bufs[] = { &f->frames, &f->ranges, &f->spans,
				     &f->calls,  &f->some,   &f->rows };

	*f = (struct dw_feed){ .dw = dw, .lines = dw_lines_open(dw->arena->oom) };
	for (size_t i = 0; i < COUNT(bufs); i++)
		bufs[i]->oom = dw->arena->oom;
	flatten_init(&f->flatten, dw->arena->oom);
}

void dw_feed_close(struct dw_feed *f)
{
	struct buf *const bufs[] = { &f->frames, &f->ranges, &f->spans,
				     &f->calls,  &f->some,   &f->rows };

	for (size_t i = 0; i < COUNT(bufs); i++)
		buf_free(bufs[i]);
	flatten_free(&f->flatten);
	dw_lines_close(f->lines);
}

void dw_feed_unit(struct dw_feed *f, const struct dw_unit *u)
{
	f->unit = u;
	f->lines_ready = false;
}

struct dw_lines *dw_feed_lines(struct dw_feed *f)
{
	const struct dw_unit *u = f->unit->skeleton != NULL ? f->unit->skeleton : f->unit;
	const struct dw_sections *s = &u->part->s;
	const struct dw_input *in = &f->dw->in;

	if (f->lines_ready)
		return f->lines;
	f->lines_ready = true;
	if ((u->has & DW_HAS(DW_SLOT_STMT_LIST)) == 0) {
		dw_lines_clear(f->lines);
		return f->lines;
	}

	struct dw_line_input line = {
		.file = s->file,
		.big = s->big,
		.relocatable = in->relocatable,
		.compat = in->compat,
		.address_size = u->encoding.address_size,
		.line = s->line,
		.str = s->str,
		.line_str = s->line_str,
		.str_sup = f->dw->supplement.s.str,
		/* The peer joins an unknown folder, too. */
		.directory = u->directory.n == 0 && in->compat ? STR("/") : u->directory,
		.name = u->name,
		.bias = in->bias,
	};
	dw_lines_read(f->lines, &line, u->lines, f->dw->diag);
	return f->lines;
}

bool dw_feed_is_dead(const struct dw *dw, const struct dw_unit *u)
{
	if (dw->in.relocatable || u->low_pc != 0 || (u->has & DW_HAS(DW_SLOT_RANGES)) != 0)
		return false;
	return dw->in.compat || (u->has & DW_HAS(DW_SLOT_LOW_PC)) != 0;
}

static struct dw_frame *top(const struct dw_feed *f)
{
	struct dw_frame *frames = (void *)f->frames.p;
	size_t n = f->frames.n / sizeof(*frames);

	return n == 0 ? NULL : &frames[n - 1];
}

static size_t n_calls(const struct dw_feed *f)
{
	return f->calls.n / sizeof(struct flat_call);
}

static size_t n_ranges(const struct dw_feed *f)
{
	return f->ranges.n / sizeof(struct model_range);
}

/* The calls that a part of a function has: the peer's are those that begin there. */
static void choose_calls(struct dw_feed *f, const struct flat_call *calls, size_t n,
			 struct model_range part)
{
	buf_clear(&f->some);
	for (size_t i = 0; i < n; i++) {
		uint64_t at = calls[i].start - part.start;
		bool begins = calls[i].start >= part.start && at < part.size;
		bool reaches = calls[i].start < part.start &&
			       part.start - calls[i].start < calls[i].size;

		if (begins || (reaches && !f->dw->in.compat))
			buf_put(&f->some, &calls[i], sizeof(calls[i]));
	}
}

static void part_add(struct dw_feed *f, const struct dw_frame *frame, struct model_range part)
{
	const struct flat_call *calls = (void *)f->calls.p;
	struct flatten_options o = { f->dw->in.inlines, f->dw->in.compat };
	struct model_func func = { .start = part.start, .size = part.size, .name = frame->name };
	size_t n = n_calls(f) - frame->first_call;

	buf_clear(&f->rows);
	dw_lines_rows(dw_feed_lines(f), part.start, part.start + part.size, f->m, &f->rows);
	if (!dw_work(f->dw, f->rows.n / sizeof(struct flat_row) + n))
		return;
	buf_clear(&f->some);
	if (n != 0)
		choose_calls(f, calls + frame->first_call, n, part);
	flatten_func(&f->flatten, &o, (const void *)f->rows.p, f->rows.n / sizeof(struct flat_row),
		     (const void *)f->some.p, f->some.n / sizeof(struct flat_call), &func);
	model_func(f->m, &func);
}

/* All of a function was seen. */
static void function_end(struct dw_feed *f, const struct dw_frame *frame)
{
	const struct model_range *ranges = (void *)f->ranges.p;

	for (size_t i = frame->first_range; i < n_ranges(f); i++)
		part_add(f, frame, ranges[i]);
	f->ranges.n = frame->first_range * sizeof(*ranges);
	f->calls.n = frame->first_call * sizeof(struct flat_call);
}

static bool is_wanted(const struct dw_feed *f, struct model_range r)
{
	const struct dw_input *in = &f->dw->in;

	if (in->compat && r.start == 0)
		return false;
	if (!in->compat && !in->relocatable && in->is_code != NULL &&
	    !in->is_code(in->code_context, r.start + in->bias))
		return false;
	return !model_has_func(f->m, r.start, r.size);
}

/* Where the function is, to ranges: what no unit before has brought. Returns the lowest start. */
static uint64_t function_ranges(struct dw_feed *f, const struct dw_die *d)
{
	uint64_t lowest = UINT64_MAX;

	buf_clear(&f->spans);
	dw_ranges(f->dw, d, &f->spans);

	const struct model_range *spans = (void *)f->spans.p;
	for (size_t i = 0; i < f->spans.n / sizeof(*spans); i++) {
		if (!is_wanted(f, spans[i]))
			continue;
		buf_put(&f->ranges, &spans[i], sizeof(spans[i]));
		lowest = spans[i].start < lowest ? spans[i].start : lowest;
	}
	return lowest;
}

static uint32_t function_name(struct dw_feed *f, const struct dw_die *d, uint64_t start,
			      enum sym_language language)
{
	const struct symbol *s = f->unit->dart || f->dw->in.symbols == NULL
					 ? NULL
					 : symtab_at(f->dw->in.symbols, start);

	if (s != NULL && s->name.n != 0)
		return model_name(f->m, (struct sym_name){ s->name, language, false }, true);
	return dw_name(f->dw, d, &language, f->m);
}

/* Whether what is inside the next frame is looked at. */
static bool has_room(struct dw_feed *f)
{
	struct dw *dw = f->dw;
	struct cursor at = cursor_make(dw->in.main.info, dw->in.main.file);

	if (f->frames.n / sizeof(struct dw_frame) < LIMIT_DWARF_DEPTH)
		return true;
	if (!dw->too_deep)
		diag_warn(dw->diag, &at,
			  "functions and calls nest too deep: the innermost are left out");
	dw->too_deep = true;
	return false;
}

static void function_begin(struct dw_feed *f, const struct dw_die *d, uint32_t level)
{
	struct dw_frame frame = {
		.level = level,
		.function = true,
		.language = f->unit->language,
		.first_range = n_ranges(f),
		.first_call = n_calls(f),
	};
	uint64_t start = function_ranges(f, d);

	frame.dead = n_ranges(f) == frame.first_range;
	if (!frame.dead) {
		frame.language = dw_name_language(f->dw, d, frame.language);
		frame.name = function_name(f, d, start, frame.language);
	}
	if (d->abbrev->children && has_room(f))
		buf_put(&f->frames, &frame, sizeof(frame));
	else if (!frame.dead)
		function_end(f, &frame);
}

static uint32_t call_file(struct dw_feed *f, const struct dw_die *d)
{
	uint32_t file = MODEL_NO_FILE;

	if (dw_die_has(d, DW_SLOT_CALL_FILE))
		file = dw_lines_file(dw_feed_lines(f), d->value[DW_SLOT_CALL_FILE], f->m);
	/* The peer joins the folder and no name. */
	if (file == MODEL_NO_FILE && f->dw->in.compat && f->unit->directory.n != 0)
		file = model_file(f->m, f->unit->directory, true);
	return file;
}

/* Where a call was inlined, to calls; false when it is nowhere. */
static bool call_add(struct dw_feed *f, const struct dw_die *d, struct dw_frame *frame)
{
	const struct model_range *spans;
	struct flat_call call = { .depth = frame->depth };

	buf_clear(&f->spans);
	dw_ranges(f->dw, d, &f->spans);
	if (f->spans.n == 0)
		return false;
	call.call_file = call_file(f, d);
	if (dw_die_has(d, DW_SLOT_CALL_LINE))
		call.call_line = (uint32_t)d->value[DW_SLOT_CALL_LINE];
	if (f->dw->in.inlines)
		call.origin = dw_name(f->dw, d, &frame->language, f->m);
	spans = (const void *)f->spans.p;
	for (size_t i = 0; i < f->spans.n / sizeof(*spans); i++) {
		call.start = spans[i].start;
		call.size = spans[i].size;
		buf_put(&f->calls, &call, sizeof(call));
	}
	return true;
}

/* outer is the call around it, or the function, and has code. */
static void call_begin(struct dw_feed *f, const struct dw_die *d, uint32_t level,
		       const struct dw_frame *outer)
{
	struct dw_frame frame = {
		.level = level,
		.depth = outer->depth,
		.language = outer->language,
	};

	frame.dead = !call_add(f, d, &frame);
	frame.depth++;
	if (d->abbrev->children && has_room(f))
		buf_put(&f->frames, &frame, sizeof(frame));
}

/* Ends the innermost one if depth is not inside it. */
static bool frame_end(struct dw_feed *f, uint32_t depth)
{
	const struct dw_frame *last = top(f);

	if (last == NULL || depth >= last->level)
		return false;

	struct dw_frame frame = *last;
	f->frames.n -= sizeof(frame);
	if (frame.function)
		function_end(f, &frame);
	return true;
}

static void spot_feed(struct dw_feed *f, const struct dw_spot *spot)
{
	const struct dw_frame *outer;
	struct dw_die d;

	while (frame_end(f, spot->least))
		;
	outer = top(f);
	/* What is inlined where there is no code counts for nothing. */
	if (!spot->function && (outer == NULL || outer->dead))
		return;
	if (!dw_die_at(&d, f->unit, spot->offset))
		return;
	if (spot->function)
		function_begin(f, &d, spot->depth + 1);
	else
		call_begin(f, &d, spot->depth + 1, outer);
}

void dw_feed_entries(struct dw_feed *f)
{
	struct dw_outline *o = f->dw->outline;
	const struct dw_spot *spots;

	buf_clear(&f->frames);
	buf_clear(&f->ranges);
	buf_clear(&f->calls);
	dw_outline_read(o, f->unit);
	spots = (const void *)o->spots.p;
	for (size_t i = 0; i < o->spots.n / sizeof(*spots) && !f->dw->overworked; i++)
		spot_feed(f, &spots[i]);
	if (o->stop.failed)
		diag_warn(f->dw->diag, &o->stop,
			  "an entry is damaged: the rest of its unit is lost");
	while (frame_end(f, 0))
		;
}
