/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the zswap selftests: zswap's settings and statistics, swap devices,
 * regions of memory with known contents, and the test runner.
 */
#ifndef ZSWAP_UTIL_H
#define ZSWAP_UTIL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kselftest.h"

/* kselftest.h has it since 5.16 */
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#define ZSW_MAX_LIST	64

/* a page that another CPU has in a batch cannot be swapped out just now */
#define ZSW_ATTEMPTS	200

/*
 * Contents of a page.  All but ZSW_SAME, ZSW_VALUE and ZSW_RANDOM are one word
 * repeated and then some random bytes; the number of random bytes makes the
 * compressed length.  Two ZSW_SHORT pages compress to the same length.
 */
enum zsw_pattern {
	ZSW_SHORT,		/* no random bytes */
	ZSW_LONG,		/* a third of a page */
	ZSW_MIXED,		/* depends on the seed, up to 40% */
	ZSW_BIG,		/* two thirds; no other object fits beside it */
	ZSW_HEADLESS,		/* almost all; a page of its own in z3fold */
	ZSW_SAME,		/* one value: same-filled, no allocation */
	ZSW_VALUE,		/* the same, and the value is the seed itself */
	ZSW_RANDOM,		/* incompressible: zswap must refuse it */
	ZSW_VARIETY,		/* all of the above, in turn */
};

/* A range of anonymous memory.  Page i has contents (pattern, seed + i). */
struct zsw_region {
	char *mem;
	size_t nr;
	enum zsw_pattern pattern;
	unsigned long seed;
};

/* A swapoff in a thread of its own. */
struct zsw_swapoff {
	pthread_t thread;
	const char *dev;
	int done;
	int err;
};

/* What one run of one test works with. */
struct zsw_ctx {
	const char *zpool;
	const char *dev;
	bool dev_given;
	bool force;
	unsigned int seconds;
};

struct zsw_test {
	const char *name;
	int (*fn)(struct zsw_ctx *ctx);
	const char *what;
	bool first;	/* needs a kernel that has not enabled zswap since boot */
};

extern const char *zsw_prog;
extern unsigned int zsw_seconds;
extern size_t zsw_page_size;
extern unsigned int zsw_touched;

int zsw_main(int argc, char **argv, const char *opts,
	     const struct zsw_test *tests, size_t nr_tests);

[[gnu::format(printf, 1, 2)]]
void zsw_note(const char *fmt, ...);
[[gnu::format(printf, 1, 2)]]
int zsw_fail(const char *fmt, ...);
[[gnu::format(printf, 1, 2)]]
int zsw_skip(const char *fmt, ...);

void zsw_msleep(unsigned int ms);
unsigned long long zsw_now_ms(void);

int zsw_read_file(const char *path, char *buf, size_t size);
long long zsw_read_number(const char *path);
int zsw_write_file(const char *path, const char *val);

int zsw_param_set(const char *name, const char *val);
long long zsw_stat(const char *name);
long long zsw_stat_line(const char *path, const char *name);
long long zsw_vmstat(const char *name);
bool zsw_has_symbol(const char *name);

int zsw_begin(struct zsw_ctx *ctx, size_t slots);
int zsw_end(struct zsw_ctx *ctx);
int zsw_end_tries(struct zsw_ctx *ctx, unsigned int tries);

int zsw_swapon(const char *dev, bool dev_given, size_t slots);
int zsw_swapoff(const char *dev);
struct zsw_swapoff *zsw_swapoff_start(const char *dev);
bool zsw_swapoff_wait(struct zsw_swapoff *so, unsigned int ms);
bool zsw_swap_full(const char *dev, unsigned int spare);

int zsw_map(struct zsw_region *r, size_t nr);
void zsw_unmap(struct zsw_region *r);
void zsw_trim(struct zsw_region *r, size_t nr);
void zsw_fill_page(void *page, enum zsw_pattern pattern, unsigned long seed);
void zsw_fill(struct zsw_region *r, enum zsw_pattern pattern,
	      unsigned long seed);
size_t zsw_resident(const struct zsw_region *r);
size_t zsw_pageout(struct zsw_region *r);
int zsw_recount(void);
size_t zsw_bad_pages(struct zsw_region *r, const char *what);
int zsw_check(struct zsw_region *r, const char *what);
bool zsw_uses_slot(const struct zsw_region *r, unsigned long type,
		   unsigned long offset, size_t *index);
bool zsw_slot_of(const struct zsw_region *r, size_t index, unsigned long *type,
		 unsigned long *offset);

bool zsw_trigger(struct zsw_region *extra, unsigned int attempts);
long long zsw_shrinks(void);
bool zsw_second_chance(void);
long long zsw_write_back(long long want);

#endif /* ZSWAP_UTIL_H */
