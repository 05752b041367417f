// SPDX-License-Identifier: GPL-2.0-only
/* The cgroup of the entry goes: its list is spliced to the one of its parent. */
#include "scenarios.h"

static void offline(void *arg)
{
	memcg_offline();
}

static void setup(void)
{
	sc_in_zswap(2);
	sc_writeback();
	sc_thread("offline", offline);
}

X_SCENARIO = {
	.name = "memcg-offline",
	.what = "writeback against a cgroup that goes offline",
	.setup = setup,
};
