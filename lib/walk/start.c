#include "walk/start.h"

/*
 * Names as symbol files have them, without arguments and decorations. glibc:
 * sysdeps/unix/sysv/linux (clone.S, clone3.S, start_context), nptl/pthread_create.c,
 * csu/libc-start.c, elf/rtld.c; musl: src/thread (clone.s), crt/crt1.c,
 * src/env/__libc_start_main.c; bionic: libc/arch-*, bionic/ pthread_create.cpp, clone.cpp,
 * libc_init_dynamic.cpp; Apple: libpthread (pthread_asm.s, pthread.c), dyld (start); Windows:
 * stacks of ntdll and kernel32 since NT 4, whose names on x86 lose one underscore.
 */
enum { UNIX = 1, APPLE = 2, WINDOWS = 4 };

static const struct {
	struct str name;
	uint8_t systems;
	enum start start;
} starts[] = {
	{ STR_INIT("BaseProcessStart"), WINDOWS, START_OUTERMOST },
	{ STR_INIT("BaseThreadInitThunk"), WINDOWS, START_INNER },
	{ STR_INIT("BaseThreadStart"), WINDOWS, START_OUTERMOST },
	{ STR_INIT("RtlUserThreadStart"), WINDOWS, START_OUTERMOST },
	{ STR_INIT("_RtlUserThreadStart"), WINDOWS, START_OUTERMOST },
	{ STR_INIT("__RtlUserThreadStart"), WINDOWS, START_INNER },
	{ STR_INIT("__bionic_clone"), UNIX, START_OUTERMOST },
	{ STR_INIT("__clone"), UNIX, START_OUTERMOST },
	{ STR_INIT("__clone3"), UNIX, START_OUTERMOST },
	{ STR_INIT("__libc_init"), UNIX, START_INNER },
	{ STR_INIT("__libc_start_call_main"), UNIX, START_INNER },
	{ STR_INIT("__libc_start_main"), UNIX, START_INNER },
	{ STR_INIT("__libc_start_main_impl"), UNIX, START_INNER },
	{ STR_INIT("__pthread_start"), UNIX, START_INNER },
	{ STR_INIT("__start_context"), UNIX, START_OUTERMOST },
	{ STR_INIT("__start_thread"), UNIX, START_INNER },
	{ STR_INIT("_dl_start_user"), UNIX, START_OUTERMOST },
	{ STR_INIT("_pthread_start"), APPLE, START_INNER },
	{ STR_INIT("_pthread_wqthread"), APPLE, START_INNER },
	{ STR_INIT("_start"), UNIX, START_OUTERMOST },
	{ STR_INIT("_start_c"), UNIX, START_INNER },
	{ STR_INIT("_start_main"), UNIX, START_INNER },
	{ STR_INIT("clone"), UNIX, START_OUTERMOST },
	{ STR_INIT("clone3"), UNIX, START_OUTERMOST },
	{ STR_INIT("start"), APPLE, START_OUTERMOST },
	{ STR_INIT("start_thread"), UNIX, START_INNER },
	{ STR_INIT("start_wqthread"), APPLE, START_OUTERMOST },
	{ STR_INIT("thread_start"), APPLE, START_OUTERMOST },
};

/* A PUBLIC has no size: the calls of these functions stand at their beginning. */
enum { PUBLIC_REACH = 1024 };

static const uint8_t system_of[] = {
	[MD_OS_LINUX] = UNIX, [MD_OS_ANDROID] = UNIX,    [MD_OS_MACOS] = APPLE,
	[MD_OS_IOS] = APPLE,  [MD_OS_WINDOWS] = WINDOWS, [MD_OS_FUCHSIA] = 0,
};

/* "clone" of "clone(int)", "clone@@GLIBC_2.17" and "clone@12". */
static struct str plain(struct str name)
{
	name = str_first(name, str_find_char(name, '('));
	return str_first(name, str_find_char(name, '@'));
}

enum start start_of(struct names *n, ptrdiff_t module, uint64_t instruction, struct arena *a)
{
	unsigned system = system_of[n->dump->system.os];
	struct sym_frame f;
	struct str name;

	if (system == 0 || !names_find(n, module, instruction, a, &f) ||
	    (f.is_public && names_offset(n, module, instruction) - f.base >= PUBLIC_REACH))
		return START_NO;
	name = plain(f.function);
	for (size_t i = 0; i < COUNT(starts); i++) {
		if ((starts[i].systems & system) != 0 && str_eq(starts[i].name, name))
			return starts[i].start;
	}
	return START_NO;
}
