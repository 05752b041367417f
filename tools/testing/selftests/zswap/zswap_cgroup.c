// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory cgroups for the zswap selftests, see zswap_cgroup.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#define CGROUP_DIR	"/sys/fs/cgroup/"

/**
 * zsw_cg_write() - write to a file of a cgroup
 * @cg: name of the cgroup, "." for the root
 * @file: file
 * @val: string
 *
 * Return: 0, or -errno.
 */
int zsw_cg_write(const char *cg, const char *file, const char *val)
{
	char path[128];

	snprintf(path, sizeof(path), CGROUP_DIR "%s/%s", cg, file);
	return zsw_write_file(path, val);
}

/**
 * zsw_cg_read() - read a number from a file of a cgroup
 * @cg: name of the cgroup, "." for the root
 * @file: file
 *
 * Return: the number, or -1.
 */
long long zsw_cg_read(const char *cg, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), CGROUP_DIR "%s/%s", cg, file);
	return zsw_read_number(path);
}

/**
 * zsw_cg_make() - make a cgroup, or take the one that an earlier run has left
 * @cg: name of the cgroup
 *
 * Mounts cgroup v2 if nothing is mounted there.
 *
 * Return: KSFT_PASS, KSFT_SKIP or KSFT_FAIL.
 */
int zsw_cg_make(const char *cg)
{
	char path[128];

	if (access(CGROUP_DIR "cgroup.procs", W_OK))
		mount("none", CGROUP_DIR, "cgroup2", 0, NULL);
	if (access(CGROUP_DIR "cgroup.procs", W_OK))
		return zsw_skip("no cgroup v2 at " CGROUP_DIR);
	if (zsw_cg_write(".", "cgroup.subtree_control", "+memory"))
		return zsw_skip("no memory controller");
	snprintf(path, sizeof(path), CGROUP_DIR "%s", cg);
	if (mkdir(path, 0755) && errno != EEXIST)
		return zsw_fail("cannot make cgroup %s: %s", cg,
				strerror(errno));
	if (zsw_cg_read(cg, "memory.zswap.current") < 0)
		return zsw_skip("no zswap accounting in the memory controller");
	zsw_cg_write(cg, "memory.zswap.max", "max");
	return KSFT_PASS;
}

/**
 * zsw_cg_enter() - move this process to a cgroup
 * @cg: name of the cgroup, "." for the root
 *
 * Return: KSFT_PASS or KSFT_FAIL.
 */
int zsw_cg_enter(const char *cg)
{
	if (zsw_cg_write(cg, "cgroup.procs", "0"))
		return zsw_fail("cannot enter cgroup %s", cg);
	return KSFT_PASS;
}

/**
 * zsw_cg_remove() - leave a cgroup and remove it
 * @cg: name of the cgroup
 *
 * What is charged to it stays, and is its parent's before long.
 *
 * Return: 0, or -errno.
 */
int zsw_cg_remove(const char *cg)
{
	char path[128];

	zsw_cg_write(".", "cgroup.procs", "0");
	snprintf(path, sizeof(path), CGROUP_DIR "%s", cg);
	return rmdir(path) ? -errno : 0;
}
