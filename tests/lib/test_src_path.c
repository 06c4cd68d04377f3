#include <check.h>
#include <stdlib.h>

#include "bin/src_path.h"

static const struct {
	const char *base, *directory, *name, *path;
	bool windows, compat;
} paths[] = {
	{ "/build", "src", "a.c", "/build/src/a.c", false, false },
	{ "/build", "", "a.c", "/build/a.c", false, false },
	{ "/build", "/usr/include", "stdio.h", "/usr/include/stdio.h", false, false },
	{ "/build", "src", "/abs/a.c", "/abs/a.c", false, false },
	{ "/build", "src", "/abs/a.c", "/build/src/abs/a.c", false, true },
	{ "/build", "", "/abs/a.c", "/abs/a.c", false, true },
	{ "", "", "a.c", "a.c", false, false },
	{ "", "src", "a.c", "src/a.c", false, false },
	{ "/build/", "src/", "a.c", "/build/src/a.c", false, false },
	{ "/build", "./src/../include", "a.h", "/build/include/a.h", false, false },
	{ "/build/x", "../../..", "a.h", "/a.h", false, false },
	{ "x", "../../..", "a.h", "../../a.h", false, false },
	{ "", "..", "a.h", "../a.h", false, false },
	{ "//build//x", ".", "./a.h", "/build/x/a.h", false, false },
	{ "/", "", "a.c", "/a.c", false, false },
	{ "/build", "src", "..", "/build", false, false },
	{ "", "", "", "", false, false },
	{ "C:\\src", "lib", "a.c", "C:\\src\\lib\\a.c", true, false },
	{ "C:\\src", "D:\\lib", "a.c", "D:\\lib\\a.c", true, false },
	{ "C:\\src", "..\\lib", "a.c", "C:\\src\\..\\lib\\a.c", true, false },
	{ "/build", "lib", "a.c", "/build/lib/a.c", true, false },
	{ "C:\\src\\", "lib", "E:\\a.c", "E:\\a.c", true, false },
};

START_TEST(a_path_is_joined_and_cleaned)
{
	struct buf out = { 0 };
	struct src_path p = { str_of(paths[_i].base), str_of(paths[_i].directory),
			      str_of(paths[_i].name), paths[_i].windows, paths[_i].compat };

	buf_put_str(&out, STR("kept"));
	src_path_put(&out, &p);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p + 4, paths[_i].path);
	buf_free(&out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("src_path");
	TCase *t = tcase_create("src_path");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, a_path_is_joined_and_cleaned, 0, (int)COUNT(paths));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
