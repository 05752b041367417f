// SPDX-License-Identifier: GPL-2.0-only
/* The walk over all cgroups meets one that is gone, and is to get to the next: B18. */
#include "scenarios.h"

#ifdef HAVE_SHRINKER_COUNT
static void shrink(void *arg)
{
	zswap_shrink_all();
}

static void offline(void *arg)
{
	memcg_offline();
}

static void setup(void)
{
	swap_on(0);
	mm_store(PTE(0), VALUE(1, 0));
	mm_swapout(PTE(0));
	memcg_use_other();
	mm_store(PTE(1), VALUE(2, 1));
	mm_swapout(PTE(1));
	zswap_age();
	x_spawn("worker", X_ROLE_WRITEBACK, shrink, NULL);
	sc_thread("offline", offline);
}

X_SCENARIO = {
	.name = "offline-first",
	.what = "the worker, two cgroups with entries, the first of which goes offline",
	.setup = setup,
	.met = MET_WALK_OFFLINE,
	/* the walk gives up after 16 rounds */
	.triple = true,
};
#endif
