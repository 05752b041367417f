// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void offline(void *arg)
{
	memcg_offline();
}

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("offline", offline);
	sc_thread("free", sc_free);
}

X_SCENARIO = {
	.name = "3-memcg-offline",
	.what = "writeback, a cgroup that goes offline and a page that goes",
	.setup = setup,
	.triple = true,
};
