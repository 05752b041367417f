// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	mm_store(PTE(4), VALUE(5, 0));
	sc_writeback();
	sc_thread("reuse", sc_reuse);
	sc_swapoff();
}

X_SCENARIO = {
	.name = "3-reuse-swapoff",
	.what = "writeback, reuse of the slot and swapoff",
	.setup = setup,
	.triple = true,
};
