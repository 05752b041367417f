// SPDX-License-Identifier: GPL-2.0-only
/* The last entry of an old pool goes with a clean folio of the swap cache: B14. */
#include "scenarios.h"

/* earlier kernels free the slots of the folio with interrupts on */
#if defined(HAVE_REMOVE_IRQ) && defined(HAVE_SWAP_CACHE_ALLOC)
static void reclaim(void *arg)
{
	mm_swapout(PTE(0));
}

static void setup(void)
{
	sc_in_both();
	zswap_set_compressor("zstd");
	sc_thread("reclaim", reclaim);
	sc_thread("owner", sc_free);
}

X_SCENARIO = {
	.name = "pool-last-entry",
	.what = "reclaim of a clean folio, the last of an old pool, against its owner",
	.setup = setup,
	.met = MET_PUT_IRQS_OFF,
};
#endif
