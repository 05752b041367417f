/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory cgroups for the zswap selftests: children of the root of cgroup v2.
 */
#ifndef ZSWAP_CGROUP_H
#define ZSWAP_CGROUP_H

int zsw_cg_make(const char *cg);
int zsw_cg_enter(const char *cg);
int zsw_cg_remove(const char *cg);
int zsw_cg_write(const char *cg, const char *file, const char *val);
long long zsw_cg_read(const char *cg, const char *file);

#endif /* ZSWAP_CGROUP_H */
