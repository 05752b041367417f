// SPDX-License-Identifier: GPL-2.0-only
/* The pool is replaced while an object of it is written back. */
#include "scenarios.h"

static void change(void *arg)
{
	zswap_set_compressor("zstd");
}

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("change", change);
}

X_SCENARIO = {
	.name = "pool-change",
	.what = "writeback against a change of the compressor",
	.setup = setup,
};
