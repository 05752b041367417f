// SPDX-License-Identifier: GPL-2.0-only
/* Same as slot-reuse, but the decompressor cannot notice. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	mm_store(PTE(4), VALUE(5, 0));
	sc_writeback();
	sc_thread("reuse", sc_reuse);
}

X_SCENARIO = {
	.name = "slot-reuse-same-length",
	.what = "writeback against reuse of the slot, data of the same length",
	.setup = setup,
};
