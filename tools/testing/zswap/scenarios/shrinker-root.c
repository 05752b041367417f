// SPDX-License-Identifier: GPL-2.0-only
/* The shrinker is to write back a page of the root cgroup: B16. */
#include "scenarios.h"

#ifdef HAVE_SHRINKER_COUNT
/* what the shrinker leaves there stays until the pool is full */
static void shrink(void *arg)
{
	zswap_shrink_slab();
	zswap_shrink();
}

static void setup(void)
{
	memcg_use_root();
	sc_in_zswap(1);
	x_spawn("shrinker", X_ROLE_WRITEBACK, shrink, NULL);
	sc_thread("load", sc_load);
}

X_SCENARIO = {
	.name = "shrinker-root",
	.what = "the shrinker against a load, of a page that is charged to no cgroup",
	.setup = setup,
	.met = MET_SHRINKER,
};
#endif
