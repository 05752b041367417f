// SPDX-License-Identifier: GPL-2.0-only
/* Same, and the new entry is in another pool than the one that is written back from. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_both();
	zswap_set_pool();
	sc_writeback();
	sc_thread("redirty", sc_redirty);
}

X_SCENARIO = {
	.name = "redirty-pool",
	.what = "writeback against a second store of the slot, in another pool",
	.setup = setup,
	.triple = true,	/* with the worker that releases the pool */
};
