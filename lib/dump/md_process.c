#include "base/utf.h"
#include "dump/md_system.h"
#include "dump/md_text.h"

enum { MISC_INFO_SIZE = 24, MISC_PROCESS_ID = 1, MISC_PROCESS_TIMES = 2 };
enum { HAS_DUMP_THREAD = 1, HAS_REQUESTING_THREAD = 2 };

/* MINIDUMP_MISC_INFO; later versions only append to it. */
static bool read_misc_info(struct md_process *p, const struct md *md)
{
	struct cursor c = md_stream(md, MD_MISC_INFO);

	if (cursor_left(&c) < MISC_INFO_SIZE)
		return false;
	cursor_skip(&c, 4); /* its own idea of its size, which rust-minidump ignores too */
	uint32_t flags = cursor_u32(&c);
	p->has_pid = (flags & MISC_PROCESS_ID) != 0;
	p->pid = cursor_u32(&c);
	p->has_create_time = (flags & MISC_PROCESS_TIMES) != 0;
	p->create_time = cursor_u32(&c);
	return true;
}

/* /proc/PID/status. A pid that is missing or malformed is 0, as with rust-minidump. */
static void read_status(struct md_process *p, const struct md *md)
{
	struct cursor c = md_stream(md, MD_LINUX_PROC_STATUS);
	struct str text = md_text(&c), key, value;

	p->has_pid = !c.failed;
	while (md_text_pair(&text, ':', &key, &value)) {
		uint64_t pid;

		if (!str_eq(key, STR("Pid")))
			continue;
		if (str_to_u64(value, &pid) && pid <= UINT32_MAX)
			p->pid = (uint32_t)pid;
		break;
	}
}

void md_process_read(struct md_process *p, const struct md *md)
{
	*p = (struct md_process){ 0 };
	if (!read_misc_info(p, md))
		read_status(p, md);

	/* MDRawBreakpadInfo */
	struct cursor c = md_stream(md, MD_BREAKPAD_INFO);
	uint32_t valid = cursor_u32(&c);
	p->dump_thread = cursor_u32(&c);
	p->requesting_thread = cursor_u32(&c);
	p->has_dump_thread = !c.failed && (valid & HAS_DUMP_THREAD) != 0;
	p->has_requesting_thread = !c.failed && (valid & HAS_REQUESTING_THREAD) != 0;
}

/* /etc/lsb-release, or /etc/os-release, which has other names for the same things. */
static void set_lsb(struct md_linux *l, struct str key, struct str value)
{
	const struct {
		struct str name, other;
		struct str *field;
	} fields[] = {
		{ STR("DISTRIB_ID"), STR("ID"), &l->lsb_id },
		{ STR("DISTRIB_RELEASE"), STR("VERSION_ID"), &l->lsb_release },
		{ STR("DISTRIB_CODENAME"), STR("VERSION_CODENAME"), &l->lsb_codename },
		{ STR("DISTRIB_DESCRIPTION"), STR("PRETTY_NAME"), &l->lsb_description },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (str_eq(key, fields[i].name) || str_eq(key, fields[i].other))
			*fields[i].field = value;
	}
}

static void read_microcode(struct md_linux *l, const struct md *md)
{
	struct cursor c = md_stream(md, MD_LINUX_CPU_INFO);
	struct str text = md_text(&c), key, value;

	while (md_text_pair(&text, ':', &key, &value)) {
		if (!str_eq(key, STR("microcode")))
			continue;
		l->has_microcode = str_starts(value, STR("0x")) &&
				   str_hex_to_u64(str_from(value, 2), &l->microcode);
		return;
	}
}

void md_linux_read(struct md_linux *l, const struct md *md, struct arena *a)
{
	struct cursor c = md_stream(md, MD_LINUX_LSB_RELEASE);
	struct str text = md_text(&c), key, value;

	*l = (struct md_linux){ .has_lsb = !c.failed };
	while (md_text_pair(&text, '=', &key, &value))
		set_lsb(l, key, value);
	l->lsb_id = utf8_repair(a, l->lsb_id);
	l->lsb_release = utf8_repair(a, l->lsb_release);
	l->lsb_codename = utf8_repair(a, l->lsb_codename);
	l->lsb_description = utf8_repair(a, l->lsb_description);
	read_microcode(l, md);
}
