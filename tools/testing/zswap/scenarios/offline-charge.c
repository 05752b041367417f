// SPDX-License-Identifier: GPL-2.0-only
/* A task of another cgroup writes back pages of one that is gone: B19. */
#include "scenarios.h"

#ifdef HAVE_SHRINKER_COUNT
static void shrink(void *arg)
{
	zswap_shrink_slab();
}

static void offline(void *arg)
{
	memcg_offline();
}

static void setup(void)
{
	sc_in_zswap(2);
	memcg_reclaim_in_other();
	x_spawn("shrinker", X_ROLE_WRITEBACK, shrink, NULL);
	sc_thread("offline", offline);
}

X_SCENARIO = {
	.name = "offline-charge",
	.what = "the shrinker in another cgroup, and the one of the entries goes offline",
	.setup = setup,
	.met = MET_CHARGE_OFFLINE,
};
#endif
