#include "walk/report.h"

#include "base/sort.h"
#include "dump/reason.h"

void report_hex(struct report *r, const char *key, bool present, uint64_t v)
{
	if (present)
		js_key_hex(&r->js, key, v, r->digits);
	else
		js_key_null(&r->js, key);
}

void report_str(struct report *r, const char *key, bool present, struct str s)
{
	if (present)
		js_key_str(&r->js, key, s);
	else
		js_key_null(&r->js, key);
}

void report_u64(struct report *r, const char *key, bool present, uint64_t v)
{
	if (present)
		js_key_u64(&r->js, key, v);
	else
		js_key_null(&r->js, key);
}

/* Threads and frames. */

static void put_inlines(struct report *r, const struct sym_frame *f)
{
	js_key(&r->js, "inlines");
	if (f->n_inlines == 0) {
		js_null(&r->js);
		return;
	}
	js_array(&r->js);
	for (size_t i = 0; i < f->n_inlines; i++) {
		const struct sym_inline *in = &f->inlines[i];

		js_object(&r->js);
		report_str(r, "file", in->place.has_file, in->place.file);
		js_key_str(&r->js, "function", in->function);
		report_u64(r, "line", in->place.has_line, in->place.line);
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
}

static void put_unloaded_of_frame(struct report *r, const struct frame_note *n)
{
	struct names_unloaded *v = NULL;
	size_t count = n->module == MD_NO_MODULE
			       ? names_unloaded(r->s->names, n->instruction, &r->scratch, &v)
			       : 0;

	js_key(&r->js, "unloaded_modules");
	if (count == 0) {
		js_null(&r->js);
		return;
	}
	js_array(&r->js);
	for (size_t i = 0; i < count; i++) {
		js_object(&r->js);
		js_key_str(&r->js, "module", v[i].name);
		js_key(&r->js, "offsets");
		js_array(&r->js);
		for (size_t k = 0; k < v[i].n_offsets; k++)
			js_hex(&r->js, v[i].offsets[k], r->digits);
		js_end(&r->js, ']');
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
}

static int compare_names(const void *a, const void *b, const void *context)
{
	const struct reg *regs = context;

	return strcmp(regs[*(const uint8_t *)a].name, regs[*(const uint8_t *)b].name);
}

/* known: without those that are lost in that frame. */
static void put_registers(struct report *r, const struct regs *regs, bool known)
{
	uint8_t order[REGS_MAX];

	for (uint8_t i = 0; i < regs->cpu->n_regs; i++)
		order[i] = i;
	sort_stable(order, regs->cpu->n_regs, 1, compare_names, regs->cpu->regs, r->scratch.oom);
	js_key(&r->js, "registers");
	js_object(&r->js);
	for (unsigned i = 0; i < regs->cpu->n_regs; i++) {
		if (!known || regs_has(regs, order[i]))
			js_key_hex(&r->js, regs->cpu->regs[order[i]].name, regs->value[order[i]],
				   regs->cpu->hex_digits);
	}
	js_end(&r->js, '}');
}

/* regs: NULL to leave them out. */
static void put_frame(struct report *r, const struct frame_note *n, uint64_t number,
		      const struct regs *regs)
{
	const struct md_module *m = n->module == MD_NO_MODULE ? NULL
							      : &r->dump->modules.v[n->module];
	uint64_t offset = m == NULL ? 0 : n->instruction - m->base;
	struct sym_frame f = { 0 };

	arena_reset(&r->scratch);
	bool named = names_find(r->s->names, n->module, n->instruction, &r->scratch, &f);

	js_object(&r->js);
	report_str(r, "file", f.place.has_file, f.place.file);
	js_key_u64(&r->js, "frame", number);
	report_str(r, "function", named, f.function);
	report_hex(r, "function_offset", named, offset - f.base);
	put_inlines(r, &f);
	report_u64(r, "line", f.place.has_line, f.place.line);
	js_key_bool(&r->js, "missing_symbols", !named);
	report_str(r, "module", m != NULL, m == NULL ? STR("") : str_leaf(m->code_file));
	report_hex(r, "module_offset", m != NULL, offset);
	report_hex(r, "offset", true, n->instruction);
	if (regs != NULL)
		put_registers(r, regs, r->o->registers);
	if (n->trust == TRUST_TAIL_CALL)
		js_key_bool(&r->js, "tail_call", true);
	js_key_text(&r->js, "trust", trust_name((enum trust)n->trust));
	put_unloaded_of_frame(r, n);
	js_end(&r->js, '}');
}

/* LastErrorValue of the thread's TEB, at 13 pointers; rust-minidump reads it on every system. */
static void put_last_error(struct report *r, const struct md_thread *t)
{
	unsigned pointer = r->dump->system.pointer_bits / 8;
	uint64_t address, code;
	bool found = pointer != 0 && !__builtin_add_overflow(t->teb, 13 * pointer, &address) &&
		     md_memory_uint(&r->dump->memory, address, 4, &code);

	arena_reset(&r->scratch);
	report_str(r, "last_error_value", found,
		   found ? reason_windows((uint32_t)code, &r->scratch) : STR(""));
}

/* The second walk of a thread, for what the notes of the first do not keep. It takes the steps of
 * the first, which had a budget. */
static void walk_again(struct report *r, size_t thread, struct walk_budget *budget, struct walk *w)
{
	state_walk(r->s, thread, &r->steps, w);
	*budget = (struct walk_budget){ .steps = UINT64_MAX };
	w->budget = budget;
}

/* The registers of a frame, by a walk that has not gone past it. */
static const struct regs *registers_at(struct walk *w, uint64_t number)
{
	struct walk_frame frame;

	while (w->n_frames <= number && walk_next(w, &frame))
		continue;
	return &w->last.regs;
}

/* top: the copy of the requesting thread that stands by itself, with registers. */
static void put_frames(struct report *r, size_t thread, bool top)
{
	struct walk_budget budget;
	struct walk w;

	js_key(&r->js, "frames");
	js_array(&r->js);
	if (r->o->registers)
		walk_again(r, thread, &budget, &w);
	for (size_t i = 0; i < frames_kept(&r->frames, thread); i++) {
		uint64_t number;
		struct frame_note n = frames_at(&r->frames, thread, i, &number);
		const struct regs *regs = n.trust == TRUST_TAIL_CALL ? NULL
					  : r->o->registers          ? registers_at(&w, number)
					  : top && i == 0            ? &r->frames.registers
								     : NULL;

		put_frame(r, &n, number, regs);
	}
	js_end(&r->js, ']');
}

/* An empty stack may be one that nobody looked at. The peer has no word for it. */
static void put_walked(struct report *r, size_t thread)
{
	if (!state_is_walked(r->s, thread) && (r->s->only_requesting || !r->s->compat))
		js_key_bool(&r->js, "walked", false);
}

static void put_thread(struct report *r, size_t thread, bool top)
{
	const struct md_thread *t = &r->dump->threads.v[thread];
	uint64_t omitted = frames_omitted(&r->frames, thread);

	js_object(&r->js);
	js_key_u64(&r->js, "frame_count", r->frames.threads[thread].total);
	put_frames(r, thread, top);
	if (omitted != 0)
		js_key_u64(&r->js, "frames_omitted", omitted);
	put_last_error(r, t);
	js_key_u64(&r->js, "thread_id", t->id);
	report_str(r, "thread_name", t->has_name, t->name);
	if (top)
		js_key_u64(&r->js, "threads_index", thread);
	put_walked(r, thread);
	js_end(&r->js, '}');
}

void report_crashing_thread(struct report *r)
{
	put_thread(r, (size_t)r->s->requesting, true);
}

void report_threads(struct report *r)
{
	js_array(&r->js);
	for (size_t i = 0; i < r->dump->threads.n; i++)
		put_thread(r, i, false);
	js_end(&r->js, ']');
}

/* Modules. */

static void put_cert(struct report *r, struct str module)
{
	const struct str *cert = evil_cert_of(r->s->evil, module);

	report_str(r, "cert_subject", cert != NULL, cert == NULL ? STR("") : *cert);
}

static void put_module(struct report *r, const struct md_module *m,
		       const struct sym_module *symbols)
{
	enum sym_status status = symbols == NULL ? SYM_NOT_ASKED : symbols->status;
	struct str url = symbols == NULL ? STR("") : symbols->url;
	struct str none = STR("000000000000000000000000000000000");

	js_object(&r->js);
	report_hex(r, "base_addr", true, m->base);
	put_cert(r, str_leaf(m->code_file));
	js_key_str(&r->js, "code_id", m->code_id);
	js_key_bool(&r->js, "corrupt_symbols", status == SYM_CORRUPT);
	js_key_str(&r->js, "debug_file", str_leaf(m->debug_file));
	js_key_str(&r->js, "debug_id", m->debug_id.n == 0 ? none : m->debug_id);
	report_hex(r, "end_addr", true, m->base + m->size);
	js_key_str(&r->js, "filename", str_leaf(m->code_file));
	js_key_bool(&r->js, "loaded_symbols", status == SYM_LOADED || status == SYM_CORRUPT);
	js_key_bool(&r->js, "missing_symbols", status == SYM_MISSING || status == SYM_NO_KEY);
	report_str(r, "symbol_url", url.n != 0, url);
	report_str(r, "version", m->has_version, m->version);
	js_end(&r->js, '}');
}

void report_modules(struct report *r)
{
	const struct sym_module **symbols;

	arena_reset(&r->scratch);
	symbols = names_symbols(r->s->names, &r->scratch);
	js_array(&r->js);
	for (size_t i = 0; i < r->dump->modules.n; i++)
		put_module(r, &r->dump->modules.v[i], symbols[i]);
	js_end(&r->js, ']');
}

void report_unloaded_modules(struct report *r)
{
	const struct md_unloaded_modules *u = &r->dump->unloaded;

	js_array(&r->js);
	for (size_t i = 0; i < u->n; i++) {
		js_object(&r->js);
		report_hex(r, "base_addr", true, u->v[i].base);
		put_cert(r, r->s->compat ? u->v[i].code_file : str_leaf(u->v[i].code_file));
		js_key_str(&r->js, "code_id", u->v[i].code_id);
		report_hex(r, "end_addr", true, u->v[i].base + u->v[i].size);
		js_key_str(&r->js, "filename", u->v[i].code_file);
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
}
