#include "crash/ping_impl.h"

static void put(struct buf *b, const char *text)
{
	buf_put_str(b, str_of(text));
}

/* A member with a text as it stands in a document, if there is one. */
static void put_member(struct buf *b, const char *key, struct str raw)
{
	if (raw.n == 0)
		return;
	buf_printf(b, "%s\"%s\":\"", b->p[b->n - 1] == '{' ? "" : ",", key);
	buf_put_str(b, raw);
	put(b, "\"");
}

/* "java.lang.Error": what stands behind the last dot is the class, before it the package. Escapes
 * have no dot in them. */
static void put_type(struct buf *b, struct str raw)
{
	size_t dot = raw.n;

	while (dot > 0 && raw.p[dot - 1] != '.')
		dot--;
	if (dot > 0)
		put_member(b, "module", str_first(raw, dot - 1));
	put_member(b, "type", str_from(raw, dot));
}

static struct str text_of(struct js_value v, struct str key)
{
	struct js_value member = js_in_get(v, key);

	return member.kind == JS_STRING ? member.text : STR("");
}

static void put_frames(struct buf *b, struct js_value stack)
{
	const char *comma = "";

	buf_printf(b, "%s\"frames\":[", b->p[b->n - 1] == '{' ? "" : ",");
	for (struct js_in_each e = js_in_over(stack); js_in_next(&e); comma = ",") {
		buf_printf(b, "%s{", comma);
		put_member(b, "module", text_of(e.value, STR("className")));
		put_member(b, "function", text_of(e.value, STR("methodName")));
		put_member(b, "filename", text_of(e.value, STR("file")));
		put(b, "}");
	}
	put(b, "]");
}

/* Of "java.lang.FooException: why", where only what ends so is a class. */
static struct str class_in(struct js_value message)
{
	struct str s = message.kind == JS_STRING ? message.text : STR("");

	s = str_first(s, str_find_char(s, ':'));
	return str_ends(s, STR("Exception")) ? s : STR("");
}

void ping_put_java(struct buf *b, struct js_value java)
{
	struct js_value thrown = js_in_at(js_in_get(java, STR("throwables")), 0);

	if (js_in_get(java, STR("exception")).kind != JS_NONE) {
		ping_put_value(b, java); /* the form of crash data already */
		return;
	}
	put(b, "{\"exception\":{\"values\":[{\"stacktrace\":{");
	if (thrown.kind == JS_OBJECT) {
		put_type(b, text_of(thrown, STR("typeName")));
		put_frames(b, js_in_get(thrown, STR("stack")));
	} else {
		put_type(b, class_in(js_in_at(js_in_get(java, STR("messages")), 0)));
		put_frames(b, js_in_get(java, STR("stack")));
	}
	put(b, "}}]}}");
}
