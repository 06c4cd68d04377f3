#include "bin/coverage.h"
#include "bin/source_impl.h"

enum { SHF_EXECINSTR = 4, PT_LOAD = 1, PF_X = 1 };

/* Ranges of code, by address or nearly: those that touch the last one become part of it, so that
 * the lines of a function are one. */
struct spans {
	struct buf v; /* of struct range */
	size_t n;
};

static void add_span(struct spans *s, uint64_t start, uint64_t size)
{
	struct range *last = s->n == 0 ? NULL : (struct range *)(void *)s->v.p + (s->n - 1);
	struct range r = { start, start + (size - 1), 0 };

	if (size == 0 || size - 1 > UINT64_MAX - start)
		return;
	if (last != NULL && last->last != UINT64_MAX && last->last + 1 == start) {
		last->last = r.last;
		return;
	}
	buf_put(&s->v, &r, sizeof(r));
	s->n++;
}

static struct ranges ranges_of(const struct spans *s, void (*oom)(size_t wanted))
{
	struct ranges r = { (void *)s->v.p, s->n, s->n };

	coverage_merge(&r, oom);
	return r;
}

/* Line 0 is said where there is none. */
static void add_lines(const struct model_func *f, struct spans *lines)
{
	for (size_t i = 0; i < f->n_lines; i++) {
		if (f->lines[i].line != 0)
			add_span(lines, f->lines[i].start, f->lines[i].size);
	}
}

/* Without a report nobody asks for lines, and unpacking them takes time. */
static void add_functions(const struct source *s, const struct model *m, bool with_lines,
			  struct spans *spans)
{
	struct model_reader reader = { .oom = s->o->oom };
	struct model_record r;

	for (size_t i = 0; i < model_n_records(m); i++) {
		model_read(m, i, with_lines ? &reader : NULL, &r);
		if (r.is_public)
			continue;
		add_span(&spans[COVERAGE_FUNCS], r.func.start, r.func.size);
		add_lines(&r.func, &spans[COVERAGE_LINES]);
	}
	model_reader_free(&reader);
}

static void add_section(struct coverage_input *in, struct coverage_section *to, const struct elf *e,
			struct coverage_section s)
{
	if (s.size == 0 || s.start < e->bias)
		return;
	s.start -= e->bias;
	to[in->n++] = s;
}

/* Sections of code, or segments of a file that has no sections. */
static void add_sections(const struct source *s, const struct elf *e, struct coverage_input *in)
{
	struct coverage_section *to = arena_new(s->arena, struct coverage_section,
						e->n_sections + e->n_segments);

	in->sections = to;
	for (size_t i = 0; i < e->n_sections; i++) {
		const struct elf_section *c = &e->sections[i];

		if (c->flags & SHF_EXECINSTR)
			add_section(in, to, e,
				    (struct coverage_section){ c->name, c->address, c->size });
	}
	for (size_t i = 0; e->n_sections == 0 && i < e->n_segments; i++) {
		const struct elf_segment *c = &e->segments[i];

		if (c->type == PT_LOAD && (c->flags & PF_X) != 0)
			add_section(in, to, e,
				    (struct coverage_section){ STR("segment"), c->address,
							       c->memory_size });
	}
}

/* Not without unwind rules at all, if that was asked about and is an error. */
static bool is_warned(const struct source *s)
{
	const struct source_options *o = s->o;

	return o->warn_bare && !o->no_cfi && !(o->check_cfi && s->unwind->n == 0);
}

/* The file of those given that has the code: debug information that was moved to another has
 * sections of that name without contents. */
static const char *file_with_code(const struct source *s)
{
	for (size_t i = 0; i < s->n_given; i++) {
		if (elf_section(s->objects[i].elf, STR(".text")) != NULL)
			return s->objects[i].elf->file;
	}
	return s->objects[0].elf->file;
}

static void report(const struct source *s, const struct coverage_input *in, FILE *out)
{
	struct coverage_counts *counts = arena_new(s->arena, struct coverage_counts, in->n), total;
	const char *file = file_with_code(s);
	struct buf text = { .oom = s->o->oom };

	coverage_count(in, s->arena, counts, &total);
	if (is_warned(s))
		coverage_warn(in, counts, file, s->diag);
	if (out != NULL && s->o->json) {
		coverage_write_json(in, counts, &total, file, out);
	} else if (out != NULL) {
		coverage_write(in, counts, &total, file, &text);
		fwrite(text.p, 1, text.n, out);
	}
	buf_free(&text);
}

void source_coverage(struct source *s, const struct model *m, FILE *out)
{
	struct spans spans[COVERAGE_KINDS] = { 0 };
	struct coverage_input in = { 0 };

	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		spans[kind].v.oom = s->o->oom;
	for (size_t i = 0; in.n == 0 && i < s->n_objects; i++)
		add_sections(s, s->objects[i].elf, &in);
	add_functions(s, m, out != NULL && !s->o->no_lines, spans);
	for (size_t i = 0; s->unwind != NULL && i < s->unwind->n; i++) {
		struct model_range r = source_unwind_range(s->unwind, i);

		add_span(&spans[COVERAGE_CFI], r.start, r.size);
	}
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		in.have[kind] = ranges_of(&spans[kind], s->o->oom);
	report(s, &in, out);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		buf_free(&spans[kind].v);
}
