#include "sym/check_impl.h"

void check_begin(struct check *c, enum check_body body, uint64_t start, uint64_t size)
{
	c->body = body;
	c->interrupted = 0;
	c->has_lines = false;
	c->start = c->line_start = c->row = start;
	c->last = record_has_end(start, size) ? start + (size - 1) : start;
	c->line_next = 0;
	c->depth = 0;
}

bool check_inside(struct check *c, enum check_body body, enum check_kind alone)
{
	if (c->body != body) {
		if (c->body != BODY_LOST)
			check_say(c, alone);
		return false;
	}
	if (c->interrupted != 0)
		check_say_at(c, CHECK_BLANK_BODY, c->interrupted);
	c->interrupted = 0;
	return true;
}

bool check_take_func(struct check *c, struct record *r)
{
	struct record_func f;

	c->body = BODY_LOST;
	if (!record_func(r, &f))
		return false;
	check_begin(c, BODY_FUNC, f.start, f.size);
	if (c->section > SECTION_BODY)
		check_say(c, CHECK_ORDER);
	check_size(c, f.size);
	if (record_has_end(f.start, f.size))
		check_spans_add(&c->funcs, f.start, f.size, c->line);
	else
		check_say(c, f.size == 0 ? CHECK_FUNC_EMPTY : CHECK_WRAP);
	check_need_name(c, f.name);
	return true;
}

void check_line(struct check *c, const struct record_line *l)
{
	numbers_ask(&c->files, l->file, c->line);
	if (l->size == 0) {
		check_say(c, CHECK_LINE_EMPTY);
		return;
	}
	check_size(c, l->size);
	if (!record_has_end(l->start, l->size)) {
		check_say(c, CHECK_WRAP);
		return;
	}
	if (l->start < c->start)
		check_say(c, CHECK_LINE_BEFORE);
	else if (l->start > c->last)
		check_say(c, CHECK_LINE_BEHIND);
	if (l->start < c->line_start && c->line_next != 0)
		check_say(c, CHECK_LINE_ORDER);
	else if (l->start < c->line_next)
		check_say(c, CHECK_LINE_OVERLAP);
	c->line_start = l->start;
	if (l->start + (l->size - 1) == UINT64_MAX)
		c->line_next = UINT64_MAX;
	else if (l->start + l->size > c->line_next)
		c->line_next = l->start + l->size;
}

bool check_take_line(struct check *c, struct record *r)
{
	struct record_line l;

	if (!record_line(r, &l))
		return false;
	if (check_inside(c, BODY_FUNC, CHECK_LINE_ALONE))
		check_line(c, &l);
	c->has_lines = true;
	return true;
}

static void check_ranges(struct check *c, struct record_inline *i)
{
	uint64_t start, size;
	bool outside = false, empty = false, wide = false;

	while (i->ranges.p != i->ranges.end && record_range(&i->ranges, &start, &size)) {
		outside |= size != 0 && (start < c->start || start > c->last);
		empty |= size == 0;
		wide |= size > UINT32_MAX;
	}
	if (outside)
		check_say(c, CHECK_INLINE_OUTSIDE);
	if (empty)
		check_say(c, CHECK_INLINE_EMPTY);
	if (wide)
		check_say(c, CHECK_SIZE64);
}

void check_inline(struct check *c, const struct record_inline *i)
{
	if (i->has_file && !numbers_has(&c->files, i->call_file))
		numbers_ask(&c->files, i->call_file, c->line);
	if (!numbers_has(&c->origins, i->origin))
		numbers_ask(&c->origins, i->origin, c->line);
	if (i->depth > c->depth)
		check_say(c, CHECK_INLINE_GAP);
	else if (i->depth == c->depth && i->depth != UINT32_MAX)
		c->depth++;
	if (c->has_lines)
		check_say(c, CHECK_INLINE_ORDER);
}

bool check_take_inline(struct check *c, struct record *r)
{
	struct record_inline i;

	if (!record_inline(r, &i))
		return false;
	if (!check_inside(c, BODY_FUNC, CHECK_INLINE_ALONE))
		return true;
	if (i.old_form)
		check_say(c, CHECK_INLINE_OLD);
	else if (!i.has_file)
		check_say(c, CHECK_INLINE_NO_FILE);
	check_inline(c, &i);
	check_ranges(c, &i);
	return true;
}
