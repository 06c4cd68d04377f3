#include "dump/reason_os.h"

#include <inttypes.h>

/* Signals of Linux by number, from 1: asm-generic/signal.h. */
static const char *const signals[] = {
	NULL,        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
	"SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
	"SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
};

/* Breakpad's code for a dump without a crash. */
static const uint32_t dump_requested = 0xffffffff;

enum {
	SIGNAL_ILL = 4,
	SIGNAL_TRAP = 5,
	SIGNAL_BUS = 7,
	SIGNAL_FPE = 8,
	SIGNAL_SEGV = 11,
	SIGNAL_SYS = 31
};

/* Why the kernel sent the signal, by si_code, from 1: asm-generic/siginfo.h. */
static const struct signal_codes {
	uint32_t signal;
	const char *names[9];
} signal_codes[] = {
	{ SIGNAL_ILL,
	  { "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG",
	    "ILL_COPROC", "ILL_BADSTK", "ILL_BADIADDR" } },
	{ SIGNAL_TRAP,
	  { "TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT", "TRAP_UNK", "TRAP_PERF" } },
	{ SIGNAL_BUS,
	  { "BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR", "BUS_MCEERR_AO" } },
	{ SIGNAL_FPE,
	  { "FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES",
	    "FPE_FLTINV", "FPE_FLTSUB" } },
	{ SIGNAL_SEGV, { "SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR" } },
	{ SIGNAL_SYS, { "SYS_SECCOMP", "SYS_USER_DISPATCH" } },
};

/* si_code of signals that were sent for other reasons: the same header. */
static const struct {
	int32_t code;
	const char *name;
} sent_codes[] = {
	{ 0x80, "SI_KERNEL" }, { -1, "SI_QUEUE" },    { -2, "SI_TIMER" },
	{ -3, "SI_MESGQ" },    { -4, "SI_ASYNCIO" },  { -5, "SI_SIGIO" },
	{ -6, "SI_TKILL" },    { -7, "SI_DETHREAD" }, { -60, "SI_ASYNCNL" },
};

static const char *si_code_name(uint32_t signal, uint32_t code)
{
	for (size_t i = 0; i < COUNT(signal_codes); i++) {
		const struct signal_codes *s = &signal_codes[i];

		if (s->signal == signal && code >= 1 && code <= COUNT(s->names) &&
		    s->names[code - 1] != NULL)
			return s->names[code - 1];
	}
	for (size_t i = 0; i < COUNT(sent_codes); i++) {
		if ((uint32_t)sent_codes[i].code == code)
			return sent_codes[i].name;
	}
	return NULL;
}

struct str reason_of_linux(const struct md_exception *e, struct arena *a)
{
	const char *signal = e->code < COUNT(signals) ? signals[e->code] : NULL;
	const char *code;

	if (e->code == dump_requested)
		signal = "DUMP_REQUESTED";
	if (signal == NULL || e->flags == 0) /* 0: SI_USER, which says nothing */
		return str_of(signal);
	code = si_code_name(e->code, e->flags);
	if (code == NULL)
		return arena_printf(a, "%s / 0x%08" PRIx32, signal, e->flags);
	return arena_printf(a, "%s / %s", signal, code);
}

static struct str known_reason(const struct md_exception *e, const struct md_system *system,
			       struct arena *a)
{
	enum md_os os = system->os;

	if (os == MD_OS_LINUX || os == MD_OS_ANDROID)
		return reason_of_linux(e, a);
	if (os == MD_OS_MACOS || os == MD_OS_IOS)
		return reason_of_mac(e, system->cpu, a);
	return os == MD_OS_WINDOWS ? reason_of_windows(e, a) : (struct str){ 0 };
}

struct str reason_text(const struct md_exception *e, const struct md_system *system,
		       struct arena *a)
{
	struct str known = known_reason(e, system, a);

	if (known.n != 0)
		return known;
	return arena_printf(a, "unknown 0x%08" PRIx32 " / 0x%08" PRIx32, e->code, e->flags);
}

/* A signal without an address, in whose place is the pid of a sender or a child: one that a process
 * sent, which are all the negative codes and SI_USER, which is 0; and all but faults and SIGSYS.
 * But old Breakpad writers leave the code at 0 always, so faults have it, too. */
static bool was_sent(const struct md_exception *e, enum md_os os)
{
	bool fault = e->code == SIGNAL_ILL || e->code == SIGNAL_TRAP || e->code == SIGNAL_BUS ||
		     e->code == SIGNAL_FPE || e->code == SIGNAL_SEGV ||
		     (e->code == SIGNAL_SYS && e->flags != 0);

	return (os == MD_OS_LINUX || os == MD_OS_ANDROID) && e->code < COUNT(signals) &&
	       (!fault || e->flags >> 31 != 0);
}

bool reason_address(const struct md_exception *e, const struct md_system *system, bool compat,
		    uint64_t *address)
{
	if (!compat && was_sent(e, system->os))
		return false;
	*address = system->os == MD_OS_WINDOWS ? address_of_windows(e) : e->address;
	if (system->pointer_bits == 32)
		*address = (uint32_t)*address;
	return true;
}
