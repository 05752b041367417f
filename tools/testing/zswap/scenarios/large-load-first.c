// SPDX-License-Identifier: GPL-2.0-only
/* A large folio is read from a synchronous device when zswap is first enabled: B15. */
#include "scenarios.h"

#ifdef HAVE_SWAP_CACHE_ALLOC
static void load(void *arg)
{
	mm_load(PTE(2));
}

static void enable(void *arg)
{
	zswap_first_enable();
}

static void setup(void)
{
	sc_on_ramdisk();
	sc_thread("load", load);
	sc_thread("enable", enable);
}

X_SCENARIO = {
	.name = "large-load-first",
	.what = "a load of a large folio while zswap is enabled for the first time",
	.setup = setup,
	.met = MET_LARGE_LATE,
	.off = true,
};
#endif
