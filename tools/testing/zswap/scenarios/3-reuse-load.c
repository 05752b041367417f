// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void load_new(void *arg)
{
	mm_load(PTE(4));
}

static void setup(void)
{
	sc_in_zswap(1);
	mm_store(PTE(4), VALUE(5, 0));
	sc_writeback();
	sc_thread("reuse", sc_reuse);
	sc_thread("load", load_new);
}

X_SCENARIO = {
	.name = "3-reuse-load",
	.what = "writeback, reuse of the slot and a load of the page that has it now",
	.setup = setup,
	.triple = true,
};
