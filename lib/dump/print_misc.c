#include <inttypes.h>

#include "dump/print_impl.h"

enum { TIME_ZONE_AT = 60, NAME_UNITS = 32 };
enum { BUILD_AT = 232, BUILD_UNITS = 260, DEBUG_AT = 752, DEBUG_UNITS = 40 };
enum { XSTATE_AT = 832, XSTATE_FEATURES = 64, COOKIE_AT = 1360 };

/* The sizes of MINIDUMP_MISC_INFO and of its later versions. The greatest that fits the stream
 * counts, whatever the record says of its own size. */
enum { MISC_1 = 24, MISC_2 = 44, MISC_3 = 232, MISC_4 = 832, MISC_5 = 1364 };

/* The flag that a field needs; MINIDUMP_MISC*_ of minidumpapiset.h. */
enum {
	HAS_PID = 1,
	HAS_TIMES = 2,
	HAS_POWER = 4,
	HAS_INTEGRITY = 0x10,
	HAS_EXECUTE_FLAGS = 0x20,
	HAS_TIME_ZONE = 0x40,
	HAS_PROTECTED = 0x80,
	HAS_BUILD = 0x100,
	HAS_COOKIE = 0x200,
};

struct misc {
	struct cursor record;
	size_t size; /* one of MISC_* */
	uint32_t flags;
};

struct misc_field {
	const char *label;
	uint16_t at, since, flag; /* offset, size of the first version that has it, HAS_* or 0 */
	uint8_t kind;             /* enum print_kind */
};

static const struct misc_field first_fields[] = {
	{ "size_of_info                 ", 0, MISC_1, 0, PRINT_DEC },
	{ "flags1                       ", 4, MISC_1, 0, PRINT_BARE },
	{ "process_id                   ", 8, MISC_1, HAS_PID, PRINT_DEC },
	{ "process_create_time          ", 12, MISC_1, HAS_TIMES, PRINT_TIME },
	{ "process_user_time            ", 16, MISC_1, HAS_TIMES, PRINT_DEC },
	{ "process_kernel_time          ", 20, MISC_1, HAS_TIMES, PRINT_DEC },
	{ "processor_max_mhz            ", 24, MISC_2, HAS_POWER, PRINT_DEC },
	{ "processor_current_mhz        ", 28, MISC_2, HAS_POWER, PRINT_DEC },
	{ "processor_mhz_limit          ", 32, MISC_2, HAS_POWER, PRINT_DEC },
	{ "processor_max_idle_state     ", 36, MISC_2, HAS_POWER, PRINT_DEC },
	{ "processor_current_idle_state ", 40, MISC_2, HAS_POWER, PRINT_DEC },
	{ "process_integrity_level      ", 44, MISC_3, HAS_INTEGRITY, PRINT_DEC },
	{ "process_execute_flags        ", 48, MISC_3, HAS_EXECUTE_FLAGS, PRINT_BARE },
	{ "protected_process            ", 52, MISC_3, HAS_PROTECTED, PRINT_DEC },
	{ "time_zone_id                 ", 56, MISC_3, HAS_TIME_ZONE, PRINT_DEC },
};
static const struct misc_field cookie_field = { "process_cookie               ", COOKIE_AT, MISC_5,
						HAS_COOKIE, PRINT_DEC };

/* XSTATE_* of winnt.h as the peer spells them, ACK included: format.rs, XstateFeatureIndex. */
static const char *const xstate_names[XSTATE_FEATURES] = {
	[0] = "LEGACY_FLOATING_POINT", [1] = "LEGACY_SSE", [2] = "GSSE_AND_AVX",
	[3] = "MPX_BNDREGS",           [4] = "MPX_BNDCSR", [5] = "AVX512_KMASK",
	[6] = "AVX512_ZMM_H",          [7] = "ACK512_ZMM", [8] = "XSTATE_IPT",
	[62] = "XSTATE_LWP",
};

static bool has(const struct misc *m, size_t since, uint32_t flag)
{
	return m->size >= since && (m->flags & flag) == flag;
}

static void print_misc_field(struct printer *p, const struct misc *m, const struct misc_field *f)
{
	fprintf(p->out, "  %s= ", f->label);
	if (has(m, f->since, f->flag))
		print_value(p, cursor_sub(&m->record, f->at, 4), 4, f->kind);
	else
		fputs("(invalid)", p->out);
	putc('\n', p->out);
}

/* Days of a month; the year 0, which stands for every year here, is a leap year. */
static unsigned days_of(unsigned year, unsigned month)
{
	static const uint8_t days[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	if (month < 1 || month > 12)
		return 0;
	return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

/* SYSTEMTIME of minwinbase.h. In a time zone the day is a week of the month, which nobody tells
 * here. */
static void print_system_time(struct printer *p, struct cursor c)
{
	enum { YEAR, MONTH, WEEKDAY, DAY, HOUR, MINUTE, SECOND, MILLISECONDS, PARTS };
	unsigned v[PARTS];

	for (unsigned i = 0; i < PARTS; i++)
		v[i] = cursor_u16(&c);
	/* The peer takes a byte of some. */
	for (unsigned i = MONTH; p->compat && i < MILLISECONDS; i++)
		v[i] &= 0xff;
	if (v[YEAR] > 9999 || v[DAY] < 1 || v[DAY] > days_of(v[YEAR], v[MONTH]) || v[HOUR] > 23 ||
	    v[MINUTE] > 59 || v[SECOND] > 59 || v[MILLISECONDS] > 999) {
		fputs("<invalid date>\n", p->out);
		return;
	}
	fprintf(p->out, "%04u-%02u-%02uT%02u:%02u:%02u", v[YEAR], v[MONTH], v[DAY], v[HOUR],
		v[MINUTE], v[SECOND]);
	unsigned fraction = v[MILLISECONDS], digits = 3;
	for (; fraction != 0 && fraction % 10 == 0; fraction /= 10)
		digits--;
	if (fraction != 0)
		fprintf(p->out, ".%0*u", (int)digits, fraction);
	fputs("Z\n", p->out);
}

static void print_bias(struct printer *p, const char *label, struct cursor c)
{
	fprintf(p->out, "    %s= ", label);
	print_value(p, c, 4, PRINT_SIGNED);
	putc('\n', p->out);
}

/* TIME_ZONE_INFORMATION of timezoneapi.h. */
static void print_time_zone(struct printer *p, const struct misc *m)
{
	static const struct {
		const char *name, *date, *bias;
		unsigned at;
	} halves[] = {
		{ "standard_name ", "standard_date ", "standard_bias ", 4 },
		{ "daylight_name ", "daylight_date ", "daylight_bias ", 88 },
	};
	struct cursor zone = cursor_sub(&m->record, TIME_ZONE_AT, MISC_3 - TIME_ZONE_AT);

	fputs("  time_zone                    = ", p->out);
	if (!has(m, MISC_3, HAS_TIME_ZONE)) {
		fputs("(invalid)\n", p->out);
		return;
	}
	putc('\n', p->out);
	print_bias(p, "bias          ", cursor_sub(&zone, 0, 4));
	for (size_t i = 0; i < COUNT(halves); i++) {
		fprintf(p->out, "    %s= ", halves[i].name);
		print_units(p, cursor_sub(&zone, halves[i].at, 2 * NAME_UNITS), NAME_UNITS);
		fprintf(p->out, "    %s= ", halves[i].date);
		print_system_time(p, cursor_sub(&zone, halves[i].at + 64, 16));
		print_bias(p, halves[i].bias, cursor_sub(&zone, halves[i].at + 80, 4));
	}
}

static void print_build(struct printer *p, const struct misc *m, const char *label, unsigned at,
			unsigned units)
{
	fprintf(p->out, "  %s= ", label);
	if (has(m, MISC_4, HAS_BUILD))
		print_units(p, cursor_sub(&m->record, at, 2 * (uint64_t)units), units);
	else
		fputs("(invalid)\n", p->out);
}

/* XSTATE_CONFIG_FEATURE_MSC_INFO of minidumpapiset.h: the parts of a context that are there. */
static void print_xstate(struct printer *p, const struct misc *m)
{
	struct cursor c = cursor_sub(&m->record, XSTATE_AT, COOKIE_AT - XSTATE_AT);

	fputs("  xstate_data                  = ", p->out);
	if (!has(m, MISC_5, 0)) {
		fputs("(invalid)\n", p->out);
		return;
	}
	putc('\n', p->out);
	cursor_skip(&c, 8); /* sizes */
	uint64_t enabled = cursor_u64(&c);
	for (unsigned i = 0; i < XSTATE_FEATURES; i++) {
		uint32_t offset = cursor_u32(&c), size = cursor_u32(&c);

		if ((enabled >> i & 1) == 0)
			continue;
		if (xstate_names[i] != NULL)
			fprintf(p->out, "    feature %2u - %-22s: ", i, xstate_names[i]);
		else
			fprintf(p->out, "    feature %2u - (unknown)           : ", i);
		fprintf(p->out, " offset %4" PRIu32 ", size %4" PRIu32 "\n", offset, size);
	}
}

/* False for a stream that is too short for any version. */
static bool read_misc(struct misc *m, const struct md *md)
{
	static const size_t sizes[] = { MISC_1, MISC_2, MISC_3, MISC_4, MISC_5 };
	struct cursor c = md_stream(md, MD_MISC_INFO);

	*m = (struct misc){ .record = c };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		if (cursor_left(&c) >= sizes[i])
			m->size = sizes[i];
	}
	cursor_skip(&c, 4);
	m->flags = cursor_u32(&c);
	return m->size != 0;
}

void print_misc(struct printer *p)
{
	struct misc m;

	if (!read_misc(&m, p->md))
		return;
	fputs("MINIDUMP_MISC_INFO\n", p->out);
	for (size_t i = 0; i < COUNT(first_fields); i++)
		print_misc_field(p, &m, &first_fields[i]);
	print_time_zone(p, &m);
	print_build(p, &m, "build_string                 ", BUILD_AT, BUILD_UNITS);
	print_build(p, &m, "dbg_bld_str                  ", DEBUG_AT, DEBUG_UNITS);
	print_xstate(p, &m);
	print_misc_field(p, &m, &cookie_field);
	putc('\n', p->out);
}
