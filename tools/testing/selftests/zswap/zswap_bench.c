// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_bench: how long it takes to write a page back.
 *
 * The shrinker is made to write back by memory.reclaim, in a cgroup in which
 * nothing else is left to reclaim, by one task and by two at a time.  What is
 * measured is the CPU time of the task, of two tasks the longer one: what else
 * the kernel does now and then is no part of it, nor, with
 * IRQ_TIME_ACCOUNTING, are interrupts.  It is only worth something on real
 * hardware, or in a guest whose clock counts instructions (qemu -icount); see
 * scripts/bench.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#define SLOTS		22000
#define PAGES		20000
/* the shrinker protects a part of the LRU */
#define TARGET		(PAGES * 8 / 10)
#define TRIES		200
/*
 * Once is not enough: where the ticks fall makes a difference. And one more
 * before them, in which the RAM disk allocates its pages.
 */
#define ROUNDS		4
#define CGROUP		"zswap_a"

static long long goal;

/* CPU time of the task that calls */
static unsigned long long task_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void *reclaimer(void *arg)
{
	unsigned long long *ns = arg;
	unsigned int i;

	*ns = task_ns();
	for (i = 0; i < TRIES && zsw_stat("written_back_pages") < goal; i++)
		zsw_cg_write(CGROUP, "memory.reclaim", "64M");
	*ns = task_ns() - *ns;
	return NULL;
}

/* Run @tasks of them; @ns is set to the CPU time of the one that had most. */
static int reclaim_all(unsigned int tasks, unsigned long long *ns)
{
	unsigned long long task_ns[2];
	pthread_t thread[2];
	unsigned int i;

	*ns = 0;
	for (i = 0; i < tasks; i++)
		if (pthread_create(&thread[i], NULL, reclaimer, &task_ns[i]))
			break;
	while (i--) {
		pthread_join(thread[i], NULL);
		if (*ns < task_ns[i])
			*ns = task_ns[i];
	}
	return zsw_stat("written_back_pages") < goal ?
	       zsw_fail("too few pages written back") : KSFT_PASS;
}

static int measure_once(struct zsw_ctx *ctx, unsigned int tasks, bool report)
{
	struct zsw_region r = { 0 };
	unsigned long long ns;
	long long written;
	int ret;

	if (zsw_param_set("shrinker_enabled", "Y"))
		return zsw_skip("zswap has no shrinker");
	ret = zsw_begin(ctx, SLOTS);
	if (!ret)
		ret = zsw_cg_make(CGROUP);
	if (!ret)
		ret = zsw_cg_enter(CGROUP);
	if (!ret)
		ret = zsw_map(&r, PAGES);
	if (!ret) {
		zsw_fill(&r, ZSW_LONG, 17000);
		if (zsw_pageout(&r) < PAGES * 9 / 10)
			ret = zsw_fail("too few pages swapped out");
	}
	zsw_cg_enter(".");
	if (!ret) {
		written = zsw_stat("written_back_pages");
		goal = written + TARGET;
		ret = reclaim_all(tasks, &ns);
		written = zsw_stat("written_back_pages") - written;
	}
	if (!ret && report)
		zsw_note("written_back_pages +%lld by %u tasks in %llu ns of CPU, %llu a page",
			 written, tasks, ns, ns / written);
	if (!ret)
		ret = zsw_check(&r, "after writeback");
	zsw_unmap(&r);
	zsw_cg_remove(CGROUP);
	zsw_param_set("shrinker_enabled", "N");
	return ret;
}

static int measure(struct zsw_ctx *ctx, unsigned int tasks)
{
	int ret = KSFT_PASS;
	unsigned int i;

	for (i = 0; i <= ROUNDS && ret == KSFT_PASS; i++) {
		ret = measure_once(ctx, tasks, i);
		if (ret == KSFT_PASS)
			ret = zsw_end(ctx);
	}
	return ret;
}

static int bench_one(struct zsw_ctx *ctx)
{
	return measure(ctx, 1);
}

static int bench_two(struct zsw_ctx *ctx)
{
	return measure(ctx, 2);
}

static const struct zsw_test tests[] = {
	{ "one-reclaimer", bench_one, "writeback by one task" },
	{ "two-reclaimers", bench_two, "writeback by two tasks at a time" },
};

/**
 * main() - run the measurements
 * @argc: number of arguments
 * @argv: arguments, see -h
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	zsw_prog = "zswap_bench";
	return zsw_main(argc, argv, "", tests, ARRAY_SIZE(tests));
}
