#include "dump/dump.h"

#include <inttypes.h>

/* Whether the report has it: rust-minidump's has not. */
static bool read_crashpad(struct md_crashpad *x, const struct md *md, struct arena *a,
			  struct diag *diag)
{
	struct cursor at = md_stream(md, MD_CRASHPAD_INFO);
	bool read = md_crashpad_read(x, md, a, false);

	if (read && x->n_damaged != 0)
		diag_warn(diag, &at, "%" PRIu32 " of Crashpad's texts and tables are damaged",
			  x->n_damaged);
	return read;
}

bool dump_read(struct dump *d, struct slice data, const char *file, struct arena *a,
	       struct diag *diag, bool compat, enum md_verdict *verdict, struct error *err)
{
	*d = (struct dump){ 0 };
	if (!md_open(&d->md, data, file, a, diag, verdict, err))
		return false;

	*verdict = MD_MISSING_THREAD_LIST;
	if (!md_threads_read(&d->threads, &d->md, a, diag))
		return error_set(err, ERROR_INPUT, "%s: no thread list that can be read", file);
	*verdict = MD_MISSING_SYSTEM_INFO;
	if (!md_system_read(&d->system, &d->md, a, compat))
		return error_set(err, ERROR_INPUT, "%s: no system information that can be read",
				 file);
	*verdict = MD_OK;

	md_process_read(&d->process, &d->md);
	md_linux_read(&d->linux_info, &d->md, a);
	md_exception_read(&d->exception, &d->md);
	md_modules_read(&d->modules, &d->md, &d->system, a, diag, compat);
	md_unloaded_read(&d->unloaded, &d->md, a, diag, compat);
	md_memory_read(&d->memory, &d->md, a, diag);
	md_mappings_read(&d->mappings, &d->md, a, diag, compat);
	md_extra_read(&d->extra, &d->md, a, diag);
	d->has_crashpad = !compat && read_crashpad(&d->crashpad, &d->md, a, diag);
	d->has_stability = !compat && md_stability_read(&d->stability, &d->md, a);
	return true;
}
