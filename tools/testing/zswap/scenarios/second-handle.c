// SPDX-License-Identifier: GPL-2.0-only
/* The second object of the pool page is stale when its turn comes. */
#include "scenarios.h"

static void reuse_second(void *arg)
{
	mm_zap(PTE(1));
	mm_swapout(PTE(4));
}

static void setup(void)
{
	sc_in_zswap(2);
	mm_store(PTE(4), VALUE(5, 3));
	sc_writeback();
	sc_thread("reuse", reuse_second);
}

X_SCENARIO = {
	.name = "second-handle",
	.what = "writeback of two objects, the slot of the second one is used again",
	.setup = setup,
};
