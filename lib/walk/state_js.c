#include "walk/state.h"

#include <inttypes.h>

#include "base/js_copy.h"
#include "walk/report.h"

static void put_assertion(struct report *r)
{
	struct str text = { 0 };
	bool has = state_assertion(r->s, &r->scratch, &text);

	report_str(r, "assertion", has, text);
}

static void put_crash_info(struct report *r)
{
	const struct hints *h = &r->s->hints;
	bool crashed = r->dump->exception.present;

	js_object(&r->js);
	report_hex(r, "address", r->s->has_address, r->s->address);
	hints_js_adjusted(h, r->digits, &r->js);
	put_assertion(r);
	js_key(&r->js, "crash_inconsistencies");
	if (crashed)
		hints_js_inconsistencies(h, &r->js);
	else
		js_null(&r->js);
	report_u64(r, "crashing_thread", r->s->requesting >= 0, (uint64_t)r->s->requesting);
	if (r->s->rating != NULL)
		js_key_text(&r->js, "exploitability", r->s->rating);
	hints_js_instruction(h, r->digits, &r->js);
	report_str(r, "type", crashed, r->s->reason);
	js_end(&r->js, '}');
}

/* The top level: keys in the order of their bytes. A section whose has is false is null, or absent
 * if it is one of those that rust-minidump leaves out or does not know. */
struct section {
	const char *key;
	bool has;
	bool optional;
	void (*put)(struct report *r);
};

static void put_sections(struct report *r, const struct section *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!v[i].has && v[i].optional)
			continue;
		js_key(&r->js, v[i].key);
		if (v[i].has)
			v[i].put(r);
		else
			js_null(&r->js);
	}
}

static void put_file(struct report *r)
{
	js_text(&r->js, r->o->file);
}

/* rust-minidump takes the first module for the main one. */
static void put_main_module(struct report *r)
{
	if (r->dump->is_microdump)
		js_null(&r->js);
	else
		js_u64(&r->js, 0);
}

static void put_has_certs(struct report *r)
{
	js_bool(&r->js, r->s->evil != NULL && r->s->evil->has_certs);
}

static void put_pid(struct report *r)
{
	js_u64(&r->js, r->dump->process.pid);
}

static void put_uptime(struct report *r)
{
	uint32_t from = r->dump->process.create_time, to = r->dump->md.time;

	js_u64(&r->js, to > from ? to - from : 0);
}

static void put_status(struct report *r)
{
	js_text(&r->js, "OK");
}

static void put_thread_count(struct report *r)
{
	js_u64(&r->js, r->dump->threads.n);
}

static void put_report(struct report *r)
{
	const struct dump *d = r->dump;
	const struct md_extra *x = &d->extra;
	ptrdiff_t top = r->s->requesting;
	const struct section sections[] = {
		{ "comment", x->has_comment && !r->s->compat, true, report_comment },
		{ "crash_info", true, false, put_crash_info },
		{ "crashing_thread", top >= 0 && r->frames.threads[top].total != 0, true,
		  report_crashing_thread },
		{ "crashpad_info", d->has_crashpad, true, report_crashpad },
		{ "file", r->o->file != NULL, true, put_file },
		{ "handles", x->has_handles, false, report_handles },
		{ "limits_hit", report_has_limits_hit(r), true, report_limits_hit },
		{ "linux_memory_map_count", d->mappings.has_maps, false, report_map_count },
		{ "lsb_release", d->linux_info.has_lsb, false, report_lsb_release },
		{ "mac_boot_args", x->has_boot_args, false, report_boot_args },
		{ "mac_crash_info", x->has_mac_records, false, report_mac_crash_info },
		{ "main_module", true, false, put_main_module },
		{ "modules", true, false, report_modules },
		{ "modules_contains_cert_info", true, false, put_has_certs },
		{ "pid", d->process.has_pid, false, put_pid },
		{ "proc_limits", x->has_limits, false, report_proc_limits },
		{ "process_uptime", d->process.has_create_time, false, put_uptime },
		{ "soft_errors", x->has_soft_errors, false, report_soft_errors },
		{ "stability_report", d->has_stability, true, report_stability },
		{ "status", true, false, put_status },
		{ "system_info", true, false, report_system_info },
		{ "thread_count", true, false, put_thread_count },
		{ "threads", true, false, report_threads },
		{ "unloaded_modules", true, false, report_unloaded_modules },
	};

	js_object(&r->js);
	put_sections(r, sections, sizeof(sections) / sizeof(sections[0]));
	js_end(&r->js, '}');
}

void state_js(struct state *s, const struct state_js_options *o, struct arena *a, FILE *out)
{
	struct report r = {
		.js = js_make(out, o->pretty),
		.s = s,
		.dump = s->dump,
		.o = o,
		.digits = s->dump->system.pointer_bits == 32 ? 8 : 16,
		.scratch = { .oom = a->oom },
		.steps = { .oom = a->oom },
	};

	frames_collect(&r.frames, s, a);
	put_report(&r);
	frames_free(&r.frames);
	arena_free(&r.scratch);
	arena_free(&r.steps);
}

void state_js_failure(const char *file, const char *status, const char *error, FILE *out)
{
	struct js j = js_make(out, false);

	js_object(&j);
	js_key_text(&j, "error", error);
	js_key_text(&j, "file", file);
	js_key_text(&j, "status", status);
	js_end(&j, '}');
	putc('\n', out);
}
