#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"

/* FIPS 180-4's examples, and the empty message. */
static const struct {
	struct str text;
	const char *digest;
} rows[] = {
	{ STR_INIT(""), "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
			"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ STR_INIT("abc"), "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			   "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ STR_INIT("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		   "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
	  "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
	  "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909" },
};

START_TEST(sha512)
{
	uint8_t digest[HASH_SHA512_BYTES];
	struct buf text = { 0 };

	hash_sha512((struct slice){ (const uint8_t *)rows[_i].text.p, rows[_i].text.n }, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		buf_printf(&text, "%02x", digest[i]);
	ck_assert(str_eq(buf_str(&text), str_of(rows[_i].digest)));
	buf_free(&text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hash");
	TCase *t = tcase_create("hash");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, sha512, 0, COUNT(rows));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
