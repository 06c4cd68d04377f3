#include "bin/dw_cfi.h"

#include "base/sort.h"
#include "bin/dw_cfi_text.h"

/* An FDE's CIE; the last one is kept, since FDEs of one CIE stand together. */
struct known_cie {
	bool is;
	uint64_t offset;
	const char *wrong;
	struct dw_cie cie;
};

static const char *read_fde(const struct dw_cfi_reader *r, const struct dw_cfi_head *head,
			    struct known_cie *known, struct dw_fde *fde)
{
	if (!known->is || known->offset != head->cie) {
		known->wrong = dw_cie_read(r, head->cie, &known->cie);
		known->offset = head->cie;
		known->is = true;
	}
	return known->wrong != NULL ? known->wrong : dw_fde_read(r, &known->cie, head, fde);
}

static void warn(struct diag *d, const struct dw_cfi_reader *r, uint64_t offset, const char *what)
{
	struct cursor at = cursor_make((struct slice){ 0 }, r->in->file);

	at.base = offset;
	diag_warn(d, &at, "%s: %s", r->eh ? ".eh_frame" : ".debug_frame", what);
}

static size_t count(const struct dw_cfi_input *in, bool eh)
{
	struct dw_cfi_reader r = dw_cfi_reader_make(in, eh);
	struct dw_cfi_head head;
	size_t n = 0;

	while (dw_cfi_next(&r, &head))
		n += !head.is_cie;
	return n;
}

/* dump_syms keeps what lies in no code, what is empty, and more than 4 GiB, for which rust-minidump
 * refuses the .sym. */
static bool is_wanted(const struct dw_cfi_input *in, const struct dw_fde *fde)
{
	if (fde->start < in->bias || fde->start == UINT64_MAX)
		return false;
	return in->compat ||
	       (fde->size != 0 && fde->size <= UINT32_MAX && in->is_code(in->context, fde->start));
}

static void list(struct dw_cfi *c, bool eh)
{
	struct dw_cfi_reader r = dw_cfi_reader_make(&c->in, eh);
	struct known_cie known = { 0 };
	struct dw_cfi_head head;
	struct dw_fde fde;

	while (dw_cfi_next(&r, &head)) {
		if (head.is_cie)
			continue;

		const char *wrong = read_fde(&r, &head, &known, &fde);
		if (wrong != NULL)
			warn(c->diag, &r, head.offset, wrong);
		else if (is_wanted(&c->in, &fde))
			c->entries[c->n++] = (struct dw_cfi_entry){ fde.start - c->in.bias,
								    fde.size, head.offset, eh };
	}
	if (r.c.failed)
		warn(c->diag, &r, head.offset, "entry is longer than the section");
}

/* By address; of two at one address that of .eh_frame first, which is what unwinders use. */
static int compare(const void *a, const void *b, const void *context)
{
	const struct dw_cfi_entry *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (int)y->eh - (int)x->eh;
}

static void sort(struct dw_cfi *c)
{
	size_t kept = 0;

	sort_stable(c->entries, c->n, sizeof(*c->entries), compare, NULL, c->arena->oom);
	for (size_t i = 0; i < c->n; i++) {
		if (kept == 0 || c->entries[kept - 1].start != c->entries[i].start)
			c->entries[kept++] = c->entries[i];
	}
	c->n = kept;
}

void dw_cfi_open(struct dw_cfi *c, const struct dw_cfi_input *in, struct arena *a, struct diag *d)
{
	*c = (struct dw_cfi){ .in = *in, .arena = a, .diag = d };
	c->entries = arena_new(a, struct dw_cfi_entry, count(in, false) + count(in, true));
	list(c, false);
	list(c, true);
	if (!in->compat)
		sort(c);
}

static bool put(const struct dw_cfi *c, size_t entry, struct dw_cfi_text *t)
{
	const struct dw_cfi_entry *e = &c->entries[entry];
	struct dw_cfi_reader reader = dw_cfi_reader_make(&c->in, e->eh);
	struct known_cie known = { 0 };
	struct dw_cfi_head head;
	struct dw_fde fde;

	/* It was read before: nothing can be wrong with it. */
	if (!cursor_seek(&reader.c, e->offset) || !dw_cfi_next(&reader, &head) ||
	    read_fde(&reader, &head, &known, &fde) != NULL)
		return false;
	dw_cfi_rows_init(t->rows, &reader, &known.cie, &fde);
	t->start = fde.start;
	t->size = fde.size;
	return c->in.compat ? dw_cfi_text_put_as_peer(t) : dw_cfi_text_put(t);
}

void dw_cfi_write(const struct dw_cfi *c, size_t entry, struct buf *out)
{
	const struct dw_cfi_entry *e = &c->entries[entry];
	struct dw_cfi_rows rows;
	struct dw_cfi_text t = { .in = &c->in, .rows = &rows, .limit = UINT64_MAX, .out = out };
	size_t at = out->n;

	t.cpu = dw_cfi_cpu_find(c->in.cpu, c->in.compat);
	if (!c->in.compat && entry + 1 < c->n)
		t.limit = c->entries[entry + 1].start + c->in.bias;
	if (put(c, entry, &t))
		return;

	struct dw_cfi_reader r = dw_cfi_reader_make(&c->in, e->eh);
	out->n = at;
	warn(c->diag, &r, e->offset, t.wrong == NULL ? "FDE cannot be read" : t.wrong);
}
