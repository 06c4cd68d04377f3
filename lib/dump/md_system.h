#ifndef CRASH_DUMP_MD_SYSTEM_H
#define CRASH_DUMP_MD_SYSTEM_H

#include "dump/md.h"
#include "dump/regs.h"

/* What the machine and the process were: SystemInfo, MiscInfo, BreakpadInfo, and the Linux text
 * streams. Sources: minidumpapiset.h, Breakpad's minidump_format.h;
 * minidump.md 4.1, 4.2, 4.9, 4.10. */

enum md_os {
	MD_OS_UNKNOWN,
	MD_OS_WINDOWS,
	MD_OS_MACOS,
	MD_OS_IOS,
	MD_OS_LINUX,
	MD_OS_ANDROID,
	MD_OS_SOLARIS,
	MD_OS_PS3,
	MD_OS_NACL,
	MD_OS_FUCHSIA,
};

struct md_system {
	uint16_t architecture; /* PROCESSOR_ARCHITECTURE_* */
	enum cpu_kind cpu;
	const char *cpu_name;  /* "amd64"; "unknown" */
	unsigned pointer_bits; /* 32, 64, or 0 for an unknown CPU: reports then print 16 digits */
	uint8_t n_cpus;
	uint32_t platform;
	enum md_os os;
	struct str os_name;    /* "Linux"; "0x0x008000" for a platform without name */
	struct str os_version; /* "5.4.0", then a blank and the build if there is one */
	struct str cpu_info;   /* "family 6 model 94 stepping 3"; empty when there is none */
	bool has_cpu_info;
};

/* False when there is no readable SystemInfo stream. */
bool md_system_read(struct md_system *s, const struct md *md, struct arena *a, bool compat);

struct md_process {
	bool has_pid, has_create_time;
	uint32_t pid;
	uint32_t create_time;                        /* seconds since 1970 */
	bool has_dump_thread, has_requesting_thread; /* BreakpadInfo */
	uint32_t dump_thread, requesting_thread;     /* thread ids */
};
void md_process_read(struct md_process *p, const struct md *md);

/* Linux text streams; the others are empty there. Strings are repaired UTF-8 in the arena. */
struct md_linux {
	bool has_lsb;
	struct str lsb_id, lsb_release, lsb_codename, lsb_description;
	bool has_microcode;
	uint64_t microcode; /* of /proc/cpuinfo */
};
void md_linux_read(struct md_linux *l, const struct md *md, struct arena *a);

#endif
