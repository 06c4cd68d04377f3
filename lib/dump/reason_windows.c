#include <inttypes.h>

#include "dump/codes.h"
#include "dump/reason_os.h"

static const uint32_t access_violation = 0xc0000005, in_page_error = 0xc0000006,
		      stack_buffer_overrun = 0xc0000409;

/* Facility 109 with the failure bit or another of the top ones: how Visual C++'s delay loader wraps
 * a Win32 error (delayimp.h, VcppException). */
static const char *visual_cpp_error(uint32_t code)
{
	if (code >> 28 == 0 || (code >> 16 & 0xfff) != 109)
		return NULL;
	return codes_find(&codes_winerror, code & 0xffff);
}

struct str reason_windows(uint32_t code, struct arena *a)
{
	const char *name = codes_find(&codes_winerror, code);

	if (name == NULL)
		name = codes_find(&codes_ntstatus, code);
	if (name != NULL)
		return str_of(name);
	name = visual_cpp_error(code);
	if (name != NULL)
		return arena_printf(a, "FACILITY_VISUALCPP / %s", name);
	return arena_printf(a, "unknown 0x%08" PRIx32, code);
}

/* "READ", "WRITE" or "EXEC"; NULL for what winnt.h doesn't know. */
static const char *access_name(uint64_t access)
{
	static const char *const names[] = { [0] = "READ", [1] = "WRITE", [8] = "EXEC" };

	return access < sizeof(names) / sizeof(names[0]) ? names[access] : NULL;
}

/* "PREFIX / NAME", or the number when it has no name. */
static struct str with_detail(const char *prefix, const struct codes *codes, uint64_t detail,
			      struct arena *a)
{
	const char *name = codes_find(codes, (uint32_t)detail);

	if (name == NULL)
		return arena_printf(a, "%s / 0x%08" PRIx32, prefix, (uint32_t)detail);
	return arena_printf(a, "%s / %s", prefix, name);
}

struct str reason_of_windows(const struct md_exception *e, struct arena *a)
{
	const char *access = access_name(e->parameters[0]);

	if (e->code == access_violation && e->n_parameters >= 1 && access != NULL)
		return arena_printf(a, "EXCEPTION_ACCESS_VIOLATION_%s", access);
	if (e->code == in_page_error && e->n_parameters >= 3 && access != NULL) {
		struct str text = arena_printf(a, "EXCEPTION_IN_PAGE_ERROR_%s", access);

		return with_detail(text.p, &codes_ntstatus, e->parameters[2], a);
	}
	if (e->code == stack_buffer_overrun && e->n_parameters >= 1)
		return with_detail("EXCEPTION_STACK_BUFFER_OVERRUN", &codes_fastfail,
				   e->parameters[0], a);

	const char *name = codes_find(&codes_exception, e->code);
	return name != NULL ? str_of(name) : reason_windows(e->code, a);
}

uint64_t address_of_windows(const struct md_exception *e)
{
	bool has_address = e->code == access_violation || e->code == in_page_error;

	return has_address && e->n_parameters >= 2 ? e->parameters[1] : e->address;
}
