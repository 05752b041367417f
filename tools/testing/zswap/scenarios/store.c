// SPDX-License-Identifier: GPL-2.0-only
/* A program stores to the page that is written back: the slot is freed. */
#include "scenarios.h"

static void store(void *arg)
{
	mm_store(PTE(0), VALUE(7, 1));
}

static void setup(void)
{
	sc_in_zswap(1);
	sc_writeback();
	sc_thread("store", store);
}

X_SCENARIO = {
	.name = "store",
	.what = "writeback against a store to the page",
	.setup = setup,
};
