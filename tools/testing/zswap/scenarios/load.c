// SPDX-License-Identifier: GPL-2.0-only
/* A program loads the page that is written back. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("load", sc_load);
}

X_SCENARIO = {
	.name = "load",
	.what = "writeback against a load of the page",
	.setup = setup,
};
