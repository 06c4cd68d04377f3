/*
 * sym_naive FILE.sym...: compares the answers of the index with those of a reader that keeps every
 * record and searches from the first to the last, at each end of each range in the file and beside
 * it. Prints the files' count of addresses; exit status 1 with the first address that differs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../lib/symx_text.h"
#include "base/file.h"
#include "base/sort.h"

/* Any record with a range: what the numbers are differs by kind. */
struct row {
	uint64_t start, size, a, b, c, d;
	size_t place, parent; /* in the file; the FUNC or INIT above */
	struct str text;
};

struct naive {
	struct buf funcs, lines, inlines, publics, cfis, rows, files, origins, win4, win0;
	struct buf addresses;
};

static size_t count(const struct buf *b)
{
	return b->n / sizeof(struct row);
}

static struct row *rows_of(const struct buf *b)
{
	return (void *)b->p;
}

static uint64_t number(struct str *rest, bool hexadecimal)
{
	struct str word = { 0 };
	uint64_t v = 0;

	str_next_word(rest, &word);
	if (hexadecimal)
		str_hex_to_u64(word, &v);
	else
		str_to_u64(word, &v);
	return v;
}

/* What stands behind the fields read and one run of blanks. */
static struct str tail(struct str rest)
{
	while (rest.n > 0 && (rest.p[0] == ' ' || rest.p[0] == '\t'))
		rest = str_from(rest, 1);
	return rest;
}

static bool starts(struct str *rest, const char *word)
{
	if (!str_starts(*rest, str_of(word)))
		return false;
	*rest = str_from(*rest, strlen(word));
	return true;
}

static void put(struct buf *b, struct row r)
{
	buf_put(b, &r, sizeof(r));
}

static void put_ends(struct naive *n, uint64_t start, uint64_t size)
{
	const uint64_t ends[] = { start - 1, start, start + size - 1, start + size };

	buf_put(&n->addresses, ends, sizeof(ends));
}

static void read_inline(struct naive *n, struct str rest)
{
	struct row r = { .parent = count(&n->funcs) - 1 };

	r.a = number(&rest, false);
	r.c = number(&rest, false);
	r.b = number(&rest, false);
	r.d = number(&rest, false);
	while (tail(rest).n != 0) {
		r.start = number(&rest, true);
		r.size = number(&rest, true);
		put_ends(n, r.start, r.size);
		put(&n->inlines, r);
	}
}

static void read_win(struct naive *n, struct str rest)
{
	uint64_t type = number(&rest, true);
	struct row r = { .start = number(&rest, true) };
	struct buf *to = type == 4 ? &n->win4 : &n->win0;

	r.size = number(&rest, true);
	for (unsigned i = 0; i < 6; i++) {
		uint64_t v = number(&rest, true);

		if (i == 2)
			r.a = v;
	}
	if (number(&rest, true) != (type == 4) || (type != 0 && type != 4) || r.size == 0)
		return;
	put_ends(n, r.start, r.size);

	struct row *last = to->n == 0 ? NULL : rows_of(to) + count(to) - 1;
	if (last != NULL && r.start < last->start + last->size && last->start < r.start + r.size) {
		if (r.start > last->start)
			last->size = r.start - last->start;
		else if (r.start != last->start || r.size != last->size)
			return;
	}
	put(to, r);
}

static void skip_m(struct str *rest)
{
	starts(rest, "m ");
}

static void read_one(struct naive *n, struct str line)
{
	struct row r = { 0 };

	if (starts(&line, "FUNC ")) {
		skip_m(&line);
		r.start = number(&line, true);
		r.size = number(&line, true);
		r.a = number(&line, true);
		r.place = count(&n->funcs);
		r.text = tail(line);
		put_ends(n, r.start, r.size);
		put(&n->funcs, r);
	} else if (starts(&line, "FILE ") || starts(&line, "INLINE_ORIGIN ")) {
		struct buf *to = line.p[-2] == 'E' ? &n->files : &n->origins;

		r.a = number(&line, false);
		r.text = tail(line);
		put(to, r);
	} else if (starts(&line, "INLINE ")) {
		read_inline(n, line);
	} else if (starts(&line, "PUBLIC ")) {
		skip_m(&line);
		r.start = number(&line, true);
		r.a = number(&line, true);
		r.text = tail(line);
		put_ends(n, r.start, 1);
		put(&n->publics, r);
	} else if (starts(&line, "STACK CFI INIT ")) {
		r.start = number(&line, true);
		r.size = number(&line, true);
		r.place = count(&n->cfis);
		r.text = tail(line);
		put_ends(n, r.start, r.size);
		put(&n->cfis, r);
	} else if (starts(&line, "STACK CFI ")) {
		r.start = number(&line, true);
		r.parent = count(&n->cfis) - 1;
		r.text = tail(line);
		put_ends(n, r.start, 1);
		put(&n->rows, r);
	} else if (starts(&line, "STACK WIN ")) {
		read_win(n, line);
	} else if (line.n > 0 && !starts(&line, "MODULE ") && !starts(&line, "INFO ")) {
		r.start = number(&line, true);
		r.size = number(&line, true);
		r.a = number(&line, false);
		r.b = number(&line, false);
		r.parent = count(&n->funcs) - 1;
		put_ends(n, r.start, r.size);
		put(&n->lines, r);
	}
}

static int by_range(const void *a, const void *b, const void *context)
{
	const struct row *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

/* The row that covers the address, of those with the parent, when overlapping ones are dropped. */
static const struct row *find_range(const struct buf *b, size_t parent, uint64_t address)
{
	const struct row *kept = NULL, *v = rows_of(b);

	for (size_t i = 0; i < count(b) && v[i].start <= address; i++) {
		if (v[i].parent != parent || v[i].size == 0 ||
		    (kept != NULL && v[i].start < kept->start + kept->size))
			continue;
		kept = &v[i];
	}
	return kept != NULL && address < kept->start + kept->size ? kept : NULL;
}

static const struct row *find_number(const struct buf *b, uint64_t wanted)
{
	const struct row *v = rows_of(b), *last = NULL;

	for (size_t i = 0; i < count(b); i++) {
		if (v[i].a == wanted)
			last = &v[i];
	}
	return last;
}

/* Of one depth the greatest (start, size, call file, call line, origin) at or below the address. */
static const struct row *find_inline(const struct naive *n, size_t parent, uint64_t depth,
				     uint64_t address)
{
	const struct row *v = rows_of(&n->inlines), *best = NULL;

	for (size_t i = 0; i < count(&n->inlines); i++) {
		const struct row *r = &v[i];

		if (r->parent != parent || r->a != depth || r->start > address)
			continue;
		if (best == NULL || r->start > best->start ||
		    (r->start == best->start &&
		     (r->size > best->size ||
		      (r->size == best->size &&
		       (r->b > best->b ||
			(r->b == best->b &&
			 (r->c > best->c || (r->c == best->c && r->d > best->d))))))))
			best = r;
	}
	return best != NULL && address < best->start + best->size ? best : NULL;
}

static void put_place(const struct naive *n, struct buf *out, uint64_t file, uint64_t line,
		      bool number_too)
{
	const struct row *f = find_number(&n->files, file);
	struct sym_place p = { .has_file = f != NULL,
			       .has_line = number_too,
			       .line = (uint32_t)line };

	if (f != NULL)
		p.file = f->text;
	symx_text_place(out, &p);
}

/* The same text as symx_text_ask() gives. */
static void put_func(const struct naive *n, const struct row *f, uint64_t address, struct buf *out)
{
	const struct row *line = find_range(&n->lines, f->place, address);
	const struct row *call = find_inline(n, f->place, 0, address);
	const struct row *outer = call != NULL ? call : line;

	buf_printf(out, "%" PRIx64 " ", f->start);
	buf_put_str(out, f->text);
	if (outer == NULL || find_number(&n->files, outer->b) == NULL)
		symx_text_place(out, &(struct sym_place){ 0 });
	else
		put_place(n, out, outer->b, call != NULL ? call->c : line->a, true);
	for (uint64_t depth = 1; call != NULL; depth++) {
		const struct row *origin = find_number(&n->origins, call->d);
		const struct row *next = find_inline(n, f->place, depth, address);

		if (origin != NULL) {
			buf_printf(out, " < ");
			buf_put_str(out, origin->text);
			if (next != NULL)
				put_place(n, out, next->b, next->c, true);
			else if (line != NULL)
				put_place(n, out, line->b, line->a, line->a != 0);
			else
				symx_text_place(out, &(struct sym_place){ 0 });
		}
		call = next;
	}
}

static const struct row *find_public(const struct naive *n, uint64_t address)
{
	const struct row *v = rows_of(&n->publics), *best = NULL, *f = rows_of(&n->funcs),
			 *kept = NULL;

	for (size_t i = 0; i < count(&n->publics); i++) {
		int order = best == NULL ? 1 : str_cmp(v[i].text, best->text);

		if (v[i].start <= address && (best == NULL || v[i].start > best->start ||
					      (v[i].start == best->start &&
					       (order > 0 || (order == 0 && v[i].a > best->a)))))
			best = &v[i];
	}
	for (size_t i = 0; i < count(&n->funcs) && f[i].start <= address; i++) {
		if (f[i].size != 0 && (kept == NULL || f[i].start >= kept->start + kept->size))
			kept = &f[i];
	}
	return best != NULL && kept != NULL && best->start <= kept->start ? NULL : best;
}

static int by_text(const void *a, const void *b, const void *context)
{
	const struct row *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return str_cmp(x->text, y->text);
}

static void put_cfi(const struct naive *n, uint64_t address, struct buf *out)
{
	const struct row *init = find_range(&n->cfis, 0, address), *v = rows_of(&n->rows);
	struct buf rows = { 0 };

	if (init == NULL)
		return;
	for (size_t i = 0; i < count(&n->rows); i++) {
		if (v[i].parent == init->place && v[i].start <= address)
			put(&rows, v[i]);
	}
	sort_stable(rows.p, count(&rows), sizeof(struct row), by_text, NULL, NULL);
	buf_printf(out, " cfi %" PRIx64 "+%" PRIx64 " [", init->start, init->size);
	buf_put_str(out, init->text);
	for (size_t i = 0; i < count(&rows); i++) {
		buf_printf(out, "] [");
		buf_put_str(out, rows_of(&rows)[i].text);
	}
	buf_put_char(out, ']');
	buf_free(&rows);
}

static void ask(const struct naive *n, uint64_t address, struct buf *out)
{
	const struct row *f = find_range(&n->funcs, 0, address), *public = NULL;
	const struct row *win4 = find_range(&n->win4, 0, address);
	const struct row *win0 = find_range(&n->win0, 0, address);
	uint64_t parameters = 0;

	if (f != NULL) {
		put_func(n, f, address, out);
		parameters = win4 != NULL ? win4->a : win0 != NULL ? win0->a : f->a;
	} else if ((public = find_public(n, address)) != NULL) {
		buf_printf(out, "%" PRIx64 " PUBLIC ", public->start);
		buf_put_str(out, public->text);
		parameters = public->a;
	} else {
		buf_put_char(out, '-');
	}
	if (parameters != 0)
		buf_printf(out, " params %" PRIx64, parameters);
	put_cfi(n, address, out);
	if (win4 != NULL)
		buf_printf(out, " win4 %" PRIx64 "+%" PRIx64, win4->start, win4->size);
	if (win0 != NULL)
		buf_printf(out, " win0 %" PRIx64 "+%" PRIx64, win0->start, win0->size);
}

/* Whether both say the same; " ebp" of a STACK WIN is not looked at. */
static bool same(struct buf *ours, const struct buf *naive)
{
	struct str s = buf_str(ours);

	if (str_ends(s, STR(" ebp")))
		s.n -= 4;
	return str_eq(s, buf_str(naive));
}

/* The linear search takes long: at most MOST addresses of a file, evenly spread. */
enum { MOST = 1000 };

/* What all files came to. */
struct totals {
	size_t addresses, refused;
};

static bool compare(const char *path, struct totals *totals)
{
	struct naive n = { 0 };
	struct buf *const tables[] = { &n.funcs, &n.lines, &n.cfis, &n.win4, &n.win0 };
	struct buf ours = { 0 }, expected = { 0 };
	struct error err = { 0 };
	struct str rest, line;
	struct symx_text t;
	struct file file;
	bool equal = true;

	if (!file_open(&file, path, &err)) {
		printf("%s\n", err.text);
		return false;
	}
	rest = (struct str){ (const char *)file.data.p, file.data.n };
	if (!symx_text_open(&t, rest, true) || !symx_strict(&t.symx)) {
		totals->refused++;
	} else {
		while (str_next_line(&rest, &line)) {
			while (line.n > 0 && line.p[line.n - 1] == '\r')
				line.n--;
			read_one(&n, line);
		}
	}
	for (unsigned i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		sort_stable(tables[i]->p, count(tables[i]), sizeof(struct row), by_range, NULL,
			    NULL);

	const uint64_t *addresses = (const void *)n.addresses.p;
	size_t n_addresses = n.addresses.n / sizeof(*addresses), step = n_addresses / MOST + 1;
	t.state.known.keeps = true; /* from the 65th on, functions asked for again are kept */
	for (size_t i = 0; i < n_addresses && equal; i += step, totals->addresses++) {
		buf_clear(&ours);
		buf_clear(&expected);
		symx_text_ask(&t.symx, addresses[i], &ours);
		ask(&n, addresses[i], &expected);
		equal = same(&ours, &expected);
		if (!equal)
			printf("%s: %" PRIx64 ":\n  %.*s\n  %.*s\n", path, addresses[i],
			       STR_ARGS(buf_str(&ours)), STR_ARGS(buf_str(&expected)));
	}

	struct buf *const all[] = { &n.funcs,     &n.lines, &n.inlines, &n.publics, &n.cfis,
				    &n.rows,      &n.files, &n.origins, &n.win4,    &n.win0,
				    &n.addresses, &ours,    &expected };
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_free(all[i]);
	symx_text_close(&t);
	file_close(&file);
	return equal;
}

int main(int argc, char **argv)
{
	struct totals totals = { 0 };
	bool equal = true;

	for (int i = 1; i < argc; i++)
		equal = compare(argv[i], &totals) && equal;
	if (totals.refused != 0)
		printf("skipped: %zu files that rust-minidump refuses\n", totals.refused);
	printf("%zu addresses of %d files\n", totals.addresses, argc - 1);
	return equal ? EXIT_SUCCESS : EXIT_FAILURE;
}
