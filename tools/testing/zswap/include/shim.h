/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file of the kernel gets for each header that does not come from the
 * tree: everything, in the order in which it is needed. The Makefile has the
 * list of headers that do come from the tree.
 */
#ifndef _ZSWAP_SHIM_H
#define _ZSWAP_SHIM_H

#include <linux/kconfig.h>
#include "dup.h"
#include "explorer.h"
#include "features.h"
#include "stubs.h"
#include "custom.h"

#endif /* _ZSWAP_SHIM_H */
