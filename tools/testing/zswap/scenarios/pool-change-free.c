// SPDX-License-Identifier: GPL-2.0-only
/* The old pool goes with its last entry. */
#include "scenarios.h"

static void change_free(void *arg)
{
	zswap_set_compressor("zstd");
	mm_zap(PTE(0));
}

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("change", change_free);
}

X_SCENARIO = {
	.name = "pool-change-free",
	.what = "writeback out of an old pool against a page that goes",
	.setup = setup,
};
