// SPDX-License-Identifier: GPL-2.0-only
/* Three threads. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_both();
	sc_writeback();
	sc_writeback();
	sc_thread("redirty", sc_redirty);
}

X_SCENARIO = {
	.name = "3-redirty-writeback",
	.what = "two writebacks and a second store of the slot",
	.setup = setup,
	.triple = true,
};
