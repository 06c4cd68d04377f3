#include <inttypes.h>

#include "base/js_copy.h"
#include "walk/report.h"

/* What the JSON report only passes on. */

void report_handles(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	js_array(&r->js);
	for (size_t i = 0; i < x->n_handles; i++) {
		const struct md_handle *h = &x->handles[i];

		js_object(&r->js);
		js_key_u64(&r->js, "handle", h->handle);
		report_str(r, "object_name", h->has_object, h->object);
		report_str(r, "type_name", h->has_type, h->type);
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
}

void report_lsb_release(struct report *r)
{
	const struct md_linux *l = &r->dump->linux_info;

	js_object(&r->js);
	js_key_str(&r->js, "codename", l->lsb_codename);
	js_key_str(&r->js, "description", l->lsb_description);
	js_key_str(&r->js, "id", l->lsb_id);
	js_key_str(&r->js, "release", l->lsb_release);
	js_end(&r->js, '}');
}

static void put_mac_record(struct report *r, const struct md_mac_record *m)
{
	js_object(&r->js);
	report_hex(r, "abort_cause", m->abort_cause != 0, m->abort_cause);
	report_str(r, "backtrace", m->backtrace.n != 0, m->backtrace);
	report_hex(r, "dialog_mode", m->dialog_mode != 0, m->dialog_mode);
	report_str(r, "message", m->message.n != 0, m->message);
	report_str(r, "message2", m->message2.n != 0, m->message2);
	report_str(r, "module", m->module.n != 0, m->module);
	report_str(r, "signature_string", m->signature.n != 0, m->signature);
	report_hex(r, "thread", m->thread != 0, m->thread);
	js_end(&r->js, '}');
}

void report_mac_crash_info(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	js_object(&r->js);
	js_key_u64(&r->js, "num_records", x->n_mac_records);
	js_key(&r->js, "records");
	js_array(&r->js);
	for (size_t i = 0; i < x->n_mac_records; i++)
		put_mac_record(r, &x->mac_records[i]);
	js_end(&r->js, ']');
	js_end(&r->js, '}');
}

static void put_limit(struct report *r, const char *key, bool unlimited, uint64_t v)
{
	if (unlimited)
		js_key_text(&r->js, key, "unlimited");
	else
		js_key_u64(&r->js, key, v);
}

void report_proc_limits(struct report *r)
{
	const struct md_extra *x = &r->dump->extra;

	js_object(&r->js);
	js_key(&r->js, "limits");
	js_array(&r->js);
	for (size_t i = 0; i < x->n_limits; i++) {
		const struct md_limit *l = &x->limits[i];

		js_object(&r->js);
		put_limit(r, "hard", l->hard_unlimited, l->hard);
		js_key_str(&r->js, "name", l->name);
		put_limit(r, "soft", l->soft_unlimited, l->soft);
		js_key_str(&r->js, "unit", l->unit);
		js_end(&r->js, '}');
	}
	js_end(&r->js, ']');
	js_end(&r->js, '}');
}

void report_soft_errors(struct report *r)
{
	js_copy(&r->js, r->dump->extra.soft_errors, true);
}

/* Only microdumps know it. */
static void put_gpu(struct report *r)
{
	const struct md_gpu *g = &r->dump->gpu;

	if (g->version.n == 0 || r->s->compat)
		return;
	js_key(&r->js, "gpu");
	js_object(&r->js);
	js_key_str(&r->js, "renderer", g->renderer);
	js_key_str(&r->js, "vendor", g->vendor);
	js_key_str(&r->js, "version", g->version);
	js_end(&r->js, '}');
}

void report_system_info(struct report *r)
{
	const struct md_system *s = &r->dump->system;
	char microcode[32];
	uint64_t version;
	bool has_microcode = state_microcode(r->s, &version);

	snprintf(microcode, sizeof(microcode), "0x%" PRIx64, version);
	js_object(&r->js);
	js_key_text(&r->js, "cpu_arch", s->cpu_name);
	js_key_u64(&r->js, "cpu_count", s->n_cpus);
	report_str(r, "cpu_info", s->has_cpu_info, s->cpu_info);
	js_key_text(&r->js, "cpu_microcode_version", has_microcode ? microcode : NULL);
	put_gpu(r);
	js_key_str(&r->js, "os", s->os_name);
	report_str(r, "os_ver", s->os_version.n != 0, s->os_version);
	js_end(&r->js, '}');
}

void report_map_count(struct report *r)
{
	js_u64(&r->js, r->dump->mappings.n_maps);
}

void report_boot_args(struct report *r)
{
	js_str(&r->js, r->dump->extra.boot_args);
}

void report_comment(struct report *r)
{
	js_str(&r->js, r->dump->extra.comment);
}
