#include "crash/sig_annotations.h"

#include "crash/sig_c.h"
#include "crash/sig_value.h"

enum {
	SMALL_ALLOCATION = 256 * 1024, /* bytes */
	ABORT_LENGTH = 80,             /* characters, as the next one */
	IPC_ERROR_LENGTH = 100,
};

/* The operator "in" of Python: part of a text, element of a list, key of an object; nothing is in
 * what is not true. False for any other value. */
static bool find_in(struct js_value v, struct str what, bool *found, struct arena *a)
{
	*found = false;
	if (!sig_value_true(v))
		return true;
	if (v.kind == JS_STRING)
		*found = str_has(js_in_text(v, a), what);
	for (struct js_in_each e = js_in_over(v); js_in_next(&e);)
		*found |= js_in_is(v.kind == JS_OBJECT ? e.key : e.value, what);
	return v.kind == JS_STRING || v.kind == JS_ARRAY || v.kind == JS_OBJECT;
}

static bool is_one_of(struct js_value v, const struct str *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (js_in_is(v, texts[i]))
			return true;
	}
	return false;
}

bool sig_stackwalker_error(struct sig_job *job)
{
	struct js_value status = job->crash.mdsw_status_string;

	if (str_starts(job->result.signature, STR("EMPTY")) && sig_value_true(status))
		sig_set_parts(job, PARTS(job->result.signature, STR("; "),
					 sig_value_text(status, job->arena)));
	return true;
}

bool sig_bad_hardware(struct sig_job *job)
{
	bool found;

	if (!find_in(job->crash.reason, STR("STATUS_DEVICE_DATA_ERROR"), &found, job->arena))
		return sig_fail(job, "reason is no text");
	if (found)
		sig_set_parts(job, PARTS(STR("bad hardware | "), job->result.signature));
	return true;
}

/* Whether the signature so far, the thread or the reason speak of memory that ran out. */
static bool looks_out_of_memory(struct sig_job *job, bool *yes)
{
	static const struct str fragments[] = {
		STR_INIT("NS_ABORT_OOM"),          STR_INIT("mozalloc_handle_oom"),
		STR_INIT("CrashAtUnhandlableOOM"), STR_INIT("AutoEnterOOMUnsafeRegion"),
		STR_INIT("alloc::oom::oom"),
	};
	struct js_value thread;

	*yes = false;
	if (job->result.signature.n == 0)
		return true;
	for (size_t i = 0; i < sizeof(fragments) / sizeof(fragments[0]); i++)
		*yes |= str_has(job->result.signature, fragments[i]);
	if (*yes)
		return true;
	if (!sig_c_crashing_thread(job, &thread))
		return false;
	if (sig_value_true(thread) && thread.kind != JS_OBJECT)
		return sig_fail(job, "thread is no object");
	*yes = is_one_of(js_in_get(thread, STR("last_error_value")),
			 PARTS(STR("ERROR_COMMITMENT_LIMIT"), STR("ERROR_NOT_ENOUGH_MEMORY"))) ||
	       is_one_of(job->crash.reason,
			 PARTS(STR("STATUS_FATAL_MEMORY_EXHAUSTION"), STR("STATUS_NO_MEMORY"))) ||
	       js_in_is(job->crash.js_large_allocation_failure, STR("Reporting"));
	return true;
}

bool sig_out_of_memory(struct sig_job *job)
{
	const struct sig_crash *c = &job->crash;
	int64_t size;
	enum sig_int rc = sig_value_int(c->oom_allocation_size, &size, job->arena);
	bool yes = c->processed ? rc == SIG_INT_OK && size != 0
				: sig_value_true(c->oom_allocation_size);

	if (c->processed && rc != SIG_INT_OK)
		rc = SIG_INT_TYPE;
	if (!yes && !looks_out_of_memory(job, &yes))
		return false;
	if (!yes)
		return true;
	if (js_in_is(c->js_large_allocation_failure, STR("Reporting")))
		sig_set_parts(job, PARTS(STR("OOM | large | "), job->result.signature));
	else if (rc == SIG_INT_TYPE)
		sig_set_parts(job, PARTS(STR("OOM | unknown | "), job->result.signature));
	else if (rc != SIG_INT_OK)
		return sig_fail(job, "oom_allocation_size is no number");
	else if (size <= SMALL_ALLOCATION && job->own)
		sig_set_parts(job, PARTS(STR("OOM | small | "), job->result.signature));
	else if (size <= SMALL_ALLOCATION)
		sig_set(job, STR("OOM | small"));
	else
		sig_set_parts(job, PARTS(STR("OOM | large | "), job->result.signature));
	return true;
}

/* The message without what differs between builds and languages: the place in the source, and what
 * is in parentheses in the one message that is translated (bug 1385966 of Mozilla). */
static struct str shortened(struct sig_job *job, struct str s)
{
	static const char mark[] = "###!!! ABORT:";
	size_t at = str_find(s, STR(mark));

	if (at != s.n)
		s = str_from(s, at + sizeof(mark) - 1);
	s = str_first(s, str_find(s, STR(": file ")));
	if (!str_has(s, STR("unable to find a usable font")))
		return s;

	size_t open = str_find_char(s, '('), close = s.n;
	while (close != 0 && s.p[close - 1] != ')')
		close--;
	if (open == s.n || close == 0)
		return s;
	return arena_concat(job->arena, PARTS(str_first(s, open), str_from(s, close)));
}

bool sig_abort(struct sig_job *job)
{
	struct js_value v = job->crash.abort_message;

	if (!sig_value_true(v))
		return true;
	if (v.kind != JS_STRING)
		return sig_fail(job, "abort_message is no text");

	struct str s = js_in_text(v, job->arena);
	if (str_has(s, STR("###!!! ABORT: file "))) {
		sig_set_parts(job, PARTS(STR("Abort | "), job->result.signature));
		return true;
	}
	s = str_trim(sig_printable(job, shortened(job, s)));
	sig_set_parts(job, PARTS(STR("Abort | "),
				 str_first(s, s.n > ABORT_LENGTH ? ABORT_LENGTH - 3 : s.n),
				 s.n > ABORT_LENGTH ? STR("...") : STR(""), STR(" | "),
				 job->result.signature));
	return true;
}

static struct str first_characters(struct str s, size_t n)
{
	size_t i = 0;

	for (; i < s.n; i++) {
		if (((uint8_t)s.p[i] & 0xc0) != 0x80 && n-- == 0)
			break;
	}
	return str_first(s, i);
}

bool sig_ipc_error(struct sig_job *job)
{
	struct js_value v = job->crash.ipc_channel_error;
	bool browser;

	if (!sig_value_true(v))
		return true;
	if (v.kind != JS_STRING && v.kind != JS_ARRAY)
		return sig_fail(job, "ipc_channel_error is no text");
	if (!find_in(job->crash.additional_minidumps, STR("upload_file_minidump_browser"), &browser,
		     job->arena))
		return sig_fail(job, "additional_minidumps is no list");

	struct str s = sig_value_text(v, job->arena);
	if (v.kind == JS_STRING)
		s = first_characters(s, IPC_ERROR_LENGTH);
	sig_note(job, PARTS(STR("IPC Channel Error stomped on signature")));
	sig_set_parts(job,
		      PARTS(browser ? STR("IPCError-browser | ") : STR("IPCError-content | "), s));
	return true;
}

bool sig_ipc_message(struct sig_job *job)
{
	struct js_value name = job->crash.ipc_message_name;

	if (sig_value_true(name))
		sig_set_parts(job, PARTS(job->result.signature, STR(" | IPC_Message_Name="),
					 sig_value_text(name, job->arena)));
	return true;
}

/* Also of a hang without a name: "" and 0 count. */
bool sig_hang(struct sig_job *job)
{
	if (job->crash.hang.kind > JS_NULL)
		sig_set_parts(job, PARTS(STR("hang: "), sig_value_text(job->crash.hang, job->arena),
					 STR(" | "), job->result.signature));
	return true;
}
