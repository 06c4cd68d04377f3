#include "crash/ping.h"

#include "crash/sig_value.h"

/* The first member that there is. */
static struct js_value get(struct js_value v, const struct str *keys, size_t n)
{
	struct js_value found = { .kind = JS_NONE };

	for (size_t i = 0; i < n && found.kind == JS_NONE; i++)
		found = js_in_get(v, keys[i]);
	return found;
}

/* The document that a text holds; any other value as it is. */
static bool unwrap(struct ping *p, struct js_value *v, const char *what, struct error *err)
{
	struct js_in *in = &p->texts[p->n_texts];

	if (v->kind != JS_STRING)
		return true;
	if (js_in_text(*v, p->arena).n == 0) {
		*v = (struct js_value){ .kind = JS_NONE };
		return true;
	}
	p->n_texts++;
	*in = js_in_make(js_in_text(*v, p->arena),
			 arena_printf(p->arena, "%s: %s", p->where, what).p, p->arena->oom);
	return js_in_read(in, v, err);
}

static bool read_legacy(struct ping *p, struct error *err)
{
	struct js_value payload = js_in_get(p->row, STR("payload")), info;

	if (!unwrap(p, &payload, "payload", err))
		return false;
	p->stack = js_in_get(payload, STR("stack_traces"));
	p->annotations = js_in_get(payload, STR("metadata"));
	p->os = js_in_get(p->row, STR("normalized_os"));
	info = js_in_get(p->stack, STR("crash_info"));
	p->crashing_thread = js_in_get(info, STR("crashing_thread"));
	p->reason = js_in_get(info, STR("type"));
	p->address = js_in_get(info, STR("address"));
	return true;
}

static bool read_glean(struct ping *p, struct error *err)
{
	p->glean = true;
	p->stack = js_in_get(p->row, STR("stack_traces"));
	p->java = js_in_get(p->row, STR("java_exception"));
	if (!unwrap(p, &p->stack, "stack traces", err) ||
	    !unwrap(p, &p->java, "Java exception", err))
		return false;
	p->annotations = p->row;
	p->os = js_in_get(p->row, STR("os"));
	p->crashing_thread = get(p->stack, PARTS(STR("crash_thread"), STR("crashThread")));
	p->reason = get(p->stack, PARTS(STR("crash_type"), STR("crashType")));
	p->address = get(p->stack, PARTS(STR("crash_address"), STR("crashAddress")));
	return true;
}

/* "0x10" or "10". */
static bool hex_value(const struct ping *p, struct js_value v, uint64_t *out)
{
	struct str s = str_trim(js_in_text(v, p->arena));

	if (str_starts(s, STR("0x")) || str_starts(s, STR("0X")))
		s = str_from(s, 2);
	return v.kind == JS_STRING && str_hex_to_u64(s, out);
}

/* The module at an address, for frames that name none. */
static bool find_module(const struct ping *p, uint64_t ip, uint64_t *index)
{
	uint64_t base, end;

	*index = 0;
	for (struct js_in_each e = js_in_over(js_in_get(p->stack, STR("modules"))); js_in_next(&e);
	     ++*index) {
		struct js_value from = get(
			e.value, PARTS(STR("base_addr"), STR("base_address"), STR("baseAddress")));
		struct js_value to = get(
			e.value, PARTS(STR("end_addr"), STR("end_address"), STR("endAddress")));

		if (hex_value(p, from, &base) && hex_value(p, to, &end) && ip >= base && ip < end)
			return true;
	}
	return false;
}

/* Where a frame is: in the module that it names or, in a Glean ping, in which its address lies. */
static void place(struct ping *p, struct js_value index, struct ping_frame *f)
{
	struct js_value module, base_value;
	uint64_t base;

	if (index.kind == JS_NUMBER && js_in_u64(index, &f->module)) {
		module = js_in_at(js_in_get(p->stack, STR("modules")), f->module);
	} else {
		p->defect |= index.kind > JS_NULL;
		if (f->has_ip && p->glean)
			f->has_module = find_module(p, f->ip, &f->module);
		if (!f->has_module)
			return;
		module = js_in_at(js_in_get(p->stack, STR("modules")), f->module);
	}
	f->has_module = module.kind == JS_OBJECT;
	base_value = get(module, PARTS(STR("base_addr"), STR("base_address"), STR("baseAddress")));
	if (!f->has_module) {
		p->defect = true;
	} else if (sig_value_true(get(module, PARTS(STR("debug_file"), STR("debugFile")))) &&
		   sig_value_true(get(module, PARTS(STR("debug_id"), STR("debugId"))))) {
		f->placed = f->has_ip && hex_value(p, base_value, &base);
		p->defect |= !f->placed;
		if (!f->placed)
			return;
		f->below = f->ip < base;
		f->offset = f->below ? base - f->ip : f->ip - base;
	}
}

static void read_frames(struct ping *p, struct js_value thread, struct ping_thread *t)
{
	for (struct js_in_each e = js_in_over(js_in_get(thread, STR("frames")));
	     t->n < PING_FRAMES && js_in_next(&e); t->n++) {
		struct ping_frame *f = &t->frames[t->n];

		f->has_ip = hex_value(p, js_in_get(e.value, STR("ip")), &f->ip);
		place(p, get(e.value, PARTS(STR("module_index"), STR("moduleIndex"))), f);
	}
}

/* A stack of nothing but the address of the crash, which Glean has when the stack was unreadable.
 */
static void read_address(struct ping *p, struct ping_thread *t)
{
	t->frames[0].has_ip = hex_value(p, p->address, &t->frames[0].ip);
	if (!t->frames[0].has_ip)
		return;
	place(p, (struct js_value){ .kind = JS_NULL }, &t->frames[0]);
	t->n = 1;
}

/* Which of n threads crashed: the first when the ping names none, n when it names one that isn't
 * there. Either is a defect. */
static uint64_t find_crashing(struct ping *p, struct js_value threads, size_t n)
{
	uint64_t crashing = 0;

	if (js_in_get(p->stack, STR("modules")).kind != JS_ARRAY || threads.kind != JS_ARRAY ||
	    !js_in_u64(p->crashing_thread, &crashing) || crashing >= n)
		p->defect = true;
	if (p->defect && p->crashing_thread.kind > JS_NULL &&
	    (!js_in_u64(p->crashing_thread, &crashing) || crashing > n))
		crashing = n;
	return crashing;
}

static void read_threads(struct ping *p)
{
	struct js_value threads = js_in_get(p->stack, STR("threads"));
	size_t n = js_in_count(threads);
	uint64_t crashing = find_crashing(p, threads, n);

	p->threads = arena_new(p->arena, struct ping_thread, 2);
	if (n != 0)
		read_frames(p, js_in_at(threads, 0), &p->threads[p->n_threads++]);
	if (crashing != 0 && crashing < n)
		read_frames(p, js_in_at(threads, crashing), &p->threads[p->n_threads++]);
	p->crashing = crashing == 0 && n != 0 ? 0 : crashing < n ? 1 : p->n_threads;
	if (p->glean && (p->crashing == p->n_threads || p->threads[p->crashing].n == 0)) {
		p->crashing = p->n_threads < 2 ? 0 : 1;
		p->n_threads = p->crashing + 1;
		read_address(p, &p->threads[p->crashing]);
	}
}

bool ping_read(struct ping *p, struct js_value root, const char *where, struct arena *a,
	       struct error *err)
{
	bool ok;

	*p = (struct ping){ .row = root, .where = where, .arena = a };
	if (js_in_get(root, STR("payload")).kind != JS_NONE)
		ok = read_legacy(p, err);
	else if (get(root, PARTS(STR("stack_traces"), STR("java_exception"))).kind != JS_NONE)
		ok = read_glean(p, err);
	else
		return error_set(err, ERROR_INPUT, "%s: no crash ping: no payload, no stack traces",
				 where);
	if (ok)
		read_threads(p);
	return ok;
}

void ping_free(struct ping *p)
{
	for (size_t i = 0; i < p->n_texts; i++)
		js_in_free(&p->texts[i]);
	p->n_texts = 0;
}
