// SPDX-License-Identifier: GPL-2.0-only
/* The list of all scenarios. */
#include "scenarios.h"

const struct x_scenario *const x_scenarios[] = {
	&writeback_swapoff,
	NULL
};
