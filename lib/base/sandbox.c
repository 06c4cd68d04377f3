#include "base/sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/sandbox_os.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = true };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
enum { SANITIZED = true };
#else
enum { SANITIZED = false };
#endif
#else
enum { SANITIZED = false };
#endif

/* Both open files and make code of their own. Valgrind is seen by what it loads before a program.
 */
static bool is_watched(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return SANITIZED || (preload != NULL && strstr(preload, "vgpreload") != NULL);
}

static bool env_is(const char *value)
{
	const char *env = getenv("CRASH_SANDBOX");

	return env != NULL && strcmp(env, value) == 0;
}

void sandbox_begin(struct sandbox *s, bool wanted)
{
	*s = (struct sandbox){ .files = -1 };
	s->on = wanted && !env_is("off") && !is_watched();
	s->strict = s->on && env_is("strict");
	s->require = s->strict || (s->on && env_is("require"));
	if (s->on)
		sandbox_os_begin(s);
}

void sandbox_allow(struct sandbox *s, const char *path, enum sandbox_use use)
{
	if (s->on && s->files >= 0)
		sandbox_os_allow(s, path, use);
}

void sandbox_allow_folder(struct sandbox *s, const char *path, enum sandbox_use use)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	char folder[1024];

	if (n >= sizeof(folder))
		return;
	memcpy(folder, path, n);
	folder[n] = '\0';
	sandbox_allow(s, n == 0 ? "." : folder, use);
}

bool sandbox_enter(struct sandbox *s, struct diag *d, struct error *err)
{
	/* A core would hold the memory of a user's process. A limit of one byte, not of none, keeps
	 * it from programs that take cores from a pipe, too: core(5). */
	const struct rlimit no_core = { 1, 1 };
	bool files, calls;

	if (!s->on)
		return true;
	setrlimit(RLIMIT_CORE, &no_core);
	files = sandbox_os_files(s);
	calls = sandbox_os_calls(s);
	if (s->require && !(files && calls))
		return error_set(err, ERROR_UNSUPPORTED, "no sandbox: this system has no %s",
				 files ? "seccomp" : "Landlock");
	diag_info(d, "sandbox: files %s, system calls %s", files ? "restricted" : "not restricted",
		  calls ? "restricted" : "not restricted");
	return true;
}
