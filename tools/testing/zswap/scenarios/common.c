// SPDX-License-Identifier: GPL-2.0-only
/* Parts that scenarios are made of. */
#include "scenarios.h"

/**
 * sc_swapped_out() - pages 0 to @nr - 1 are in zswap, on device 0
 * @nr: how many; all have compressed data of another length
 */
void sc_swapped_out(int nr)
{
	int i;

	swap_on(0);
	for (i = 0; i < nr; i++) {
		mm_store(&model_pte[i], VALUE(i + 1, i));
		mm_swapout(&model_pte[i]);
	}
}

/**
 * sc_writeback() - thread: write the oldest page of the pool back
 * @arg: ignored
 */
void sc_writeback(void *arg)
{
	zswap_shrink();
}

/**
 * sc_swapoff() - thread: swapoff of device 0
 * @arg: ignored
 */
void sc_swapoff(void *arg)
{
	swap_off(0);
}
