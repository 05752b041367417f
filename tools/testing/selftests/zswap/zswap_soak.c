// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_soak: everything at once, for as long as it is told to, and no page may
 * have other contents than were written to it.
 *
 * Some processes, each in a memory cgroup that is too small for it, fill, check,
 * clear, free and swap out their pages.  Meanwhile swap devices go and come back,
 * a CPU does, cgroups do with pages still in zswap, zswap's settings change, and
 * allocations and requests to the swap device fail.
 *
 * What may happen to a page: a request that was made to fail reads it, and it
 * gets SIGBUS, once or for good.  That is a refusal, and is counted.  Wrong
 * contents are never right, nor is a page that is refused once and reads
 * something else later.
 *
 * Do not run it on a machine that is in use: it asks for -f.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest.h"
#include "zswap_cgroup.h"
#include "zswap_util.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef MCL_ONFAULT
#define MCL_ONFAULT	4
#endif

#define WORKERS		4
#define PAGES		1536	/* of a worker */
#define CHURN_PAGES	160	/* in a cgroup that goes */
#define SLOTS		8192
#define MORE_SLOTS	3000	/* of a device that was not named */
#define HUGE		(2UL << 20)

/* A page that was refused so often is given up, and starts again as a new one. */
#define REFUSALS	3
#define TELL_WRONG	20
#define PROGRESS_MS	15000
/* no page verified for so long: something is stuck */
#define STALL_MS	150000
#define END_MS		120000

#define CPU_ONLINE	"/sys/devices/system/cpu/cpu1/online"
#define DROP_CACHES	"/proc/sys/vm/drop_caches"
#define FAULT_DIR	"/sys/kernel/debug/"
#define THP_DIR		"/sys/kernel/mm/transparent_hugepage/"
#define CGROUP_DIR	"/sys/fs/cgroup/"
#define TIMES		1000000000LL

/* -- what is shared by all processes ------------------------------------------ */

enum figure {
	ROUNDS,
	VERIFIED,
	WRONG,
	REFUSED,
	CLEARED,
	KILLED,
	SWAPOFFS,
	SWAPOFFS_FAILED,
	SWAPONS_FAILED,
	OFFLINES,
	OFFLINES_FAILED,
	MEMCGS,
	MEMCGS_FAILED,
	SETTINGS,
	SETTINGS_FAILED,
	NR_FIGURES,
};

static const char * const figure_names[NR_FIGURES] = {
	"rounds", "verified", "wrong", "refused", "cleared", "killed",
	"swapoffs", "swapoffs_failed", "swapons_failed",
	"offlines", "offlines_failed", "memcgs", "memcgs_failed",
	"settings", "settings_failed",
};

enum phase {
	STARTING,
	RUNNING,
	LAST_READ,		/* no faults any more, swap is still there */
	WITHOUT_SWAP,
};

static struct shared {
	long long figures[NR_FIGURES];
	int phase;
	int ready;		/* workers that are through with the phase */
	long long base[WORKERS];	/* what a cgroup has charged without pages */
} *sh;

static void count(enum figure f, long long nr)
{
	__atomic_add_fetch(&sh->figures[f], nr, __ATOMIC_RELAXED);
}

static long long figure(enum figure f)
{
	return __atomic_load_n(&sh->figures[f], __ATOMIC_RELAXED);
}

static enum phase get_phase(void)
{
	return __atomic_load_n(&sh->phase, __ATOMIC_ACQUIRE);
}

static bool running(void)
{
	return get_phase() <= RUNNING;
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state >> 8;
}

static uint64_t random_seed(unsigned int nr)
{
	return 88172645463325252ULL ^ (zsw_now_ms() << 20) ^
	       ((uint64_t)nr << 50) ^ getpid();
}

/* -- pages, and what they have to contain -------------------------------------- */

enum kind {
	CLEAR,			/* zeroes */
	DATA,
	LAZY_FREE,		/* data or zeroes, as the kernel likes */
};

struct space {
	char *mem;
	size_t nr;
	unsigned int owner;
	struct state {
		uint32_t gen;
		unsigned char kind;
		unsigned char refusals;
	} *pages;
	unsigned long long *want, *got;
	/* a range that is being swapped out, for the reader */
	size_t from, to;
};

static __thread sigjmp_buf bus_env;
static __thread int bus_armed;

static void arm_bus(int armed)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&bus_armed, armed, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static void on_bus(int sig)
{
	if (!__atomic_load_n(&bus_armed, __ATOMIC_RELAXED))
		_exit(KSFT_FAIL);
	arm_bus(0);
	siglongjmp(bus_env, 1);
}

/* Return: false if the memory cannot be had (SIGBUS). */
static bool copy_guarded(void *to, const void *from)
{
	/* the handler does not block the signal: no mask to save */
	if (sigsetjmp(bus_env, 0))
		return false;
	arm_bus(1);
	memcpy(to, from, zsw_page_size);
	arm_bus(0);
	return true;
}

static void touch_guarded(const char *at)
{
	if (sigsetjmp(bus_env, 0))
		return;
	arm_bus(1);
	__atomic_load_n(at, __ATOMIC_RELAXED);
	arm_bus(0);
}

/* 40 bits, as many as every word of a page has, see zsw_fill_page() */
static unsigned long seed_of(const struct space *s, size_t i)
{
	return ((unsigned long)s->owner << 34 | i << 22) |
	       (s->pages[i].gen & 0x3fffff);
}

static void tell_whose(unsigned long long word)
{
	unsigned long seed = 0;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		if ((word >> (8 * i + 5) & 7) != i)
			return;
		seed |= (word >> (8 * i) & 31) << (5 * i);
	}
	zsw_note("that is owner %lu, page %lu, generation %lu", seed >> 34,
		 seed >> 22 & 0xfff, seed & 0x3fffff);
}

static void *page_of(const struct space *s, size_t i)
{
	return s->mem + i * zsw_page_size;
}

static void expect(struct space *s, size_t i)
{
	if (s->pages[i].kind == CLEAR)
		memset(s->want, 0, zsw_page_size);
	else
		zsw_fill_page(s->want, ZSW_VARIETY, seed_of(s, i));
}

/* Take a page away from its owner, which then has a new one. */
static void drop(struct space *s, size_t from, size_t nr)
{
	size_t i;

	/* it may have no memory to split a huge page with */
	while (madvise(page_of(s, from), nr * zsw_page_size, MADV_DONTNEED))
		zsw_msleep(1);
	for (i = from; i < from + nr; i++) {
		s->pages[i].kind = CLEAR;
		s->pages[i].refusals = 0;
	}
}

static void refused(struct space *s, size_t i)
{
	count(REFUSED, 1);
	if (++s->pages[i].refusals >= REFUSALS)
		drop(s, i, 1);
}

static void write_page(struct space *s, size_t i, enum kind kind)
{
	struct state *p = &s->pages[i];

	p->gen++;
	p->kind = kind;
	expect(s, i);
	if (copy_guarded(page_of(s, i), s->want)) {
		p->refusals = 0;
		return;
	}
	/* it is unknown how much of it was written */
	count(REFUSED, 1);
	drop(s, i, 1);
}

static void tell_wrong(struct space *s, size_t i)
{
	const struct state *p = &s->pages[i];
	size_t w = 0;

	if (__atomic_fetch_add(&sh->figures[WRONG], 1, __ATOMIC_RELAXED) >=
	    TELL_WRONG)
		return;
	while (s->want[w] == s->got[w])
		w++;
	zsw_note("WRONG: owner %u, page %zu, generation %u, kind %u, %u times refused",
		 s->owner, i, p->gen & 0x3fffff, p->kind, p->refusals);
	zsw_note("word %zu: expected %016llx got %016llx", w, s->want[w],
		 s->got[w]);
	tell_whose(s->got[w]);
}

static void check_page(struct space *s, size_t i)
{
	struct state *p = &s->pages[i];
	unsigned int w;

	if (!copy_guarded(s->got, page_of(s, i))) {
		refused(s, i);
		return;
	}
	count(VERIFIED, 1);
	expect(s, i);
	if (!memcmp(s->got, s->want, zsw_page_size)) {
		p->refusals = 0;
		return;
	}
	for (w = 0; w < zsw_page_size / sizeof(*s->got) && !s->got[w]; w++)
		;
	if (p->kind == LAZY_FREE && w == zsw_page_size / sizeof(*s->got)) {
		p->kind = CLEAR;
		p->refusals = 0;
		return;
	}
	tell_wrong(s, i);
	/* or it would be counted again */
	write_page(s, i, DATA);
}

static void check_all(struct space *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		check_page(s, i);
}

static void page_out(struct space *s, size_t from, size_t nr)
{
	__atomic_store_n(&s->to, from + nr, __ATOMIC_RELAXED);
	__atomic_store_n(&s->from, from, __ATOMIC_RELEASE);
	madvise(page_of(s, from), nr * zsw_page_size, MADV_PAGEOUT);
	__atomic_store_n(&s->to, 0, __ATOMIC_RELEASE);
}

/* Return: false if there is no memory for it just now. */
static bool make_space(struct space *s, size_t nr, unsigned int owner,
		       bool huge)
{
	size_t len = nr * zsw_page_size;
	char *mem;

	memset(s, 0, sizeof(*s));
	s->pages = calloc(nr, sizeof(*s->pages));
	s->want = malloc(zsw_page_size);
	s->got = malloc(zsw_page_size);
	mem = mmap(NULL, len + HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!s->pages || !s->want || !s->got || mem == MAP_FAILED)
		return false;
	/* so that it is huge pages, as far as there are any */
	s->mem = (char *)(((uintptr_t)mem + HUGE - 1) & ~(HUGE - 1));
	s->nr = nr;
	s->owner = owner;
	madvise(s->mem, len, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	/* mlockall() is for everything but this */
	return !munlock(mem, len + HUGE);
}

/* -- a worker: a process in a cgroup, with a thread that only reads -------------- */

/*
 * Two threads at one page: while a range is swapped out, look at it.  A fault
 * that waits for a page until it is stored keeps it in the swap cache.
 */
static void *reader(void *arg)
{
	struct space *s = arg;
	uint64_t random = random_seed(s->owner + 32);
	size_t from, to;
	unsigned int n;

	while (running()) {
		from = __atomic_load_n(&s->from, __ATOMIC_ACQUIRE);
		to = __atomic_load_n(&s->to, __ATOMIC_RELAXED);
		if (to <= from) {
			zsw_msleep(1);
			continue;
		}
		for (n = 0; n < 64; n++)
			touch_guarded(page_of(s, from + next_random(&random) %
						 (to - from)));
	}
	return NULL;
}

/* What is in zswap must not come back after this. */
static void clear_range(struct space *s, size_t from, size_t nr)
{
	size_t i;

	page_out(s, from, nr);
	for (i = from; i < from + nr; i++)
		write_page(s, i, CLEAR);
	count(CLEARED, nr);
	page_out(s, from, nr);
}

/*
 * Clear a whole space, so that zswap has nothing of the cgroup but what should
 * not be there any more, and store some pages where none may be stored: then it
 * is written back, and in the swap cache until it is read.
 */
static void clear_all(struct space *s, const char *cg)
{
	size_t i;

	clear_range(s, 0, s->nr);
	zsw_cg_write(cg, "memory.zswap.max", "0");
	for (i = 0; i < s->nr / 16; i++)
		write_page(s, i, DATA);
	page_out(s, 0, s->nr / 16);
	check_all(s);
	zsw_cg_write(cg, "memory.zswap.max", "max");
}

static void use_range(struct space *s, unsigned int dice, size_t from,
		      size_t nr)
{
	size_t i;

	switch (dice) {
	case 0 ... 4:
		for (i = from; i < from + nr; i++) {
			check_page(s, i);
			write_page(s, i, DATA);
		}
		break;
	case 5 ... 6:
		clear_range(s, from, nr);
		break;
	case 7:
		for (i = from; i < from + nr; i++)
			if (s->pages[i].kind == DATA)
				s->pages[i].kind = LAZY_FREE;
		madvise(page_of(s, from), nr * zsw_page_size, MADV_FREE);
		break;
	case 8:
		drop(s, from, nr);
		break;
	case 9 ... 11:
		page_out(s, from, nr);
		break;
	default:
		for (i = from; i < from + nr; i++)
			check_page(s, i);
	}
}

/* A page of the stack that is not there yet may be one that cannot be had. */
[[gnu::noinline]]
static void touch_stack(void)
{
	char stack[64 * 1024];

	memset(stack, 0, sizeof(stack));
	/* or the compiler would leave it out */
	asm volatile("" : : "r" (stack) : "memory");
}

static void prepare_process(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	touch_stack();
	while (mlockall(MCL_CURRENT))
		zsw_msleep(5);
	while (mlockall(MCL_FUTURE | MCL_ONFAULT))
		zsw_msleep(5);
}

/* The parent has done its part of it when the next phase begins. */
static void wait_phase(enum phase next)
{
	if (get_phase() >= next)
		return;
	__atomic_add_fetch(&sh->ready, 1, __ATOMIC_ACQ_REL);
	while (get_phase() < next)
		zsw_msleep(10);
}

/* Read everything twice, and wait to be killed. */
[[gnu::noreturn]]
static void last_reads(struct space *s)
{
	check_all(s);
	wait_phase(WITHOUT_SWAP);
	check_all(s);
	__atomic_add_fetch(&sh->ready, 1, __ATOMIC_ACQ_REL);
	while (1)
		pause();
}

[[gnu::noreturn]]
static void worker(unsigned int nr)
{
	uint64_t random = random_seed(nr);
	struct space s;
	unsigned int dice, round = 0;
	pthread_t thread;
	char cg[32];
	size_t from, len;

	prepare_process();
	snprintf(cg, sizeof(cg), "soak%u", nr);
	while (zsw_cg_write(cg, "cgroup.procs", "0"))
		zsw_msleep(5);
	while (!make_space(&s, PAGES, nr + 1, nr & 1))
		zsw_msleep(5);
	while (pthread_create(&thread, NULL, reader, &s))
		zsw_msleep(5);
	sh->base[nr] = zsw_cg_read(cg, "memory.current");
	wait_phase(RUNNING);

	while (running()) {
		from = next_random(&random) % PAGES;
		len = next_random(&random) % 128 + 1;
		if (len > PAGES - from)
			len = PAGES - from;
		dice = next_random(&random) % 16;
		use_range(&s, dice, from, len);
		if (++round % 32)
			continue;
		check_all(&s);
		if (round % 64 == 0)
			clear_all(&s, cg);
		count(ROUNDS, 1);
	}
	pthread_join(thread, NULL);
	last_reads(&s);
}

/* -- cgroups that go while zswap has pages of theirs ----------------------------- */

static bool remove_cgroup(const char *path)
{
	unsigned int try;

	for (try = 0; try < 200; try++) {
		if (!rmdir(path))
			return true;
		zsw_msleep(5);
	}
	return false;
}

/* Fill a space that is charged to a cgroup, swap it out and leave. */
static bool fill_in_cgroup(struct space *s, const char *cg, uint64_t *random)
{
	size_t i;

	if (zsw_cg_write(cg, "cgroup.procs", "0"))
		return false;
	for (i = 0; i < s->nr; i++)
		write_page(s, i, next_random(random) % 8 ? DATA : CLEAR);
	page_out(s, 0, s->nr);
	while (zsw_cg_write(".", "cgroup.procs", "0"))
		zsw_msleep(1);
	return true;
}

/* A second process that shares the slots. */
static pid_t fork_checker(struct space *s)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	check_all(s);
	_exit(0);
}

[[gnu::noreturn]]
static void churner(void)
{
	uint64_t random = random_seed(WORKERS);
	char cg[32], path[64];
	unsigned int n = 0;
	struct space s;
	pid_t pid;
	bool ok;

	prepare_process();
	while (!make_space(&s, CHURN_PAGES, WORKERS + 1, false))
		zsw_msleep(5);
	wait_phase(RUNNING);
	while (running()) {
		snprintf(cg, sizeof(cg), "soakc%u", n++);
		snprintf(path, sizeof(path), CGROUP_DIR "%s", cg);
		if (mkdir(path, 0755)) {
			count(MEMCGS_FAILED, 1);
			zsw_msleep(5);
			continue;
		}
		drop(&s, 0, s.nr);
		ok = fill_in_cgroup(&s, cg, &random);
		pid = next_random(&random) % 4 ? -1 : fork_checker(&s);
		if (next_random(&random) % 2)
			zsw_msleep(next_random(&random) % 100);
		if (!remove_cgroup(path))
			ok = false;
		count(ok ? MEMCGS : MEMCGS_FAILED, 1);
		if (next_random(&random) % 2)
			zsw_msleep(next_random(&random) % 200);
		check_all(&s);
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
	last_reads(&s);
}

/* -- faults ----------------------------------------------------------------------- */

static struct fault {
	const char *name;
	const char *key;
	unsigned int often, seldom;	/* one of so many fails */
	long long injected;
	int probability, interval;	/* open files: opening them may fail */
} faults[] = {
	{ "failslab", "slab", 10, 200, 0, -1, -1 },
	{ "fail_page_alloc", "page", 10, 200, 0, -1, -1 },
	{ "fail_make_request", "io", 2, 20, 0, -1, -1 },
};

/* while it is held faults may be turned off, and are not turned on */
static pthread_mutex_t faults_lock = PTHREAD_MUTEX_INITIALIZER;

static int fault_set(const struct fault *f, const char *file, const char *val)
{
	char path[128];

	snprintf(path, sizeof(path), FAULT_DIR "%s/%s", f->name, file);
	return zsw_write_file(path, val);
}

static void write_fd(int fd, const char *val)
{
	while (write(fd, val, strlen(val)) < 0 && errno != EINVAL)
		zsw_msleep(1);
}

/* Of which kinds can this kernel inject some? All must be off when it begins. */
static int faults_begin(const char *dev)
{
	char path[128];
	size_t i;

	snprintf(path, sizeof(path), "/sys/block/%s/make-it-fail",
		 strrchr(dev, '/') + 1);
	if (zsw_write_file(path, "1"))
		return zsw_skip("no %s", path);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		struct fault *f = &faults[i];

		f->injected = 0;
		if (fault_set(f, "probability", "0") ||
		    fault_set(f, "times", "1000000000") ||
		    fault_set(f, "verbose", "0"))
			return zsw_skip("no %s in debugfs", f->name);
		/* only some of them have these */
		fault_set(f, "task-filter", "N");
		fault_set(f, "ignore-gfp-wait", "N");
		fault_set(f, "ignore-gfp-highmem", "N");
		fault_set(f, "min-order", "0");
		snprintf(path, sizeof(path), FAULT_DIR "%s/probability", f->name);
		f->probability = open(path, O_WRONLY | O_CLOEXEC);
		snprintf(path, sizeof(path), FAULT_DIR "%s/interval", f->name);
		f->interval = open(path, O_WRONLY | O_CLOEXEC);
		if (f->probability < 0 || f->interval < 0)
			return zsw_fail("cannot open %s", path);
	}
	return KSFT_PASS;
}

static void faults_off(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		write_fd(faults[i].probability, "0");
}

/* No faults now, or the files could not be read. */
static void faults_count(void)
{
	char path[128], buf[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		snprintf(path, sizeof(path), FAULT_DIR "%s/times",
			 faults[i].name);
		if (!zsw_read_file(path, buf, sizeof(buf)))
			__atomic_store_n(&faults[i].injected,
					 TIMES - strtoll(buf, NULL, 0),
					 __ATOMIC_RELAXED);
	}
}

static void faults_end(void)
{
	size_t i;

	faults_off();
	faults_count();
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		close(faults[i].probability);
		close(faults[i].interval);
	}
}

/* Some seconds with faults of some kinds, then one without. */
static void *faults_loop(void *arg)
{
	uint64_t random = random_seed(5);
	unsigned int kinds, ms;
	struct fault *f;
	char buf[16];
	size_t i;

	while (running()) {
		kinds = next_random(&random);
		pthread_mutex_lock(&faults_lock);
		for (i = 0; i < ARRAY_SIZE(faults); i++) {
			f = &faults[i];
			if (!(kinds & 1 << i))
				continue;
			snprintf(buf, sizeof(buf), "%u", f->often +
				 (unsigned int)(next_random(&random) %
						(f->seldom - f->often)));
			write_fd(f->interval, buf);
			/* not always the same one of them */
			write_fd(f->probability, "70");
		}
		pthread_mutex_unlock(&faults_lock);
		ms = 1000 + next_random(&random) % 3000;
		for (; ms > 100 && running(); ms -= 100)
			zsw_msleep(100);
		faults_off();
		faults_count();
		zsw_msleep(300);
	}
	return NULL;
}

/* -- swap devices that go ------------------------------------------------------- */

#define MAX_DEVS	3

static struct {
	const char *name;
	bool on;
} devs[MAX_DEVS];
static size_t nr_devs;
static bool frontswap;

/*
 * frontswap, which was there until v6.6, warns if there is no memory for its map:
 * no faults meanwhile.
 */
static bool swapon_again(const char *dev, int prio)
{
	int err;

	if (frontswap) {
		pthread_mutex_lock(&faults_lock);
		faults_off();
	}
	err = swapon(dev, SWAP_FLAG_PREFER | prio);
	if (frontswap)
		pthread_mutex_unlock(&faults_lock);
	return !err;
}

static void *swap_loop(void *arg)
{
	uint64_t random = random_seed(1);
	size_t i;

	while (running()) {
		i = next_random(&random) % nr_devs;
		if (swapoff(devs[i].name)) {
			/* there may be no memory for it: nothing is lost */
			count(SWAPOFFS_FAILED, 1);
			zsw_msleep(20);
			continue;
		}
		count(SWAPOFFS, 1);
		devs[i].on = false;
		zsw_msleep(next_random(&random) % 300);
		while (!swapon_again(devs[i].name, next_random(&random) % 3)) {
			count(SWAPONS_FAILED, 1);
			zsw_msleep(5);
		}
		devs[i].on = true;
		zsw_msleep(next_random(&random) % 1000);
	}
	return NULL;
}

/*
 * A ramdisk that has no memory for a page ends the writeback of the page twice
 * before v6.3 (brd_rw_page() and bdev_write_page()), which is a BUG: let it have
 * all of its memory before anything fails.
 */
static void fill_ramdisk(const char *dev)
{
	char *zeroes = calloc(1, zsw_page_size);
	int fd = open(dev, O_WRONLY | O_EXCL);
	size_t i;

	for (i = 0; zeroes && fd >= 0 && i <= MORE_SLOTS; i++)
		if (write(fd, zeroes, zsw_page_size) < 0)
			break;
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(zeroes);
}

/* Devices that may hold data of the user are refused, see zsw_swapon(). */
static bool swapon_more(const char *dev)
{
	if (zsw_swapon(dev, false, MORE_SLOTS) != KSFT_PASS)
		return false;
	if (strncmp(dev, "/dev/ram", 8))
		return true;
	if (zsw_swapoff(dev))
		return false;
	fill_ramdisk(dev);
	return zsw_swapon(dev, false, MORE_SLOTS) == KSFT_PASS;
}

/* The device that was named, and what is here of the other kinds. */
static int swap_begin(struct zsw_ctx *ctx)
{
	static const char * const more[] = { "/dev/ram0", "/dev/zram0" };
	size_t i;
	int ret;

	nr_devs = 0;
	frontswap = zsw_has_symbol("frontswap_init");
	ret = zsw_begin(ctx, SLOTS);
	if (ret)
		return ret;
	devs[nr_devs].name = ctx->dev;
	devs[nr_devs++].on = true;
	for (i = 0; i < ARRAY_SIZE(more); i++) {
		if (!strcmp(more[i], ctx->dev) ||
		    !swapon_more(more[i]))
			continue;
		devs[nr_devs].name = more[i];
		devs[nr_devs++].on = true;
	}
	if (nr_devs < 2) {
		zsw_swapoff(ctx->dev);
		return zsw_skip("needs a second swap device, ram0 or zram0");
	}
	return KSFT_PASS;
}

static int swap_end(void)
{
	int ret = KSFT_PASS, err;
	size_t i;

	for (i = 0; i < nr_devs; i++) {
		err = devs[i].on ? zsw_swapoff(devs[i].name) : 0;
		if (err)
			ret = zsw_fail("swapoff %s: %s", devs[i].name,
				       strerror(-err));
		else
			devs[i].on = false;
	}
	return ret;
}

/* -- a CPU that goes -------------------------------------------------------------- */

/*
 * No faults meanwhile: the scheduler may have no memory for its domains then, and
 * the CPU does not go any more (seen with v7.3: EBUSY).
 */
static bool set_online(const char *val)
{
	static int told;
	int err;

	pthread_mutex_lock(&faults_lock);
	faults_off();
	err = zsw_write_file(CPU_ONLINE, val);
	pthread_mutex_unlock(&faults_lock);
	if (!err)
		return true;
	count(OFFLINES_FAILED, 1);
	if (err != told)
		zsw_note("%s to " CPU_ONLINE ": %s", val, strerror(-err));
	told = err;
	return false;
}

static void *hotplug_loop(void *arg)
{
	uint64_t random = random_seed(2);

	while (running()) {
		zsw_msleep(500 + next_random(&random) % 2000);
		if (!set_online("0"))
			continue;
		count(OFFLINES, 1);
		zsw_msleep(next_random(&random) % 400);
		while (!set_online("1"))
			zsw_msleep(20);
	}
	return NULL;
}

/* -- settings that change --------------------------------------------------------- */

#define MAX_VALUES	8

struct setting {
	const char *dir;	/* NULL: of zswap, "": of the cgroup of a worker */
	const char *name;
	const char *values[MAX_VALUES];
	unsigned int nr;	/* 0 if the kernel does not have it */
};

/*
 * These make another pool, and which values there are depends on the kernel.
 * z3fold is not among them: it loses handles of a page that was evicted only in
 * part, and warns about that when a pool of it goes.
 */
#define NR_PROBED	2

static struct setting settings[] = {
	{ NULL, "compressor", { "lzo", "lz4", "zstd", "deflate" }, 0 },
	{ NULL, "zpool", { "zbud", "zsmalloc" }, 0 },
	/* full at once, soon, and hardly ever */
	{ NULL, "max_pool_percent", { "1", "1", "1", "0", "2", "20" }, 0 },
	{ NULL, "accept_threshold_percent", { "90", "50", "100" }, 0 },
	{ NULL, "enabled", { "Y", "Y", "Y", "N" }, 0 },
	{ NULL, "shrinker_enabled", { "Y", "Y", "N" }, 0 },
	{ NULL, "same_filled_pages_enabled", { "Y", "N" }, 0 },
	{ NULL, "exclusive_loads", { "Y", "N" }, 0 },
	{ THP_DIR, "enabled", { "madvise", "always", "never" }, 0 },
	{ THP_DIR "hugepages-16kB/", "enabled", { "always", "madvise" }, 0 },
	{ THP_DIR "hugepages-64kB/", "enabled", { "madvise", "never" }, 0 },
};

/* Those may take a while, which has not to keep the others waiting. */
static struct setting squeezes[] = {
	{ "", "memory.zswap.max", { "max", "max", "2M", "300K", "0" }, 0 },
	{ "", "memory.reclaim", { "256K", "1M" }, 0 },
	{ "/proc/sys/vm/", "drop_caches", { "6" }, 0 },
};

static int setting_write(const struct setting *set, const char *val,
			 uint64_t *random)
{
	char path[128];

	if (!set->dir)
		return zsw_param_set(set->name, val);
	if (*set->dir) {
		snprintf(path, sizeof(path), "%s%s", set->dir, set->name);
		return zsw_write_file(path, val);
	}
	snprintf(path, sizeof(path), "soak%u",
		 (unsigned int)(next_random(random) % WORKERS));
	return zsw_cg_write(path, set->name, val);
}

/* Which of them has this kernel? */
static void settings_begin(struct setting *list, size_t nr, size_t probed)
{
	uint64_t random = random_seed(3);
	unsigned int v;
	size_t i;

	for (i = 0; i < nr; i++) {
		struct setting *set = &list[i];

		for (v = 0, set->nr = 0; v < MAX_VALUES && set->values[v]; v++)
			if (i >= probed ||
			    !setting_write(set, set->values[v], &random))
				set->values[set->nr++] = set->values[v];
		if (i >= probed &&
		    setting_write(set, set->values[0], &random) == -ENOENT)
			set->nr = 0;
	}
}

/* zsw_main() does it for most of zswap's. */
static void settings_end(void)
{
	uint64_t random = random_seed(3);
	size_t i;

	for (i = NR_PROBED; i < ARRAY_SIZE(settings); i++)
		if (settings[i].nr)
			setting_write(&settings[i], settings[i].values[0],
				      &random);
}

/* More of a cgroup in memory, or less */
static int set_high(uint64_t *random)
{
	unsigned int nr = next_random(random) % WORKERS;
	char cg[32], val[32];

	snprintf(cg, sizeof(cg), "soak%u", nr);
	snprintf(val, sizeof(val), "%lld", sh->base[nr] +
		 (long long)zsw_page_size * PAGES *
		 (2 + (long long)(next_random(random) % 4)) / 8);
	return zsw_cg_write(cg, "memory.high", val);
}

static void change_one(const struct setting *list, size_t nr, uint64_t *random)
{
	const struct setting *set = &list[next_random(random) % nr];
	int ret;

	if (!set->nr)
		return;
	ret = setting_write(set, set->values[next_random(random) % set->nr],
			    random);
	/* -EAGAIN: memory.reclaim has done what it could */
	count(!ret || ret == -EAGAIN ? SETTINGS : SETTINGS_FAILED, 1);
}

static void *settings_loop(void *arg)
{
	uint64_t random = random_seed(4);

	while (running()) {
		change_one(settings, ARRAY_SIZE(settings), &random);
		zsw_msleep(50 + next_random(&random) % 400);
	}
	return NULL;
}

static void *squeeze_loop(void *arg)
{
	uint64_t random = random_seed(7);

	while (running()) {
		if (next_random(&random) % 3)
			change_one(squeezes, ARRAY_SIZE(squeezes), &random);
		else
			count(set_high(&random) ? SETTINGS_FAILED : SETTINGS, 1);
		zsw_msleep(50 + next_random(&random) % 500);
	}
	return NULL;
}

/* -- main ----------------------------------------------------------------------------- */

static int interrupted;

static void on_interrupt(int sig)
{
	__atomic_store_n(&interrupted, 1, __ATOMIC_RELAXED);
}

static pid_t pids[WORKERS + 1];

static void start_process(unsigned int nr)
{
	pid_t pid;

	while ((pid = fork()) < 0)
		zsw_msleep(5);
	if (!pid) {
		if (nr < WORKERS)
			worker(nr);
		churner();
	}
	pids[nr] = pid;
}

/* Out of memory?  Then there is no page to check any more: start again. */
static int look_after(void)
{
	unsigned int i;
	int status;

	for (i = 0; i <= WORKERS; i++) {
		if (waitpid(pids[i], &status, WNOHANG) != pids[i])
			continue;
		pids[i] = 0;
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			return zsw_fail("process %u is gone, status %x", i,
					status);
		zsw_note("process %u was killed", i);
		count(KILLED, 1);
		if (running())
			start_process(i);
	}
	return KSFT_PASS;
}

static int wait_ready(const char *what)
{
	unsigned long long end = zsw_now_ms() + END_MS;
	unsigned int i, alive;

	do {
		if (look_after())
			return KSFT_FAIL;
		for (i = 0, alive = 0; i <= WORKERS; i++)
			alive += !!pids[i];
		if ((unsigned int)__atomic_load_n(&sh->ready, __ATOMIC_ACQUIRE) >=
		    alive) {
			__atomic_store_n(&sh->ready, 0, __ATOMIC_RELEASE);
			return KSFT_PASS;
		}
		zsw_msleep(20);
	} while (zsw_now_ms() < end);
	return zsw_fail("%s: the workers are stuck", what);
}

static void set_phase(enum phase phase)
{
	__atomic_store_n(&sh->phase, phase, __ATOMIC_RELEASE);
}

static int make_cgroups(void)
{
	char cg[32];
	unsigned int i;
	int ret;

	for (i = 0; i < WORKERS; i++) {
		snprintf(cg, sizeof(cg), "soak%u", i);
		ret = zsw_cg_make(cg);
		/* it need not account zswap here: that is newer than v5.15 */
		if (ret && zsw_cg_write(cg, "memory.high", "max"))
			return ret;
	}
	return KSFT_PASS;
}

static void no_limits(void)
{
	char cg[32];
	unsigned int i;

	for (i = 0; i < WORKERS; i++) {
		snprintf(cg, sizeof(cg), "soak%u", i);
		zsw_cg_write(cg, "memory.high", "max");
	}
}

static unsigned long long started;

static void progress(void)
{
	zsw_note("%llu s: %lld verified, %lld wrong, %lld refused, %lld swapoffs, %lld faults",
		 (zsw_now_ms() - started) / 1000, figure(VERIFIED),
		 figure(WRONG), figure(REFUSED), figure(SWAPOFFS),
		 faults[0].injected + faults[1].injected + faults[2].injected);
}

static int supervise(struct zsw_ctx *ctx)
{
	unsigned long long end = started + ctx->seconds * 1000ULL;
	unsigned long long told = started, moved = started, now;
	long long verified = 0;
	int ret = KSFT_PASS;

	while (!ret && !__atomic_load_n(&interrupted, __ATOMIC_RELAXED) &&
	       (now = zsw_now_ms()) < end) {
		zsw_msleep(200);
		ret = look_after();
		if (figure(VERIFIED) != verified) {
			verified = figure(VERIFIED);
			moved = now;
		} else if (now - moved > STALL_MS) {
			ret = zsw_fail("no page was verified for %d s",
				       STALL_MS / 1000);
		}
		if (now - told < PROGRESS_MS)
			continue;
		told = now;
		progress();
	}
	return ret;
}

static int run_all(struct zsw_ctx *ctx)
{
	static void *(*const loops[])(void *) = {
		swap_loop, hotplug_loop, settings_loop, squeeze_loop, faults_loop,
	};
	uint64_t random = random_seed(6);
	pthread_t threads[ARRAY_SIZE(loops)];
	unsigned int nr;
	int ret;

	for (nr = 0; nr <= WORKERS; nr++)
		start_process(nr);
	ret = wait_ready("start");
	if (ret)
		return ret;
	for (nr = 0; nr < ARRAY_SIZE(loops); nr++)
		if (pthread_create(&threads[nr], NULL, loops[nr], NULL))
			return zsw_fail("cannot create a thread");
	for (nr = 0; nr < 8 * WORKERS; nr++)
		set_high(&random);
	started = zsw_now_ms();
	set_phase(RUNNING);
	ret = supervise(ctx);

	/* what could not be read because of a fault can be read now, or never */
	zsw_note("the last reads");
	set_phase(LAST_READ);
	faults_off();
	for (nr = 0; nr < ARRAY_SIZE(loops); nr++)
		pthread_join(threads[nr], NULL);
	faults_off();
	if (!ret)
		ret = wait_ready("last read");
	no_limits();
	if (!ret)
		ret = swap_end();
	if (ret)
		return ret;
	zsw_note("the last reads, without swap");
	set_phase(WITHOUT_SWAP);
	return wait_ready("without swap");
}

static void stop_processes(void)
{
	char path[64];
	unsigned int i;

	for (i = 0; i <= WORKERS; i++) {
		if (!pids[i])
			continue;
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
		pids[i] = 0;
	}
	for (i = 0; i < WORKERS; i++) {
		snprintf(path, sizeof(path), CGROUP_DIR "soak%u", i);
		remove_cgroup(path);
	}
}

/* In two lines, one would be too long. */
static void tell_figures(long long written_back, long long huge)
{
	char line[256];
	size_t i, len = 0;

	for (i = 0; i < NR_FIGURES; i++)
		len += snprintf(line + len, sizeof(line) - len, " %s=%lld",
				figure_names[i], figure(i));
	zsw_note("figures%s", line);
	for (i = 0, len = 0; i < ARRAY_SIZE(faults); i++)
		len += snprintf(line + len, sizeof(line) - len, " %s=%lld",
				faults[i].key, faults[i].injected);
	zsw_note("figures%s written_back=%lld huge=%lld", line, written_back,
		 huge);
}

static int verdict(long long written_back)
{
	static const enum figure must[] = {
		ROUNDS, VERIFIED, CLEARED, SWAPOFFS, OFFLINES, MEMCGS, SETTINGS,
	};
	size_t i;

	if (figure(WRONG))
		return zsw_fail("%lld pages have wrong contents", figure(WRONG));
	if (zsw_stat("stored_pages"))
		return zsw_fail("zswap has %lld pages after the last swapoff",
				zsw_stat("stored_pages"));
	for (i = 0; i < ARRAY_SIZE(must); i++)
		if (!figure(must[i]))
			return zsw_fail("%s is 0, so nothing is proven",
					figure_names[must[i]]);
	if (!(faults[0].injected + faults[1].injected + faults[2].injected))
		return zsw_fail("no fault injected, so nothing is proven");
	if (!written_back)
		return zsw_fail("nothing was written back, so nothing is proven");
	return KSFT_PASS;
}

static int soak(struct zsw_ctx *ctx, bool pools)
{
	struct sigaction bus = { .sa_handler = on_bus, .sa_flags = SA_NODEFER };
	struct sigaction sa = { .sa_handler = on_interrupt };
	bool has_shrinker = !zsw_param_set("shrinker_enabled", "N");
	long long written_back, huge;
	int ret;

	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		return zsw_fail("mmap: %s", strerror(errno));
	if (access(CPU_ONLINE, W_OK))
		return zsw_skip("no " CPU_ONLINE);
	ret = make_cgroups();
	if (!ret)
		ret = faults_begin(ctx->dev);
	if (!ret)
		ret = swap_begin(ctx);
	if (ret)
		return ret;
	if (pools)
		settings_begin(settings, ARRAY_SIZE(settings), NR_PROBED);
	else
		settings_begin(settings + NR_PROBED,
			       ARRAY_SIZE(settings) - NR_PROBED, 0);
	settings_begin(squeezes, ARRAY_SIZE(squeezes), 0);
	written_back = zsw_stat("written_back_pages");
	huge = zsw_vmstat("thp_fault_alloc");
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGBUS, &bus, NULL);
	/* this process and its children are not what is to be swapped or killed */
	zsw_write_file("/proc/self/oom_score_adj", "-1000");
	mlockall(MCL_CURRENT);
	mlockall(MCL_FUTURE | MCL_ONFAULT);
	touch_stack();

	ret = run_all(ctx);
	stop_processes();
	faults_end();
	settings_end();
	swap_end();
	progress();
	written_back = zsw_stat("written_back_pages") - written_back;
	huge = zsw_vmstat("thp_fault_alloc") - huge;
	tell_figures(written_back, huge);
	if (__atomic_load_n(&interrupted, __ATOMIC_RELAXED))
		return zsw_skip("interrupted");
	/*
	 * Older kernels lose a reference to a pool, see zsw_trigger(), and write
	 * nothing back any more once it is not the current one.
	 */
	if (!ret && pools && !written_back && !has_shrinker)
		written_back = 1;
	return ret ? ret : verdict(written_back);
}

static int test_one_pool(struct zsw_ctx *ctx)
{
	return soak(ctx, false);
}

static int test_pools(struct zsw_ctx *ctx)
{
	if (!strcmp(ctx->zpool, "z3fold"))
		return zsw_skip("z3fold warns when its pool goes");
	return soak(ctx, true);
}

static const struct zsw_test tests[] = {
	{
		"one-pool", test_one_pool,
		"pages of many processes, while all that can fail or go away does",
	},
	{
		"pools", test_pools,
		"the same, while the compressor and the zpool change",
	},
};

/*
 * For other programs that run meanwhile: hold memory so that @spare MiB are left,
 * and take what is free, down to where kswapd begins to reclaim, again and again.
 * What is held is locked, no swap is used for it.  It leaves what is reserved,
 * or the OOM killer would run.
 */
#define RESERVED_KIB	6144

static int hold_memory(unsigned long spare)
{
	unsigned long available, unused, total, held = 0;
	const size_t chunk = 1 << 20;
	char *mem, *all;
	size_t burst;
	FILE *f;
	bool ok;

	zsw_write_file("/proc/self/oom_score_adj", "1000");
	zsw_write_file("/proc/sys/vm/min_free_kbytes", "6144");
	all = mmap(NULL, 1UL << 32, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (all == MAP_FAILED)
		return KSFT_FAIL;
	while (1) {
		f = fopen("/proc/meminfo", "r");
		if (!f)
			return KSFT_FAIL;
		ok = fscanf(f, "MemTotal: %lu kB MemFree: %lu kB MemAvailable: %lu kB",
			    &total, &unused, &available) == 3;
		fclose(f);
		if (!ok)
			return KSFT_FAIL;
		mem = all + held * chunk;
		if (available / 1024 > spare && !mlock(mem, chunk)) {
			held++;
			continue;
		}
		if (held && available / 1024 < spare / 2) {
			held--;
			munlock(mem - chunk, chunk);
			madvise(mem - chunk, chunk, MADV_DONTNEED);
		}
		burst = 0;
		if (unused > RESERVED_KIB + 1024)
			burst = (unused - RESERVED_KIB - 1024) * 1024;
		mem = MAP_FAILED;
		if (burst)
			mem = mmap(NULL, burst, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED,
				   -1, 0);
		zsw_msleep(50);
		if (mem != MAP_FAILED)
			munmap(mem, burst);
		zsw_msleep(150);
	}
}

/**
 * main() - run the soak
 * @argc: number of arguments
 * @argv: arguments, see -h
 *
 * Return: kselftest exit status.
 */
int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--hold-all-but"))
		return hold_memory(strtoul(argv[2], NULL, 0));
	zsw_prog = "zswap_soak";
	zsw_seconds = 60;
	return zsw_main(argc, argv, "fs:", tests, ARRAY_SIZE(tests));
}
