#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "crash/sig_rules.h"
#include "crash/sig_value.h"

/* The rules as a whole: crash data in, signature and notes out. */
static const char *const lists[SIGLIST_KINDS] = {
	[SIGLIST_IRRELEVANT] = "# comment\n  abort$\n@0x[0-9a-f]{2,}\npanic\n",
	[SIGLIST_PREFIX] = "mem\n.*\\.dll$\n.*\\.so\nXUL\n",
	[SIGLIST_NUMBERS] = "js_Interpret\n",
	[SIGLIST_SENTINELS] = "_purecall\npanic\n",
};

struct fixture {
	struct arena a, scratch;
	struct siglists lists;
	struct js_in in;
};

static struct sig_result sign(struct fixture *f, const char *json, enum sig_input input)
{
	struct error err = { 0 };
	struct js_value root;

	*f = (struct fixture){ .in = js_in_make(str_of(json), "test", NULL) };
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		ck_assert(siglists_read(&f->lists, (enum siglist_kind)kind, str_of(lists[kind]),
					"test", &f->a, &err));
	ck_assert(js_in_read(&f->in, &root, &err));

	struct sig_job job = {
		.crash = sig_crash_read(root, input),
		.lists = &f->lists,
		.arena = &f->a,
		.scratch = &f->scratch,
		.debug = true,
	};
	sig_rules(&job);
	return job.result;
}

static void end(struct fixture *f)
{
	siglists_free(&f->lists);
	js_in_free(&f->in);
	arena_free(&f->a);
	arena_free(&f->scratch);
}

#define FRAMES(frames) "{\"threads\":[{\"frames\":[" frames "]}]}"
#define FAILED(why)    "SignatureGenerationRule: Rule failed: " why
#define EMPTY          "EMPTY: no frame data available"
#define NONE           "SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (0)"

/* A crash in f with an annotation; what a rule that fails says. */
#define WITH(annotation) "{\"threads\":[{\"frames\":[{\"function\":\"f\"}]}]," annotation "}"
#define RULE(name, why)  name ": Rule failed: " why
#define SHUTDOWN(json)   WITH("\"async_shutdown_timeout\":\"" json "\"")
#define REPLACED                                                                                \
	"SignatureShutdownTimeout: Signature replaced with a Shutdown Timeout signature, was: " \
	"\"f\""
#define UNPARSED(why)   "SignatureShutdownTimeout: Error parsing AsyncShutdownTimeout: " why
#define STOMPED         "SignatureIPCChannelError: IPC Channel Error stomped on signature"
#define JAVA(text)      "{\"java_stack_trace\":\"" text "\"}"
#define JAVA_NOTE(text) "SignatureGenerationRule: JavaSignatureTool: " text
#define EXCEPTION(stack) \
	"{\"java_exception\":{\"exception\":{\"values\":[{\"stacktrace\":" stack "}]}}}"
#define ADDRESS "@12345678"

/* json, the signature, the first note (NULL: there is none). */
struct crash {
	const char *json, *signature, *note;
};

/* The rules behind the first: what an annotation does, and what a wrong one does. */
static const struct crash annotations[] = {
	{ WITH("\"mdsw_status_string\":\"OK\""), "f", NULL },
	{ WITH("\"reason\":\"x STATUS_DEVICE_DATA_ERROR y\""), "bad hardware | f", NULL },
	{ WITH("\"reason\":[\"STATUS_DEVICE_DATA_ERROR\"]"), "bad hardware | f", NULL },
	{ WITH("\"reason\":{\"STATUS_DEVICE_DATA_ERROR\":0}"), "bad hardware | f", NULL },
	{ WITH("\"reason\":5"), "f", RULE("BadHardware", "reason is no text") },
	{ WITH("\"reason\":0"), "f", NULL },
	/* out of memory */
	{ WITH("\"oom_allocation_size\":262144"), "OOM | small", NULL },
	{ WITH("\"oom_allocation_size\":\" 262145 \""), "OOM | large | f", NULL },
	{ WITH("\"oom_allocation_size\":[1]"), "OOM | unknown | f", NULL },
	{ WITH("\"oom_allocation_size\":0"), "f", NULL },
	{ WITH("\"oom_allocation_size\":\"0\""), "OOM | small", NULL },
	{ WITH("\"oom_allocation_size\":\"x\""), "f",
	  RULE("OOMSignature", "oom_allocation_size is no number") },
	{ WITH("\"reason\":\"STATUS_NO_MEMORY\""), "OOM | unknown | f", NULL },
	{ WITH("\"js_large_allocation_failure\":\"Reporting\",\"oom_allocation_size\":1"),
	  "OOM | large | f", NULL },
	{ WITH("\"js_large_allocation_failure\":\"Reported\""), "f", NULL },
	{ FRAMES("{\"function\":\"NS_ABORT_OOM\"}"), "OOM | unknown | NS_ABORT_OOM", NULL },
	{ "{\"threads\":[{\"frames\":[],\"last_error_value\":\"ERROR_COMMITMENT_LIMIT\"}]}",
	  "OOM | unknown | " EMPTY, NONE },
	/* aborts */
	{ WITH("\"abort_message\":\"[1] ###!!! ABORT: a: file b.c, line 1\""), "Abort | a | f",
	  NULL },
	{ WITH("\"abort_message\":\"###!!! ABORT: file b.c, line 1\""), "Abort | f", NULL },
	{ WITH("\"abort_message\":\"a unable to find a usable font (x) b (y) c\""),
	  "Abort | a unable to find a usable font c | f", NULL },
	{ WITH("\"abort_message\":\"unable to find a usable font ) (\""),
	  "Abort | unable to find a usable font ) ( | f", NULL },
	{ WITH("\"abort_message\":\"\\u00e9\""), "Abort | | f", NULL },
	{ WITH("\"abort_message\":\"0123456789012345678901234567890123456789"
	       "0123456789012345678901234567890123456789\""),
	  "Abort | 0123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789 | f",
	  NULL },
	{ WITH("\"abort_message\":\"0123456789012345678901234567890123456789"
	       "0123456789012345678901234567890123456789x\""),
	  "Abort | 0123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456... | f",
	  NULL },
	{ WITH("\"abort_message\":[\"a\"]"), "f",
	  RULE("AbortSignature", "abort_message is no text") },
	/* waiting at shutdown */
	{ SHUTDOWN(
		  "{\\\"phase\\\":\\\"p\\\",\\\"conditions\\\":[\\\"b\\\",{\\\"name\\\":1},null]}"),
	  "AsyncShutdownTimeout | p | 1,None,b", REPLACED },
	{ SHUTDOWN("{}"), "AsyncShutdownTimeout | (unknown) | (none)", REPLACED },
	{ SHUTDOWN("{\\\"conditions\\\":\\\"ba\\\"}"), "AsyncShutdownTimeout | (unknown) | a,b",
	  REPLACED },
	{ SHUTDOWN("{\\\"conditions\\\":{\\\"b\\\":0,\\\"a\\\":0,\\\"b\\\":1}}"),
	  "AsyncShutdownTimeout | (unknown) | a,b", REPLACED },
	{ SHUTDOWN("{\\\"conditions\\\":[{}]}"), "AsyncShutdownTimeout | (unknown) | UNKNOWN",
	  UNPARSED("a condition has no name") },
	{ SHUTDOWN("{} {}"), "AsyncShutdownTimeout | UNKNOWN", UNPARSED("not one JSON document") },
	{ SHUTDOWN(" "), "AsyncShutdownTimeout | UNKNOWN", UNPARSED("not one JSON document") },
	{ SHUTDOWN("{"), "AsyncShutdownTimeout | UNKNOWN", UNPARSED("not one JSON document") },
	{ SHUTDOWN("[]"), "f",
	  RULE("SignatureShutdownTimeout", "async_shutdown_timeout holds no object") },
	{ SHUTDOWN("{\\\"conditions\\\":5}"), "f",
	  RULE("SignatureShutdownTimeout", "conditions is no list") },
	{ WITH("\"async_shutdown_timeout\":{\"phase\":\"p\"}"), "f",
	  RULE("SignatureShutdownTimeout", "async_shutdown_timeout is no text") },
	/* hangs at shutdown: the first thread counts, and what rules before it said is gone */
	{ "{\"crashing_thread\":1,\"abort_message\":\"m\",\"threads\":[{\"frames\":[{\"function\":"
	  "\"g\"}]},{\"frames\":[{\"function\":\"RunWatchdog\"}]}]}",
	  "shutdownhang | g", NULL },
	{ "{\"crashing_thread\":1,\"threads\":[null,{\"frames\":[{\"function\":\"RunWatchdog\"}]}]"
	  "}",
	  "RunWatchdog", RULE("SignatureRunWatchDog", "thread is no object") },
	/* errors and names of messages between processes */
	{ WITH("\"ipc_channel_error\":\"e\""), "IPCError-content | e", STOMPED },
	{ WITH("\"ipc_channel_error\":\"e\",\"additional_minidumps\":"
	       "[\"upload_file_minidump_browser\"]"),
	  "IPCError-browser | e", STOMPED },
	{ WITH("\"ipc_channel_error\":[\"e\"]"), "IPCError-content | ['e']", STOMPED },
	{ WITH("\"ipc_channel_error\":5"), "f",
	  RULE("SignatureIPCChannelError", "ipc_channel_error is no text") },
	{ WITH("\"ipc_channel_error\":\"e\",\"additional_minidumps\":5"), "f",
	  RULE("SignatureIPCChannelError", "additional_minidumps is no list") },
	{ WITH("\"ipc_message_name\":\"P::M\""), "f | IPC_Message_Name=P::M", NULL },
	{ WITH("\"hang\":\"ui\""), "hang: ui | f", NULL },
	{ WITH("\"hang\":0"), "hang: 0 | f", NULL },
	{ WITH("\"hang\":null"), "f", NULL },
	/* several at once */
	{ "{\"threads\":[{\"frames\":[{\"function\":\"NS_ABORT_OOM\"}]}],\"hang\":\"ui\","
	  "\"abort_message\":\"boom\",\"oom_allocation_size\":1000000,\"ipc_message_name\":"
	  "\"PFoo\",\"reason\":\"EXCEPTION_STACK_OVERFLOW\"}",
	  "hang: ui | stackoverflow | Abort | boom | OOM | large | NS_ABORT_OOM | "
	  "IPC_Message_Name=PFoo",
	  NULL },
};

static const struct crash java[] = {
	{ JAVA("a.B: no " ADDRESS "0\\n\\tat a.b(C.java:12)\\nmore"),
	  "a.B: no @<addr>0 at a.b(C.java)", NULL },
	{ JAVA("a.B: is " ADDRESS "\\r\\nat a.b(C.kt:12)"), "a.B: is @<addr>: at a.b(C.kt:12)",
	  NULL },
	{ JAVA("a.B:\\u2028at b(C.java:\\u0663)"), "a.B: at b(C.java)", NULL },
	{ JAVA("a.B:\\nat b(C.java:)"), "a.B: at b(C.java:)", NULL },
	{ JAVA("a.B:"), "a.B", JAVA_NOTE("stack trace line 2 is missing") },
	{ JAVA("a.B:\\n \\nc"), "a.B", JAVA_NOTE("stack trace line 2 is empty") },
	{ JAVA("a.B\\nat c"), "a.B: at c",
	  JAVA_NOTE("stack trace line 1 is not in the expected format") },
	{ "{\"java_stack_trace\":5}", "EMPTY: Java stack trace not in expected format",
	  JAVA_NOTE("stack trace not in expected format") },
	{ EXCEPTION("{\"module\":\"m\",\"type\":\"T\",\"frames\":[{\"module\":\"a\",\"function\":"
		    "\"b\","
		    "\"filename\":\"c.kt\"},{}]}"),
	  "m.T: at a.b(c.kt)", NULL },
	{ EXCEPTION("{\"module\":\"m\",\"frames\":[{\"function\":\"b\"}]}"), "m.Unknown: at b",
	  NULL },
	{ EXCEPTION("{\"module\":\"m\",\"type\":null,\"frames\":[{\"filename\":\"c\"}]}"),
	  "None: at unknown", NULL },
	{ EXCEPTION("{\"type\":\"T\",\"frames\":[{},5]}"), "",
	  FAILED("frame of the exception is no object") },
	{ EXCEPTION("{\"type\":\"T\",\"frames\":[{\"module\":5}]}"), "",
	  FAILED("module or function of the exception is no text") },
	{ EXCEPTION("{\"type\":\"T\",\"frames\":5}"), "",
	  FAILED("frames of the exception are no list") },
	{ EXCEPTION("[1]"), "", FAILED("stacktrace of the exception is no object") },
	{ EXCEPTION("{}"), "EMPTY: Java exception not in expected format",
	  "SignatureGenerationRule: JavaExceptionSignatureTool: value not in expected format" },
};

static const struct crash crashes[] = {
	{ "{}", EMPTY, NONE },
	{ "[]", "", FAILED("crash data is no object") },
	{ "{\"threads\":[null]}", "", FAILED("thread is no object") },
	{ "{\"threads\":[{\"frames\":null}]}", "", FAILED("frames is no list") },
	{ "{\"threads\":[{\"frames\":\"\"}]}", EMPTY, NONE },
	{ FRAMES("5"), "", FAILED("frame is no object") },
	{ FRAMES("{\"function\":5}"), "", FAILED("function is no text") },
	{ FRAMES("{\"function\":[]}"), "", FAILED("function is no text") },
	{ FRAMES("{\"function\":\"const\"}"), "", FAILED("function has no name") },
	{ FRAMES("{\"file\":5}"), "", FAILED("file is no text") },
	{ FRAMES("{\"module\":5}"), "", FAILED("module is no text") },
	{ FRAMES("{\"module\":5,\"function\":\"f\"}"), "f", NULL },
	{ FRAMES("{\"inlines\":5}"), "", FAILED("inlines is no list") },
	{ FRAMES("{\"inlines\":[5]}"), "", FAILED("inline function is no object") },
	{ FRAMES("{\"unloaded_modules\":[5]}"), "",
	  FAILED("unloaded_modules is no list of objects") },
	{ FRAMES("{\"unloaded_modules\":[{\"module\":\"a.dll\"}]}"), "(unloaded a.dll)", NULL },
	{ FRAMES("{\"offset\":\"0x0000a\"}"), "@0xa", NULL },
	{ FRAMES("{\"offset\":\"0x00ab\"},{\"function\":\"f\"}"), "f", NULL },
	{ FRAMES("{\"file\":\"/a/b.c\",\"line\":7}"), "b.c#7", NULL },
	{ FRAMES("{\"file\":\"c:\\\\a\\\\b.c\\\\\",\"line\":1e16}"), "b.c#1e+16", NULL },
	{ FRAMES("{\"module\":\"[xul.dll]\"},{\"function\":\"f\"}"), "xul.dll | f", NULL },
	/* from the innermost: irrelevant ones skipped, prefixes added, then the last one */
	{ FRAMES("{\"function\":\"abort\"},{\"function\":\"memcpy\"},{\"function\":\"a::b(int)\"},"
		 "{\"function\":\"main\"}"),
	  "memcpy | a::b", NULL },
	/* the sentinel starts the stack, though it is irrelevant itself */
	{ FRAMES("{\"function\":\"x\"},{\"function\":\"panic\"},{\"function\":\"y\"}"), "y", NULL },
	/* modules in a row are one, other frames are not */
	{ FRAMES("{\"module\":\"a.so\"},{\"function\":\"abort\"},{\"module\":\"a.so\"},"
		 "{\"function\":\"mem\"},{\"function\":\"mem\"},{\"function\":\"z\"}"),
	  "a.so | mem | mem | z", NULL },
	/* all irrelevant: the first one */
	{ FRAMES("{\"function\":\"abort\"},{\"function\":\"abort\"}"), "abort", NONE },
	/* inlines come first, innermost first, with the module of their frame */
	{ FRAMES("{\"function\":\"f\",\"module\":\"m.so\",\"inlines\":[{\"function\":\"mem1\"},{}]"
		 "}"),
	  "mem1 | m.so | f", NULL },
	{ FRAMES("{\"function\":\"js_Interpret\",\"line\":3}"), "js_Interpret:3", NULL },
	{ FRAMES("{\"function\":\"panic_fmt\",\"file\":\"git:a/b:src/libcore/panicking.rs:1\"}"),
	  "core::panicking::panic_fmt", NULL },
	{ "{\"crashing_thread\":\" -1 \",\"threads\":[{},{\"frames\":[{\"function\":\"f\"}]}]}",
	  "f", NULL },
	{ "{\"crashing_thread\":Infinity}", "", FAILED("crashing_thread is infinite") },
	{ "{\"os\":\"Windows NT\",\"threads\":[{\"frames\":[{\"module\":\"XUL.DLL\"}]}]}",
	  "xul.dll", NULL },
	{ "{\"reason\":\"EXCEPTION_STACK_OVERFLOW\"}", "stackoverflow | " EMPTY, NONE },
	{ "{\"mdsw_status_string\":\"OK\"}", EMPTY "; OK", NONE },
	{ FRAMES("{\"function\":\"caf\xc3\xa9\\u0000\\tx  y\"}"), "y", NULL },
	{ FRAMES("{\"module\":\"a  b\\u0000\"}"), "a b",
	  "SigPrintableCharsOnly: unprintable characters removed" },
};

static void check_crash(const struct crash *c)
{
	struct fixture f;
	struct sig_result r = sign(&f, c->json, SIG_CRASH);
	struct str note = r.notes.first == NULL ? STR("") : r.notes.first->text;

	if (!str_eq(r.signature, str_of(c->signature)))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(r.signature), c->signature);
	/* what is dropped at the end is not what these are about */
	if (c->note != NULL ? !str_eq(note, str_of(c->note))
			    : note.n != 0 && !str_starts(note, STR("SigPrintable")))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(note), c->note);
	end(&f);
}

START_TEST(crash)
{
	check_crash(&crashes[_i]);
}
END_TEST

START_TEST(annotation)
{
	check_crash(&annotations[_i]);
}
END_TEST

START_TEST(java_crash)
{
	check_crash(&java[_i]);
}
END_TEST

/* A processed crash has its annotations outside of the stackwalker's JSON; a size that is no
 * integer is none. */
static const struct crash processed[] = {
	{ "{\"oom_allocation_size\":\"x\",\"json_dump\":{\"status\":\"OK\"}}", EMPTY, NONE },
	{ "{\"oom_allocation_size\":\"0\"}", EMPTY, NONE },
	{ "{\"oom_allocation_size\":\"7\",\"reason\":5}", "OOM | small", NONE },
	{ "{\"oom_allocation_size\":NaN,\"js_large_allocation_failure\":\"x\",\"json_dump\":"
	  "{\"crash_info\":{\"type\":\"STATUS_NO_MEMORY\"}}}",
	  "OOM | unknown | " EMPTY, NONE },
	{ "{\"mdsw_status_string\":\"EmptyMinidump\",\"threads\":5}", EMPTY "; EmptyMinidump",
	  NONE },
};

START_TEST(processed_crash)
{
	struct fixture f;
	struct sig_result r = sign(&f, processed[_i].json, SIG_PROCESSED);

	if (!str_eq(r.signature, str_of(processed[_i].signature)))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(r.signature), processed[_i].signature);
	ck_assert(str_eq(r.notes.first->text, str_of(processed[_i].note)));
	end(&f);
}
END_TEST

START_TEST(characters_count_not_bytes)
{
	struct buf b = { 0 };
	struct fixture f;

	buf_printf(&b, "{\"ipc_channel_error\":\"");
	for (int i = 0; i < 99; i++)
		buf_put_str(&b, STR("\xc3\xa9"));
	buf_printf(&b, "ab\"}%c", 0);
	ck_assert(str_eq(sign(&f, b.p, SIG_CRASH).signature, STR("IPCError-content | a")));
	end(&f);
	buf_clear(&b);

	/* 256 characters of an exception: its description goes */
	buf_printf(&b, "{\"java_stack_trace\":\"C: ");
	for (int i = 0; i < 248; i++)
		buf_put_str(&b, STR("\xc3\xa9"));
	buf_printf(&b, "\\nat x\"}%c", 0);
	ck_assert(str_eq(sign(&f, b.p, SIG_CRASH).signature, STR("C: at x")));
	end(&f);
	buf_free(&b);
}
END_TEST

START_TEST(a_hang_without_a_first_thread_keeps_the_frames)
{
	struct fixture f;
	struct sig_result r = sign(
		&f,
		"{\"crashing_thread\":1,\"threads\":[{},{\"frames\":[{\"function\":"
		"\"RunWatchdog\"}]}]}",
		SIG_CRASH);

	ck_assert(str_eq(r.signature, STR("shutdownhang | " EMPTY)));
	ck_assert_uint_eq(r.n_frames, 1);
	end(&f);
}
END_TEST

#define DUMP                                                                            \
	"\"crash_info\":{\"crashing_thread\":1,\"type\":\"EXCEPTION_STACK_OVERFLOW\"}," \
	"\"system_info\":{\"os\":\"Windows NT\"},"                                      \
	"\"threads\":[{},{\"frames\":[{\"module\":\"A.DLL\"},{\"function\":\"f\"}]}]"

/* The same crash in its three forms, told apart by their keys. */
static const char *const forms[] = {
	("{\"status\":\"OK\"," DUMP "}"),
	("{\"reason\":\"x\",\"crashing_thread\":0,\"json_dump\":{" DUMP "}}"),
	("{\"crashing_thread\":1,\"reason\":\"EXCEPTION_STACK_OVERFLOW\",\"os\":\"Windows NT\","
	 "\"threads\":[{},{\"frames\":[{\"module\":\"A.DLL\"},{\"function\":\"f\"}]}]}"),
};

START_TEST(form)
{
	struct fixture f;
	struct sig_result r = sign(&f, forms[_i], SIG_AUTO);

	ck_assert(str_eq(r.signature, STR("stackoverflow | a.dll | f")));
	ck_assert_uint_eq(r.n_frames, 2);
	end(&f);
}
END_TEST

START_TEST(forty_frames_are_looked_at_inlines_counted)
{
	struct buf b = { 0 };
	struct fixture f;

	buf_printf(&b, "{\"threads\":[{\"frames\":[");
	for (int i = 0; i < 20; i++)
		buf_printf(&b, "{\"function\":\"mem%d\",\"inlines\":[{\"function\":\"mem\"}]},", i);
	buf_printf(&b, "5]}]}%c", 0); /* what comes after does no harm */

	struct sig_result r = sign(&f, b.p, SIG_AUTO);
	ck_assert_uint_eq(r.n_frames, SIG_FRAMES);
	ck_assert(str_eq(r.frames[39], STR("mem19")));
	ck_assert_uint_eq(r.signature.n, 255);
	ck_assert(str_ends(r.signature, STR("...")));
	end(&f);
	buf_free(&b);
}
END_TEST

/* Values as Python sees them: text, truth, offset (NULL: not tried). */
static const struct {
	const char *json, *text;
	bool yes;
	const char *offset;
} values[] = {
	{ "null", "None", false, NULL },
	{ "true", "True", true, NULL },
	{ "false", "False", false, NULL },
	{ "0", "0", false, NULL },
	{ "-0", "0", false, NULL },
	{ "-0.0", "-0.0", false, NULL },
	{ "1e-400", "0.0", false, NULL },
	{ "1e400", "inf", true, NULL },
	{ "NaN", "nan", true, NULL },
	{ "-Infinity", "-inf", true, NULL },
	{ "123456789012345678901", "123456789012345678901", true, NULL },
	{ "1e15", "1000000000000000.0", true, NULL },
	{ "1e16", "1e+16", true, NULL },
	{ "0.0001", "0.0001", true, NULL },
	{ "0.00001", "1e-05", true, NULL },
	{ "\"\"", "", false, "" },
	{ "\"0\"", "0", true, "0x0" },
	{ "\" 0x00AbC \"", " 0x00AbC ", true, "0xabc" },
	{ "\"-0x_1_0\"", "-0x_1_0", true, "-0x10" },
	{ "\"0x1__0\"", "0x1__0", true, "0x1__0" },
	{ "\"0x\"", "0x", true, "0x" },
	{ "\"zz\"", "zz", true, "zz" },
	{ "\"\xd9\xa3\"", "\xd9\xa3", true, "0x3" },
	{ "5", "5", true, "5" },
	{ "[]", "[]", false, NULL },
	/* repr(): nested, quotes of both kinds, escapes */
	{ "{\"a\":1,\"b\":[true,null,1.0,{}]}", "{'a': 1, 'b': [True, None, 1.0, {}]}", true,
	  NULL },
	{ "[\"it's\",\"\\\"\",\"'\\\"\"]", "[\"it's\", '\"', '\\'\"']", true, NULL },
	{ "[\"\\n\\t\\r\\u0001\\\\\\u00e9\\u2028\"]", "['\\n\\t\\r\\x01\\\\\xc3\xa9\\u2028']", true,
	  NULL },
};

START_TEST(value)
{
	struct js_in in = js_in_make(str_of(values[_i].json), "test", NULL);
	struct error err = { 0 };
	struct arena a = { 0 };
	struct js_value v;

	ck_assert(js_in_read(&in, &v, &err));
	ck_assert(str_eq(sig_value_text(v, &a), str_of(values[_i].text)));
	ck_assert(sig_value_true(v) == values[_i].yes);
	if (values[_i].offset != NULL)
		ck_assert(str_eq(sig_value_offset(v, &a), str_of(values[_i].offset)));
	arena_free(&a);
	js_in_free(&in);
}
END_TEST

static const struct {
	const char *json;
	enum sig_int rc;
	int64_t v;
} integers[] = {
	{ "7", SIG_INT_OK, 7 },
	{ "-7", SIG_INT_OK, -7 },
	{ "99999999999999999999", SIG_INT_OK, INT64_MAX },
	{ "-99999999999999999999", SIG_INT_OK, INT64_MIN },
	{ "9223372036854775808", SIG_INT_OK, INT64_MAX },
	{ "-9223372036854775808", SIG_INT_OK, INT64_MIN },
	{ "-1.9", SIG_INT_OK, -1 },
	{ "1e300", SIG_INT_OK, INT64_MAX },
	{ "true", SIG_INT_OK, 1 },
	{ "false", SIG_INT_OK, 0 },
	{ "\"\\u3000+1_0 \"", SIG_INT_OK, 10 },
	{ "\"1.5\"", SIG_INT_VALUE, 0 },
	{ "\"1_\"", SIG_INT_VALUE, 0 },
	{ "\"\"", SIG_INT_VALUE, 0 },
	{ "NaN", SIG_INT_VALUE, 0 },
	{ "Infinity", SIG_INT_INFINITE, 0 },
	{ "null", SIG_INT_TYPE, 0 },
	{ "[]", SIG_INT_TYPE, 0 },
};

START_TEST(integer)
{
	struct js_in in = js_in_make(str_of(integers[_i].json), "test", NULL);
	struct error err = { 0 };
	struct arena a = { 0 };
	struct js_value v;
	int64_t out;

	ck_assert(js_in_read(&in, &v, &err));
	ck_assert(sig_value_int(v, &out, &a) == integers[_i].rc);
	ck_assert(integers[_i].rc != SIG_INT_OK || out == integers[_i].v);
	arena_free(&a);
	js_in_free(&in);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *s = suite_create("sig");
	TCase *t = tcase_create("sig");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, crash, 0, ROWS(crashes));
	tcase_add_loop_test(t, annotation, 0, ROWS(annotations));
	tcase_add_loop_test(t, java_crash, 0, ROWS(java));
	tcase_add_loop_test(t, processed_crash, 0, ROWS(processed));
	tcase_add_test(t, characters_count_not_bytes);
	tcase_add_test(t, a_hang_without_a_first_thread_keeps_the_frames);
	tcase_add_loop_test(t, form, 0, ROWS(forms));
	tcase_add_test(t, forty_frames_are_looked_at_inlines_counted);
	tcase_add_loop_test(t, value, 0, ROWS(values));
	tcase_add_loop_test(t, integer, 0, ROWS(integers));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
