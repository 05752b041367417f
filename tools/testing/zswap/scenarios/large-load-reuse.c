// SPDX-License-Identifier: GPL-2.0-only
/* Same, and zswap stores another page in a slot of it: B15. */
#include "scenarios.h"

#ifdef HAVE_SWAP_CACHE_ALLOC
static void load(void *arg)
{
	mm_load(PTE(2));
}

static void reuse(void *arg)
{
	zswap_first_enable();
	mm_zap(PTE(3));
	mm_swapout(PTE(4));
}

static void setup(void)
{
	sc_on_ramdisk();
	mm_store(PTE(4), VALUE(5, 0));
	sc_thread("load", load);
	sc_thread("reuse", reuse);
}

X_SCENARIO = {
	.name = "large-load-reuse",
	.what = "a load of a large folio of which zswap comes to have a slot",
	.setup = setup,
	.met = MET_LARGE_STORED,
	.off = true,
};
#endif
