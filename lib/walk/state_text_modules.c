#include <inttypes.h>

#include "base/sort.h"
#include "walk/state_text_impl.h"

static void put_range(struct state_printer *p, uint64_t base, uint64_t size, struct str code_file)
{
	fprintf(p->out, "0x%08" PRIx64 " - 0x%08" PRIx64 "  ", base, base + size - 1);
	state_put(p, str_leaf(code_file));
}

static void put_cert(struct state_printer *p, struct str module)
{
	const struct str *cert = evil_cert_of(p->s->evil, module);

	if (cert != NULL) {
		state_put_after(p, " (", *cert);
		putc(')', p->out);
	}
}

void state_put_modules(struct state_printer *p)
{
	const struct md_modules *m = &p->dump->modules;

	fputs("\nLoaded modules:\n", p->out);
	for (size_t i = 0; i < m->by_address.n; i++) {
		const struct md_module *one = &m->v[m->by_address.v[i].item];

		put_range(p, one->base, one->size, one->code_file);
		state_put_after(p, "  ", one->has_version ? one->version : STR("???"));
		fputs(!p->dump->is_microdump && one->base == m->v[0].base ? "  (main)" : "",
		      p->out);
		put_cert(p, str_leaf(one->code_file));
		putc('\n', p->out);
	}
}

static int compare_unloaded(const void *a, const void *b, const void *context)
{
	const struct md_unloaded *const *x = a, *const *y = b;

	(void)context;
	if ((*x)->base != (*y)->base)
		return (*x)->base < (*y)->base ? -1 : 1;
	return ((*x)->size > (*y)->size) - ((*x)->size < (*y)->size);
}

void state_put_unloaded_modules(struct state_printer *p)
{
	const struct md_unloaded_modules *u = &p->dump->unloaded;
	const struct md_unloaded **order = arena_new(p->a, const struct md_unloaded *, u->n);

	for (size_t i = 0; i < u->n; i++)
		order[i] = &u->v[i];
	sort_stable(order, u->n, sizeof(*order), compare_unloaded, NULL, p->a->oom);
	fputs("\nUnloaded modules:\n", p->out);
	for (size_t i = 0; i < u->n; i++) {
		put_range(p, order[i]->base, order[i]->size, order[i]->code_file);
		putc('\n', p->out);
	}
}
