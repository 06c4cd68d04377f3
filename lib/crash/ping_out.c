#include <inttypes.h>

#include "crash/ping_impl.h"
#include "crash/sig_value.h"

static void put(struct buf *b, const char *text)
{
	buf_put_str(b, str_of(text));
}

/* Controls in it can only be white space. */
void ping_put_value(struct buf *b, struct js_value v)
{
	bool text = v.kind == JS_STRING;

	if (text)
		buf_put_char(b, '"');
	for (size_t i = 0; i < v.text.n; i++)
		buf_put_char(b, (unsigned char)v.text.p[i] < 0x20 ? ' ' : v.text.p[i]);
	if (text)
		buf_put_char(b, '"');
}

static struct js_value module_of(const struct ping *p, const struct ping_frame *f)
{
	return js_in_at(js_in_get(p->stack, STR("modules")), f->module);
}

static struct js_value either(struct js_value v, struct str key, struct str other)
{
	struct js_value found = js_in_get(v, key);

	return sig_value_true(found) ? found : js_in_get(v, other);
}

/* Whether the server is asked for it. No function is below its module. */
static bool is_asked(const struct ping_frame *f, bool compat)
{
	return f->placed && (compat || !f->below);
}

static bool has_asked(const struct ping_thread *t, bool compat)
{
	for (size_t i = 0; i < t->n; i++) {
		if (is_asked(&t->frames[i], compat))
			return true;
	}
	return false;
}

/* The modules of a request, each once, in the order in which frames need them. */
struct modules {
	struct js_value file[2 * PING_FRAMES], id[2 * PING_FRAMES];
	size_t n;
};

static size_t number_module(struct modules *m, const struct ping *p, const struct ping_frame *f)
{
	struct js_value module = module_of(p, f);
	struct js_value file = either(module, STR("debug_file"), STR("debugFile"));
	struct js_value id = either(module, STR("debug_id"), STR("debugId"));

	for (size_t i = 0; i < m->n; i++) {
		if (str_eq(m->file[i].text, file.text) && str_eq(m->id[i].text, id.text))
			return i;
	}
	m->file[m->n] = file;
	m->id[m->n] = id;
	return m->n++;
}

static void put_stack(struct buf *b, struct modules *m, const struct ping *p,
		      const struct ping_thread *t, bool compat)
{
	const char *comma = "";

	put(b, "[");
	for (size_t i = 0; i < t->n; i++) {
		const struct ping_frame *f = &t->frames[i];

		if (!is_asked(f, compat))
			continue;
		buf_printf(b, "%s[%zu,%s%" PRIu64 "]", comma, number_module(m, p, f),
			   f->below ? "-" : "", f->offset);
		comma = ",";
	}
	put(b, "]");
}

/* Nothing is asked for what the error of a channel takes the place of. */
static bool is_asking(const struct ping *p)
{
	return sig_value_true(p->stack) &&
	       !sig_value_true(js_in_get(p->annotations, STR("ipc_channel_error")));
}

void ping_request(struct buf *out, const struct ping *p, bool compat)
{
	struct buf stacks = { .oom = out->oom };
	struct modules m = { .n = 0 };

	if (!is_asking(p)) {
		put(out, "null");
		return;
	}
	for (size_t i = 0; i < p->n_threads && !(compat && p->defect); i++) {
		if (!has_asked(&p->threads[i], compat))
			continue;
		if (stacks.n != 0)
			put(&stacks, ",");
		put_stack(&stacks, &m, p, &p->threads[i], compat);
	}
	put(out, "{\"jobs\":[{\"memoryMap\":[");
	for (size_t i = 0; i < m.n; i++) {
		put(out, i == 0 ? "[" : ",[");
		ping_put_value(out, m.file[i]);
		put(out, ",");
		ping_put_value(out, m.id[i]);
		put(out, "]");
	}
	put(out, "],\"stacks\":[");
	buf_put_str(out, buf_str(&stacks));
	put(out, "],\"version\":5}]}");
	buf_free(&stacks);
}

/* A frame that the server named, with the module as the ping calls it: the server says the debug
 * file where it has no symbols. */
static void put_named(struct buf *b, struct js_value named, struct js_value module)
{
	struct js_value file = js_in_get(module, STR("filename"));
	const char *comma = "";

	put(b, "{");
	for (struct js_in_each e = js_in_over(named); js_in_next(&e); comma = ",") {
		put(b, comma);
		ping_put_value(b, e.key);
		put(b, ":");
		ping_put_value(b, js_in_is(e.key, STR("module")) && sig_value_true(file) ? file
											 : e.value);
	}
	put(b, "}");
}

/* One that it didn't: where it is. */
static void put_unnamed(struct buf *b, const struct ping *p, const struct ping_frame *f)
{
	struct js_value module = module_of(p, f), name;
	const char *comma = "";

	put(b, "{");
	name = either(module, STR("filename"), STR("debug_file"));
	if (!sig_value_true(name))
		name = js_in_get(module, STR("debugFile"));
	if (f->has_module && name.kind == JS_STRING) {
		put(b, "\"module\":");
		ping_put_value(b, name);
		comma = ",";
		if (f->placed && !f->below)
			buf_printf(b, ",\"module_offset\":\"0x%" PRIx64 "\"", f->offset);
	}
	if (f->has_ip)
		buf_printf(b, "%s\"offset\":\"0x%016" PRIx64 "\"", comma, f->ip);
	put(b, "}");
}

/* The frames of a thread; named: what the server said of those that it was asked for. */
static void put_frames(struct buf *b, const struct ping *p, const struct ping_thread *t,
		       struct js_value named)
{
	uint64_t asked = 0;

	put(b, "{\"frames\":[");
	for (size_t i = 0; i < t->n; i++) {
		const struct ping_frame *f = &t->frames[i];
		struct js_value v = { .kind = JS_NONE };

		if (i != 0)
			put(b, ",");
		if (is_asked(f, false))
			v = js_in_at(named, asked++);
		if (v.kind == JS_OBJECT)
			put_named(b, v, module_of(p, f));
		else
			put_unnamed(b, p, f);
	}
	put(b, "]}");
}

static void put_key(struct buf *b, const char *key)
{
	buf_printf(b, "%s\"%s\":", b->n != 0 && b->p[b->n - 1] != '{' ? "," : "", key);
}

static struct js_value stacks_of(struct js_value answer)
{
	return js_in_get(js_in_at(js_in_get(answer, STR("results")), 0), STR("stacks"));
}

static void put_threads(struct buf *b, const struct ping *p, struct js_value answer)
{
	struct js_value stacks = stacks_of(answer);
	uint64_t sent = 0;

	put_key(b, "crashing_thread");
	buf_printf(b, "%zu", p->crashing);
	put_key(b, "threads");
	put(b, "[");
	for (size_t i = 0; i < p->n_threads; i++) {
		struct js_value named = { .kind = JS_NONE };

		if (i != 0)
			put(b, ",");
		if (has_asked(&p->threads[i], false))
			named = js_in_at(stacks, sent++);
		put_frames(b, p, &p->threads[i], named);
	}
	put(b, "]");
}

/* As the peer has them: what the server said, under the number that the thread has in the ping. */
static void put_peer_threads(struct buf *b, const struct ping *p, struct js_value answer)
{
	const char *comma = "";

	if (answer.kind != JS_OBJECT)
		return;
	put_key(b, "crashing_thread");
	if (p->crashing_thread.kind == JS_NONE)
		put(b, "0");
	else
		ping_put_value(b, p->crashing_thread);
	put_key(b, "threads");
	put(b, "[");
	for (struct js_in_each e = js_in_over(stacks_of(answer)); js_in_next(&e); comma = ",") {
		buf_printf(b, "%s{\"frames\":", comma);
		ping_put_value(b, e.value);
		put(b, "}");
	}
	put(b, "]");
}

/* A value that should be a text that holds JSON. */
static void put_quoted(struct buf *b, struct js_value v)
{
	put(b, "\"");
	for (size_t i = 0; i < v.text.n; i++) {
		if (v.text.p[i] == '"' || v.text.p[i] == '\\')
			buf_put_char(b, '\\');
		buf_put_char(b, (unsigned char)v.text.p[i] < 0x20 ? ' ' : v.text.p[i]);
	}
	put(b, "\"");
}

/* Annotations by their names in crash data and in pings; peer: fx-crash-sig passes it, too. */
static const struct {
	const char *to, *from[3];
	bool peer;
} annotations[] = {
	{ "async_shutdown_timeout", { "async_shutdown_timeout", "AsyncShutdownTimeout" }, true },
	{ "oom_allocation_size", { "oom_allocation_size", "oom_size", "OOMAllocationSize" }, true },
	{ "moz_crash_reason", { "moz_crash_reason", "MozCrashReason" }, true },
	{ "ipc_channel_error", { "ipc_channel_error" }, true },
	{ "abort_message", { "abort_message", "AbortMessage" }, false },
	{ "hang", { "hang", "Hang" }, false },
	{ "ipc_message_name", { "ipc_message_name", "IPCMessageName" }, false },
	{ "js_large_allocation_failure",
	  { "js_large_allocation_failure", "JSLargeAllocationFailure" },
	  false },
};

static void put_annotation(struct buf *b, const struct ping *p, size_t i, bool compat)
{
	size_t n_names = compat ? 1 : COUNT(annotations[i].from);
	struct js_value v = { .kind = JS_NONE };

	for (size_t k = 0; k < n_names && annotations[i].from[k] != NULL && !sig_value_true(v); k++)
		v = js_in_get(p->annotations, str_of(annotations[i].from[k]));
	if (!sig_value_true(v) || (compat && !annotations[i].peer))
		return;
	put_key(b, annotations[i].to);
	if (i == 0 && v.kind == JS_OBJECT && !compat)
		put_quoted(b, v);
	else
		ping_put_value(b, v);
}

void ping_crash(struct buf *out, const struct ping *p, struct js_value answer, bool compat)
{
	bool windows = str_starts(js_in_text(p->os, p->arena), STR("Windows"));

	struct js_value id = either(p->row, STR("document_id"), STR("id"));

	put(out, "{");
	if (!compat && id.kind == JS_STRING) {
		put_key(out, "uuid");
		ping_put_value(out, id);
	}
	put_key(out, "os");
	put(out, windows ? "\"Windows NT\"" : "\"\"");
	if (sig_value_true(p->reason)) {
		put_key(out, "reason");
		ping_put_value(out, p->reason);
	}
	if (compat)
		put_peer_threads(out, p, answer);
	else if (sig_value_true(p->stack))
		put_threads(out, p, answer);
	for (size_t i = 0; i < COUNT(annotations); i++)
		put_annotation(out, p, i, compat);
	if (sig_value_true(p->java)) {
		put_key(out, "java_exception");
		ping_put_java(out, p->java);
	}
	put(out, "}");
}
