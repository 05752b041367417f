// SPDX-License-Identifier: GPL-2.0-only
/* The entry that is found has neither pool nor handle. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	mm_store(PTE(4), VALUE_FILLED | 7);
	sc_writeback();
	sc_thread("reuse", sc_reuse);
}

X_SCENARIO = {
	.name = "slot-reuse-same-filled",
	.what = "writeback against reuse of the slot by a same-value filled page",
	.setup = setup,
};
