#include "sym/sym_diff.h"

#include <inttypes.h>

#include "base/js.h"
#include "base/sort.h"
#include "base/utf.h"
#include "sym/diff_side.h"

enum { OLD, NEW, SIDES };

/* A function that only one side has, or both differently. */
struct change {
	const struct diff_shape *shapes[SIDES]; /* NULL: it has none */
};

struct diff {
	struct diff_side sides[SIDES];
	struct map seed;
	struct buf order[SIDES]; /* const struct diff_shape *, by name */
	struct buf rest[SIDES];  /* those of one name that have no equal */
	struct buf changes;      /* struct change */
	void (*oom)(size_t wanted);
	FILE *out;
};

static int by_content(const struct diff_shape *x, const struct diff_shape *y)
{
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	for (unsigned i = 0; i < DIFF_PARTS; i++) {
		if (x->sums[i] != y->sums[i])
			return x->sums[i] < y->sums[i] ? -1 : 1;
	}
	return 0;
}

static int by_name(const void *a, const void *b, const void *context)
{
	const struct diff_shape *x = *(const struct diff_shape *const *)a,
				*y = *(const struct diff_shape *const *)b;
	int order = str_cmp(x->name, y->name);

	(void)context;
	return order != 0 ? order : by_content(x, y);
}

static void put_pointer(struct buf *b, const struct diff_shape *shape)
{
	buf_put(b, &shape, sizeof(shape));
}

static const struct diff_shape **pointers(const struct buf *b)
{
	return (const struct diff_shape **)(void *)b->p;
}

static size_t count(const struct buf *b)
{
	return b->n / sizeof(struct diff_shape *);
}

static void read_side(struct diff *d, unsigned which, const struct sym_input *in)
{
	struct diff_side *s = &d->sides[which];

	diff_side_read(s, in->text, in->mapped, &d->seed, d->oom);
	d->order[which].oom = d->rest[which].oom = d->oom;
	for (size_t i = 0; i < diff_count(s); i++)
		put_pointer(&d->order[which], &diff_shapes(s)[i]);
	sort_stable(d->order[which].p, count(&d->order[which]), sizeof(struct diff_shape *),
		    by_name, NULL, d->oom);
}

/* Those of one name belong together in their order. */
static void pair(struct diff *d)
{
	for (size_t i = 0; i < count(&d->rest[OLD]) || i < count(&d->rest[NEW]); i++) {
		struct change c = { 0 };

		for (unsigned side = 0; side < SIDES; side++) {
			if (i < count(&d->rest[side]))
				c.shapes[side] = pointers(&d->rest[side])[i];
		}
		buf_put(&d->changes, &c, sizeof(c));
	}
	buf_clear(&d->rest[OLD]);
	buf_clear(&d->rest[NEW]);
}

static void compare(struct diff *d)
{
	const struct diff_shape **old = pointers(&d->order[OLD]), **new = pointers(&d->order[NEW]);
	size_t i = 0, j = 0, n_old = count(&d->order[OLD]), n_new = count(&d->order[NEW]);
	struct str name = { 0 };

	while (i < n_old || j < n_new) {
		int order = i == n_old ? 1 : j == n_new ? -1 : by_name(&old[i], &new[j], NULL);
		const struct diff_shape *shape = order <= 0 ? old[i] : new[j];

		if (!str_eq(shape->name, name))
			pair(d);
		name = shape->name;
		if (order != 0)
			put_pointer(&d->rest[order < 0 ? OLD : NEW], shape);
		i += order <= 0;
		j += order >= 0;
	}
	pair(d);
}

static size_t n_changes(const struct diff *d)
{
	return d->changes.n / sizeof(struct change);
}

static const struct change *changes(const struct diff *d)
{
	return (const void *)d->changes.p;
}

/* Asks for the marks of all functions that changed. */
static void collect(struct diff *d)
{
	for (size_t i = 0; i < n_changes(d); i++) {
		const struct change *c = &changes(d)[i];

		for (unsigned side = 0; side < SIDES; side++) {
			struct diff_side *s = &d->sides[side];

			if (c->shapes[OLD] != NULL && c->shapes[NEW] != NULL)
				diff_shapes(s)[c->shapes[side] - diff_shapes(s)].wanted = true;
		}
	}
	diff_side_mark(&d->sides[OLD]);
	diff_side_mark(&d->sides[NEW]);
}

/* How many marks of a part each side has and the other one has not. */
static void count_marks(const struct diff *d, const struct change *c, enum diff_part part,
			size_t only[SIDES])
{
	const uint64_t *v[SIDES], *end[SIDES];

	for (unsigned side = 0; side < SIDES; side++) {
		const struct diff_shape *shape = c->shapes[side];

		v[side] = (const uint64_t *)(const void *)d->sides[side].marks.p + shape->first +
			  (part == DIFF_CFI ? shape->n[DIFF_LINES] : 0);
		end[side] = v[side] + shape->n[part];
		only[side] = 0;
	}
	while (v[OLD] != end[OLD] && v[NEW] != end[NEW]) {
		uint64_t x = *v[OLD], y = *v[NEW];

		only[OLD] += x < y;
		only[NEW] += x > y;
		v[OLD] += x <= y;
		v[NEW] += x >= y;
	}
	only[OLD] += (size_t)(end[OLD] - v[OLD]);
	only[NEW] += (size_t)(end[NEW] - v[NEW]);
}

/* The words of a part; the keys of what only the old and only the new side has. */
static const struct {
	const char *word, *keys[SIDES];
} parts[DIFF_PARTS] = {
	[DIFF_LINES] = { "lines", { "lines_removed", "lines_added" } },
	[DIFF_CFI] = { "cfi", { "cfi_removed", "cfi_added" } },
};

static struct str name_of(const struct change *c)
{
	return (c->shapes[OLD] != NULL ? c->shapes[OLD] : c->shapes[NEW])->name;
}

static void put_text(const struct diff *d, const struct change *c)
{
	const struct diff_shape *old = c->shapes[OLD], *new = c->shapes[NEW];
	struct buf b = { .oom = d->oom };
	size_t only[SIDES];

	buf_printf(&b, "%c ", old == NULL ? '+' : new == NULL ? '-' : '~');
	text_printable(&b, name_of(c));
	if (old != NULL && new != NULL && old->size != new->size)
		buf_printf(&b, "\tsize %" PRIx64 " %" PRIx64, old->size, new->size);
	for (unsigned i = 0; old != NULL && new != NULL &&i < DIFF_PARTS; i++) {
		count_marks(d, c, (enum diff_part)i, only);
		if (only[OLD] != 0 || only[NEW] != 0)
			buf_printf(&b, "\t%s -%zu +%zu", parts[i].word, only[OLD], only[NEW]);
	}
	buf_put_char(&b, '\n');
	fwrite(b.p, 1, b.n, d->out);
	buf_free(&b);
}

static void put_json(const struct diff *d, const struct change *c)
{
	const struct diff_shape *old = c->shapes[OLD], *new = c->shapes[NEW];
	struct js j = js_make(d->out, false);
	size_t only[SIDES];

	js_object(&j);
	js_key_text(&j, "change", old == NULL ? "added" : new == NULL ? "removed" : "changed");
	js_key_str(&j, "name", name_of(c));
	if (old != NULL)
		js_key_u64(&j, "old_size", old->size);
	if (new != NULL)
		js_key_u64(&j, "new_size", new->size);
	for (unsigned i = 0; old != NULL && new != NULL &&i < DIFF_PARTS; i++) {
		count_marks(d, c, (enum diff_part)i, only);
		for (unsigned side = 0; side < SIDES; side++)
			js_key_u64(&j, parts[i].keys[side], only[side]);
	}
	js_end(&j, '}');
	fputc('\n', d->out);
}

bool sym_diff(const struct sym_input *old, const struct sym_input *new, bool json,
	      void (*oom)(size_t wanted), FILE *out)
{
	struct diff d = { .seed.oom = oom, .changes.oom = oom, .oom = oom, .out = out };

	map_begin(&d.seed);
	read_side(&d, OLD, old);
	read_side(&d, NEW, new);
	compare(&d);
	collect(&d);

	bool differ = n_changes(&d) != 0;
	for (size_t i = 0; i < n_changes(&d); i++)
		(json ? put_json : put_text)(&d, &changes(&d)[i]);
	for (unsigned side = 0; side < SIDES; side++) {
		diff_side_free(&d.sides[side]);
		buf_free(&d.order[side]);
		buf_free(&d.rest[side]);
	}
	buf_free(&d.changes);
	map_free(&d.seed);
	return differ;
}
