// SPDX-License-Identifier: GPL-2.0-only
/* Two threads write back the same object. */
#include "scenarios.h"

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_writeback();
}

X_SCENARIO = {
	.name = "second-writeback",
	.what = "writeback against writeback of the same entry",
	.setup = setup,
};
