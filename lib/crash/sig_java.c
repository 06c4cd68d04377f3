#include "crash/sig_java.h"

#include "base/buf.h"
#include "base/unicode.h"
#include "base/utf.h"
#include "crash/sig_value.h"

/* Of class, description and method, in characters: DESCRIPTION_MAX_LENGTH. */
enum { MAX_LENGTH = 255, ADDRESS_DIGITS = 8 };

/* Where str.splitlines() of Python ends a line, but for CR LF. */
static bool ends_line(uint32_t code)
{
	return (code >= '\n' && code <= '\r') || (code >= 0x1c && code <= 0x1e) || code == 0x85 ||
	       code == 0x2028 || code == 0x2029;
}

static bool next_line(struct str *rest, struct str *line)
{
	struct str s = *rest;

	if (s.n == 0)
		return false;
	while (s.n != 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code), before = rest->n - s.n;

		s = str_from(s, n);
		if (!ends_line(code))
			continue;
		if (code == '\r' && str_starts(s, STR("\n")))
			s = str_from(s, 1);
		*line = unicode_trim(str_first(*rest, before));
		*rest = s;
		return true;
	}
	*line = unicode_trim(*rest);
	*rest = s;
	return true;
}

static bool is_address(struct str s)
{
	if (s.n < ADDRESS_DIGITS + 1 || s.p[0] != '@')
		return false;
	for (size_t i = 1; i <= ADDRESS_DIGITS; i++) {
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	}
	return true;
}

/* Addresses of objects differ from crash to crash. */
static struct str without_addresses(struct sig_job *job, struct str s)
{
	struct buf b = { .oom = job->arena->oom };

	while (s.n != 0) {
		bool address = is_address(s);

		if (address)
			buf_put_str(&b, STR("@<addr>"));
		else
			buf_put_char(&b, s.p[0]);
		s = str_from(s, address ? ADDRESS_DIGITS + 1 : 1);
	}

	struct str copy = arena_strdup(job->arena, buf_str(&b));
	buf_free(&b);
	return unicode_trim(copy);
}

/* "a.b(C.java:12)" without its line number: digits of any script. */
static struct str without_line(struct sig_job *job, struct str s)
{
	size_t colon = s.n;
	bool digits = false;

	if (!str_ends(s, STR(")")))
		return s;
	while (colon != 0 && s.p[colon - 1] != ':')
		colon--;
	if (colon == 0 || !str_ends(str_first(s, colon - 1), STR(".java")))
		return s;
	for (struct str tail = str_from(s, colon); tail.n > 1; digits = true) {
		uint32_t code;
		size_t n = utf8_next(tail, &code);

		if (unicode_digit(code) < 0)
			return s;
		tail = str_from(tail, n);
	}
	return digits ? arena_concat(job->arena, PARTS(str_first(s, colon - 1), STR(")"))) : s;
}

/* Both with the delimiter between them, or the one that is not empty. */
static struct str join(struct sig_job *job, struct str a, struct str delimiter, struct str b)
{
	if (a.n == 0 || b.n == 0)
		return a.n == 0 ? b : a;
	return arena_concat(job->arena, PARTS(a, delimiter, b));
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((uint8_t)s.p[i] & 0xc0) != 0x80;
	return n;
}

struct trace {
	struct str class, description, method;
};

static struct trace read_trace(struct sig_job *job, struct str text)
{
	struct trace t = { .description = STR(""), .method = STR("") };
	struct str line = STR("");

	next_line(&text, &line);
	size_t colon = str_find_char(line, ':');
	t.class = unicode_trim(str_first(line, colon));
	if (colon != line.n)
		t.description = without_addresses(job, str_from(line, colon + 1));
	else
		sig_note(job, PARTS(STR("JavaSignatureTool: stack trace line 1 is not in the "
					"expected format")));
	if (!next_line(&text, &line)) {
		sig_note(job, PARTS(STR("JavaSignatureTool: stack trace line 2 is missing")));
		return t;
	}
	t.method = without_line(job, line);
	if (line.n == 0)
		sig_note(job, PARTS(STR("JavaSignatureTool: stack trace line 2 is empty")));
	return t;
}

bool sig_java_trace(struct sig_job *job)
{
	sig_debug(job, PARTS(STR("using JavaSignatureTool")));
	if (job->crash.java_stack_trace.kind != JS_STRING) {
		sig_note(job, PARTS(STR("JavaSignatureTool: stack trace not in expected format")));
		sig_set(job, STR("EMPTY: Java stack trace not in expected format"));
		return true;
	}

	struct trace t = read_trace(job, js_in_text(job->crash.java_stack_trace, job->arena));
	struct str between = str_ends(t.description, STR("<addr>")) ? STR(": ") : STR(" ");
	struct str signature = join(job, t.class, STR(": "),
				    join(job, t.description, between, t.method));

	if (characters(signature) > MAX_LENGTH) {
		signature = arena_concat(job->arena, PARTS(t.class, STR(": "), t.method));
		sig_note(job, PARTS(STR("JavaSignatureTool: dropped Java exception description "
					"due to length")));
	}
	sig_set(job, signature);
	return true;
}

/* The element at 0, or the member of that name. */
static struct js_value first_of(struct js_value v)
{
	return v.kind == JS_OBJECT ? js_in_get(v, STR("0")) : js_in_at(v, 0);
}

static struct str class_name(struct sig_job *job, struct js_value stack)
{
	struct js_value module = js_in_get(stack, STR("module"));
	struct js_value type = js_in_get(stack, STR("type"));
	struct str name = type.kind == JS_NONE ? STR("Unknown") : sig_value_text(type, job->arena);

	if (!sig_value_true(module) || (type.kind != JS_NONE && !sig_value_true(type)))
		return name;
	return arena_concat(job->arena, PARTS(sig_value_text(module, job->arena), STR("."), name));
}

/* Whether a part of a frame's name is missing or text, which is then in *out. */
static bool name_part(struct sig_job *job, struct js_value v, struct str *out)
{
	*out = js_in_text(v, job->arena);
	return !sig_value_true(v) || v.kind == JS_STRING;
}

static bool frame_name(struct sig_job *job, struct js_value frame, struct str *out)
{
	struct js_value file = js_in_get(frame, STR("filename"));
	struct str module, function;

	if (frame.kind != JS_OBJECT)
		return sig_fail(job, "frame of the exception is no object");
	if (!name_part(job, js_in_get(frame, STR("module")), &module) ||
	    !name_part(job, js_in_get(frame, STR("function")), &function))
		return sig_fail(job, "module or function of the exception is no text");
	*out = join(job, module, STR("."), function);
	if (out->n == 0)
		*out = STR("unknown");
	else if (sig_value_true(file))
		*out = arena_concat(job->arena, PARTS(*out, STR("("),
						      sig_value_text(file, job->arena), STR(")")));
	return true;
}

/* What follows the class. All frames are looked at, because Socorro does: a wrong one ends the
 * rule. */
static bool first_frame(struct sig_job *job, struct js_value frames, struct str *out)
{
	bool first = true;

	*out = STR("");
	if (!sig_value_true(frames))
		return true;
	if (frames.kind != JS_ARRAY)
		return sig_fail(job, "frames of the exception are no list");
	for (struct js_in_each e = js_in_over(frames); js_in_next(&e); first = false) {
		struct str name;

		if (!frame_name(job, e.value, &name))
			return false;
		if (first)
			*out = arena_concat(job->arena, PARTS(STR(": at "), name));
	}
	return true;
}

bool sig_java_exception(struct sig_job *job)
{
	struct js_value exception = js_in_get(job->crash.java_exception, STR("exception"));
	struct js_value stack = js_in_get(first_of(js_in_get(exception, STR("values"))),
					  STR("stacktrace"));
	struct str frame;

	sig_debug(job, PARTS(STR("using JavaExceptionSignatureTool")));
	if (!sig_value_true(stack)) {
		sig_note(job,
			 PARTS(STR("JavaExceptionSignatureTool: value not in expected format")));
		sig_set(job, STR("EMPTY: Java exception not in expected format"));
		return true;
	}
	if (stack.kind != JS_OBJECT)
		return sig_fail(job, "stacktrace of the exception is no object");
	if (!first_frame(job, js_in_get(stack, STR("frames")), &frame))
		return false;
	sig_set_parts(job, PARTS(class_name(job, stack), frame));
	return true;
}
