// SPDX-License-Identifier: GPL-2.0-only
/* The slot of what is written back is freed. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("free", sc_free);
}

X_SCENARIO = {
	.name = "slot-free",
	.what = "writeback against a page that goes",
	.setup = setup,
};
