#include <check.h>
#include <stdlib.h>

#include "crash/sig_own.h"

/*
 * The lists of siglists/ against tests/data/siglists.tsv, which has a normalised frame for every
 * line: that frame must be matched by this line and by no other of its list. So no line is dead,
 * covered by a shorter one, or written against names that are not normalised.
 */
static const char *const files[SIGLIST_KINDS] = {
	[SIGLIST_IRRELEVANT] = "irrelevant_signature_re.txt",
	[SIGLIST_PREFIX] = "prefix_signature_re.txt",
	[SIGLIST_NUMBERS] = "signatures_with_line_numbers_re.txt",
	[SIGLIST_SENTINELS] = "signature_sentinels.txt",
};

struct fixture {
	struct arena arena;
	struct siglists lists;
	struct file frames;
	struct file text[SIGLIST_KINDS];
};

static struct file open_in(const char *variable, const char *folder, const char *name)
{
	const char *root = getenv(variable);
	struct error err = { 0 };
	struct file f;
	char path[1024];

	snprintf(path, sizeof(path), "%s%s%s", root == NULL ? "." : root, folder, name);
	ck_assert_msg(file_open(&f, path, &err), "%s", err.text);
	return f;
}

static void start(struct fixture *x)
{
	const char *root = getenv("ROOT");
	struct error err = { 0 };
	char dir[1024];

	*x = (struct fixture){ 0 };
	snprintf(dir, sizeof(dir), "%s/siglists", root == NULL ? "." : root);
	ck_assert_msg(siglists_load(&x->lists, dir, &x->arena, &err), "%s", err.text);
	x->frames = open_in("DATA", "/", "siglists.tsv");
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		x->text[kind] = open_in("ROOT", "/siglists/", files[kind]);
}

static void end(struct fixture *x)
{
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		file_close(&x->text[kind]);
	file_close(&x->frames);
	siglists_free(&x->lists);
	arena_free(&x->arena);
}

static struct str text_of(const struct file *f)
{
	return (struct str){ (const char *)f->data.p, f->data.n };
}

/* The line of that number, from 1. */
static struct str line_of(const struct file *f, unsigned number)
{
	struct str rest = text_of(f), line = STR("");

	while (number-- > 0 && str_next_line(&rest, &line))
		;
	return line;
}

struct row {
	enum siglist_kind kind;
	struct str line, frame;
};

/* The next row that is no comment: list, line, frame. */
static bool next_row(struct str *rest, struct row *row)
{
	struct str line;

	do {
		if (!str_next_line(rest, &line))
			return false;
	} while (str_starts(line, STR("#")));

	size_t tab = str_find_char(line, '\t');
	struct str name = str_first(line, tab), tail = str_from(line, tab + 1);
	int kind = 0;

	while (kind < SIGLIST_KINDS && !str_eq(name, str_of(files[kind])))
		kind++;
	ck_assert_msg(kind < SIGLIST_KINDS, "no such list: %.*s", STR_ARGS(name));

	tab = str_find_char(tail, '\t');
	*row = (struct row){ (enum siglist_kind)kind, str_first(tail, tab),
			     str_from(tail, tab + 1) };
	return true;
}

START_TEST(every_frame_is_matched_by_its_line_alone)
{
	struct fixture x;
	struct row row;

	start(&x);
	for (struct str rest = text_of(&x.frames); next_row(&rest, &row);) {
		unsigned n = 0;
		unsigned id = regex_list_first(&x.lists.of[row.kind].patterns, row.frame, &n);
		struct str first = line_of(&x.text[row.kind], id);

		ck_assert_msg(siglists_match(&x.lists, row.kind, row.frame), "%s: none for %.*s",
			      files[row.kind], STR_ARGS(row.frame));
		if (row.kind != SIGLIST_SENTINELS) /* those are names, not expressions */
			ck_assert_msg(n == 1 && str_eq(first, row.line),
				      "%s: %.*s: %u lines, first %.*s", files[row.kind],
				      STR_ARGS(row.frame), n, STR_ARGS(first));
	}
	end(&x);
}
END_TEST

START_TEST(no_prefix_frame_is_irrelevant)
{
	struct fixture x;
	struct row row;

	start(&x);
	for (struct str rest = text_of(&x.frames); next_row(&rest, &row);)
		ck_assert_msg(row.kind != SIGLIST_PREFIX ||
				      !siglists_match(&x.lists, SIGLIST_IRRELEVANT, row.frame),
			      "hidden: %.*s", STR_ARGS(row.frame));
	end(&x);
}
END_TEST

/* A normalised name stays as it is, as C++ or as Rust, by either algorithm. Frames of modules and
 * addresses are not normalised at all, but no step may find anything to do in those either. */
START_TEST(every_frame_is_a_normalised_name)
{
	struct siglists none = { 0 };
	struct fixture x;
	struct row row;

	start(&x);
	for (struct str rest = text_of(&x.frames); next_row(&rest, &row);) {
		struct str cpp = { 0 }, rust = { 0 }, own;

		if (str_starts(row.frame, STR("(unloaded ")))
			continue;
		ck_assert(sig_frame_cpp(row.frame, STR("7"), &none, &x.arena, &cpp));
		ck_assert(sig_frame_rust(row.frame, STR("7"), &none, &x.arena, &rust));
		own = sig_own_name(row.frame, sig_own_rust(row.frame), STR("7"), &none, &x.arena,
				   NULL);
		ck_assert_msg(str_eq(cpp, row.frame) || str_eq(rust, row.frame) ||
				      str_eq(own, row.frame),
			      "%.*s becomes %.*s", STR_ARGS(row.frame), STR_ARGS(cpp));
	}
	end(&x);
}
END_TEST

START_TEST(every_line_has_its_frame)
{
	struct fixture x;

	start(&x);
	for (int kind = 0; kind < SIGLIST_KINDS; kind++) {
		struct str lines = text_of(&x.text[kind]), line;

		while (str_next_line(&lines, &line)) {
			unsigned rows = 0;
			struct row row;

			if (line.n == 0 || line.p[0] == '#')
				continue;
			for (struct str rest = text_of(&x.frames); next_row(&rest, &row);)
				rows += (int)row.kind == kind && str_eq(row.line, line);
			ck_assert_msg(rows == 1, "%s: %.*s: %u frames", files[kind], STR_ARGS(line),
				      rows);
		}
	}
	end(&x);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("siglists");
	TCase *t = tcase_create("siglists");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, every_frame_is_matched_by_its_line_alone);
	tcase_add_test(t, no_prefix_frame_is_irrelevant);
	tcase_add_test(t, every_frame_is_a_normalised_name);
	tcase_add_test(t, every_line_has_its_frame);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
