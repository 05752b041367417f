// SPDX-License-Identifier: GPL-2.0-only
/* The tree's mm/page_io.c: swap-out and swap-in of a page. */
#include "mm/page_io.c"
