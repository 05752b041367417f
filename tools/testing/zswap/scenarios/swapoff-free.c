// SPDX-License-Identifier: GPL-2.0-only
/* The last slot is freed while swapoff counts what is in use: B8. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_swapoff();
	sc_thread("free", sc_free);
}

X_SCENARIO = {
	.name = "swapoff-free",
	.what = "a page that goes against swapoff",
	.setup = setup,
};
