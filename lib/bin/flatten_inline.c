#include "base/sort.h"
#include "bin/flatten_impl.h"

/* Whether they make one record. */
static int compare_calls(const struct flat_node *left, const struct flat_node *right)
{
	if (left->origin != right->origin)
		return COMPARE(left->origin, right->origin);
	if (left->depth != right->depth)
		return COMPARE(left->depth, right->depth);
	if (left->call_line != right->call_line)
		return COMPARE(left->call_line, right->call_line);
	return COMPARE(left->call_file, right->call_file);
}

static int by_call(const void *a, const void *b, const void *context)
{
	const struct flat_node *left = a, *right = b;
	int order = compare_calls(left, right);

	(void)context;
	return order != 0 ? order : COMPARE(left->start, right->start);
}

static int by_range(const void *a, const void *b, const void *context)
{
	const struct model_inline *left = a, *right = b;
	const uint64_t first = left->ranges[0].start, second = right->ranges[0].start;

	(void)context;
	return first != second ? COMPARE(first, second) : COMPARE(left->depth, right->depth);
}

/* What is left of the nested calls. */
static void add_rest(struct flatten *f)
{
	for (size_t i = 0; i < flat_n_nodes(&f->nested); i++) {
		const struct flat_node *call = &flat_nodes(&f->nested)[i];

		if (call->start < call->end)
			buf_put(&f->parts, call, sizeof(*call));
	}
	sort_stable(f->parts.p, flat_n_nodes(&f->parts), sizeof(struct flat_node), by_call, NULL,
		    f->oom);
}

/* A range of the last record, or part of its last range: ranges that touch are one. */
static void add_range(struct flatten *f, const struct flat_node *part)
{
	struct model_inline *records = (void *)f->inlines.p;
	struct model_inline *record = &records[f->inlines.n / sizeof(*records) - 1];
	struct model_range *ranges = (void *)f->ranges.p;
	struct model_range range = { part->start, part->end - part->start };

	if (record->n_ranges != 0) {
		struct model_range *last = &ranges[f->ranges.n / sizeof(*ranges) - 1];

		if (last->start + last->size >= part->start) {
			if (part->end > last->start + last->size)
				last->size = part->end - last->start;
			return;
		}
	}
	buf_put(&f->ranges, &range, sizeof(range));
	record->n_ranges++;
}

/* One record for the parts of calls that look the same. */
void flat_add_inlines(struct flatten *f)
{
	add_rest(f);

	const struct flat_node *parts = flat_nodes(&f->parts);
	size_t n = flat_n_nodes(&f->parts);
	/* At most one range a part: nothing moves while records point there. */
	buf_reserve(&f->ranges, n * sizeof(struct model_range));
	for (size_t i = 0; i < n; i++) {
		struct model_inline record = {
			.depth = parts[i].depth,
			.call_line = parts[i].call_line,
			.call_file = parts[i].call_file,
			.origin = parts[i].origin,
			.ranges = (void *)(f->ranges.p + f->ranges.n),
		};

		if (i == 0 || compare_calls(&parts[i - 1], &parts[i]) != 0)
			buf_put(&f->inlines, &record, sizeof(record));
		add_range(f, &parts[i]);
	}
	sort_stable(f->inlines.p, f->inlines.n / sizeof(struct model_inline),
		    sizeof(struct model_inline), by_range, NULL, f->oom);
}
