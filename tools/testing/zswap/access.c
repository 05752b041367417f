// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each load and store of kernel, model and scenarios, by the callbacks that
 * -fsanitize=thread makes the compiler emit.
 *
 * -fsanitize=thread and not kernel-address, although no data race is looked for:
 * the address sanitizer leaves out direct accesses to global variables, and
 * zswap_trees[], list heads and statistics are global variables. Both pass an
 * address and a size, which is all that is needed here.
 *
 * An access is put to three uses:
 *
 * - It is checked against a shadow of the arena, as KASAN does.
 *
 * - The old value of what is stored to is kept, once for each word and step.
 *   To take back steps, the log is read backwards. A step costs what it changes
 *   and not what there is, so going back is about as cheap as going on.
 *
 * - The words of a step tell which steps depend on each other. Each word
 *   has a version, the hash of the step that wrote it last and of all that this
 *   step depended on. The hash of a step is that of its thread's step before and
 *   of the versions of all words it touches. So it stands for the step and
 *   all that happened before it, and the sum over the steps done (sig in struct
 *   x_state) is the same for two schedules that differ only in the order of
 *   independent steps. Those lead to the same state: this is the
 *   happens-before caching of CHESS (Musuvathi and Qadeer, "Partial-order
 *   reduction for context-bounded state exploration").
 *
 * atomic_inc() and atomic_dec() without a result are a third kind of access
 * beside load and store: they commute with each other. Without that each
 * counter of zswap's statistics would order all steps that touch it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core.h"

enum kind { NONE, READ, COMMUTE, WRITE };

/**
 * struct word - what is known of eight bytes of memory
 * @ver:	hash of all that happened before the open group
 * @sum:	of the hashes of the steps of the open group
 * @stamp:	the step that touched it last
 * @group:	the open group: READ, COMMUTE, or one WRITE
 * @kind:	how the step of @stamp touches it
 * @saved:	the step of @stamp has its old value in the log
 * @readers:	threads that have loaded it in any schedule, a bit each
 * @commuters:	same
 * @writers:	same
 */
struct word {
	u64 ver;
	u64 sum;
	u32 stamp;
	u8 group;
	u8 kind;
	bool saved;
	u16 readers;
	u16 commuters;
	u16 writers;
};

struct mem_log {
	u64 *at;
	u64 old;
};

struct word_log {
	struct word *w;
	u64 ver;
	u64 sum;
	u8 group;
};

struct shadow_log {
	u32 first;
	u32 nr;
	u8 old;
};

#define LOG_MAX		(8U << 20)
#define STEP_MAX	65536
#define ARENA_WORDS	(X_ARENA_SIZE / 8)
#define STACK_WORDS	(X_PRIVATE_SIZE / 8)

bool x_tracking;
bool x_grown;
unsigned int x_stacks_changed;

static struct word *words;		/* of the arena, the stacks, tested variables */
static u8 *shadow;
static struct mem_log *mem_log;
static struct word_log *word_log;
static struct shadow_log *shadow_log;
static struct x_mark top;
static struct word **step_words;
static unsigned int nr_step_words;
static u32 stamp;
static const enum x_phase *phase;	/* of the thread whose step it is */
/* From the first of these variables to the last, with what is in between. */
static unsigned long data_start, data_end;
static u64 *first_data;	/* before anything ran */

/**
 * access_map() - memory of the explorer's own, which takes room when it is used
 * @at:		where it has to be, 0: anywhere
 * @size:	in bytes
 *
 * Return: its address; filled with zeros
 */
void *access_map(unsigned long at, size_t size)
{
	void *p = mmap((void *)at, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
		       (at ? MAP_FIXED_NOREPLACE : 0), -1, 0);

	if (p == MAP_FAILED || (at && p != (void *)at)) {
		fprintf(stderr, "explorer: no %zu bytes of memory at %#lx\n",
			size, at);
		exit(2);
	}
	return p;
}

static size_t nr_words(void)
{
	return ARENA_WORDS + STACK_WORDS + (data_end - data_start) / 8 + 1;
}

/**
 * access_init() - map the arena and the logs
 */
void access_init(void)
{
	access_map(X_ARENA, X_ARENA_SIZE);
	data_start = (unsigned long)__start_tested_data;
	data_end = ((unsigned long)__stop_tested_bss + 7) & ~7UL;
	first_data = access_map(0, data_end - data_start);
	memcpy(first_data, (void *)data_start, data_end - data_start);
	words = access_map(0, nr_words() * sizeof(*words));
	shadow = access_map(0, ARENA_WORDS);
	mem_log = access_map(0, LOG_MAX * sizeof(*mem_log));
	word_log = access_map(0, LOG_MAX * sizeof(*word_log));
	shadow_log = access_map(0, LOG_MAX * sizeof(*shadow_log));
	step_words = access_map(0, STEP_MAX * sizeof(*step_words));
}

/**
 * access_forget() - forget which thread touches what; for another scenario
 */
void access_forget(void)
{
	/* gives the pages back, they read as zero again */
	madvise(words, nr_words() * sizeof(*words), MADV_DONTNEED);
	stamp = 0;
	nr_step_words = 0;
}

/**
 * access_begin() - a step begins
 */
void access_begin(void)
{
	size_t i;

	nr_step_words = 0;
	phase = &x_self()->phase;
	if (++stamp)
		return;
	for (i = 0; i < nr_words(); i++)
		words[i].stamp = 0;
	stamp = 1;
}

static inline struct word *word_of(unsigned long addr)
{
	if (addr - X_ARENA < X_ARENA_SIZE)
		return &words[(addr - X_ARENA) / 8];
	if (addr - X_PRIVATE < X_PRIVATE_SIZE)
		return &words[ARENA_WORDS + (addr - X_PRIVATE) / 8];
	return &words[ARENA_WORDS + STACK_WORDS + (addr - data_start) / 8];
}

static void overflow(const char *what)
{
	fprintf(stderr, "explorer: the log of %s is full\n", what);
	exit(2);
}

static inline void touch(struct word *w, unsigned long addr, enum kind kind)
{
	if (w->stamp != stamp) {
		w->stamp = stamp;
		w->kind = kind;
		w->saved = false;
		if (nr_step_words == STEP_MAX)
			overflow("a step");
		step_words[nr_step_words++] = w;
	} else if (w->kind != kind) {
		w->kind = WRITE;
	}
	if (kind != READ && !w->saved) {
		u64 *at = (u64 *)(addr & ~7UL);

		w->saved = true;
		if (top.mem == LOG_MAX)
			overflow("memory");
		mem_log[top.mem].at = at;
		mem_log[top.mem].old = *at;
		top.mem++;
	}
}

/* Is all of it addressable? Returns the first bad address, or 0. */
static unsigned long bad_shadow(unsigned long addr, size_t len)
{
	unsigned long end = addr + len;

	while (addr < end) {
		u8 s = shadow[(addr - X_ARENA) / 8];
		unsigned long to = (addr | 7) + 1;

		if (to > end)
			to = end;
		if (s != SHADOW_OK && (s > SHADOW_OK || (to - 1) % 8 >= s))
			return addr;
		addr = to;
	}
	return 0;
}

[[gnu::noreturn]]
static void bad_access(unsigned long addr, unsigned long pc, bool write)
{
	const char *how = write ? "write" : "read";

	if (addr < (1UL << 20))
		report_bug_pc("null", pc, addr, how);
	if (addr - X_ARENA < X_ARENA_SIZE &&
	    access_shadow_at(addr) == SHADOW_FREED)
		report_bug_pc("uaf", pc, addr, how);
	if (addr - X_ARENA < X_ARENA_SIZE)
		report_bug_pc("oob", pc, addr, how);
	report_bug_pc("wild", pc, addr, how);
}

/*
 * A stack belongs to its thread, is saved as a whole, and need not be watched:
 * but for the words that other threads have been seen to touch, such as an item
 * on the stack that is put into a list. Returns true if there is nothing to do.
 */
static bool private_word(unsigned long addr, enum kind kind)
{
	unsigned long nr = (addr - X_PRIVATE) / X_STACK;
	const struct word *w = word_of(addr);

	if (nr != (unsigned long)x->cur + 1) {
		if (kind != READ)
			x_stacks_changed |= 1U << (nr - 1);
		return false;
	}
	return !((w->readers | w->commuters | w->writers) & ~(1U << x->cur));
}

static bool is_tested_data(unsigned long addr)
{
	return (addr >= (unsigned long)__start_tested_data &&
		addr < (unsigned long)__stop_tested_data) ||
	       (addr >= (unsigned long)__start_tested_bss &&
		addr < (unsigned long)__stop_tested_bss);
}

[[gnu::noinline]]
static void access_other(unsigned long addr, size_t len, enum kind kind,
			 unsigned long pc)
{
	unsigned long word;

	if (addr - X_PRIVATE < X_PRIVATE_SIZE) {
		if (private_word(addr, kind))
			return;
	} else if (x_unchecked && (addr - X_ARENA < X_ARENA_SIZE ||
				   is_tested_data(addr))) {
		/* nothing but what follows for every access */
	} else if (addr - X_ARENA < X_ARENA_SIZE) {
		unsigned long bad = bad_shadow(addr, len);

		if (bad)
			bad_access(bad, pc, kind != READ);
	} else if (!is_tested_data(addr)) {
		if (addr >= (unsigned long)__executable_start &&
		    addr < (unsigned long)_end && kind == READ)
			return;		/* a constant, or the explorer's */
		bad_access(addr, pc, kind != READ);
	}
	if (*phase == X_PHASE_SUBMITTED)
		report_after_submit(addr, pc);
	for (word = addr & ~7UL; word < addr + len; word += 8)
		touch(word_of(word), word, kind);
}

static inline void access(unsigned long addr, size_t len, enum kind kind,
			  unsigned long pc)
{
	unsigned long word = (addr - X_ARENA) / 8;

	if (!x_tracking || addr - X_PRIVATE < X_STACK)
		return;			/* struct x_state is the explorer's */
	/* what nearly each one is: in one word, all of which is allocated */
	if (word < ARENA_WORDS && addr % 8 + len <= 8 &&
	    (x_unchecked || shadow[word] == SHADOW_OK) &&
	    *phase != X_PHASE_SUBMITTED)
		touch(&words[word], addr, kind);
	else
		access_other(addr, len, kind, pc);
}

/* What a step that touches the word in this way depends on. */
static u64 depends_on(const struct word *w)
{
	if (w->kind == w->group && w->kind != WRITE)
		return w->ver;
	return x_mix(w->ver + w->sum);
}

static bool conflicts(const struct word *w, u16 self)
{
	u16 others = w->writers;

	if (w->kind != READ)
		others |= w->readers;
	if (w->kind != COMMUTE)
		others |= w->commuters;
	return others & ~self;
}

/**
 * access_hash() - hash of the step that has just been done
 * @h: hash of the thread's step before, and of what else the step depends on
 *
 * Return: a hash of the step and of all that happened before it.
 */
u64 access_hash(u64 h)
{
	u64 sum = 0;
	unsigned int i;

	/* a sum, since one word of it need not wait for the one before */
	for (i = 0; i < nr_step_words; i++)
		sum += x_mix(depends_on(step_words[i]) ^
			     (u64)(step_words[i] - words + 1) * 0x9e3779b97f4a7c15ULL);
	return x_mix(h ^ sum);
}

static bool is_stack(const struct word *w)
{
	return w - words >= (long)ARENA_WORDS &&
	       w - words < (long)(ARENA_WORDS + STACK_WORDS);
}

/**
 * access_end() - the step that has just been done becomes part of the past
 * @tid:	thread that did it
 * @h:		its hash
 * @learn:	the scenario's threads run, not its set-up or its check
 *
 * Return: how the step touched words that a step of another thread may conflict
 * with, as far as that is known; x_grown is set if more is known now.
 */
enum x_shared access_end(int tid, u64 h, bool learn)
{
	enum x_shared shared = X_NOT_SHARED;
	u16 self = 1U << tid, *set;
	unsigned int i;

	for (i = 0; i < nr_step_words; i++) {
		struct word *w = step_words[i];

		if (top.word == LOG_MAX)
			overflow("words");
		word_log[top.word++] = (struct word_log){
			.w = w, .ver = w->ver, .sum = w->sum, .group = w->group,
		};
		if (w->kind == w->group && w->kind != WRITE) {
			w->sum += h;
		} else {
			w->ver = x_mix(w->ver + w->sum);
			w->sum = h;
			w->group = w->kind;
		}
		if (!learn)
			continue;
		set = w->kind == READ ? &w->readers :
		      w->kind == COMMUTE ? &w->commuters : &w->writers;
		if (conflicts(w, self)) {
			if (w->kind != READ)
				shared = X_SHARED_WRITE;
			else if (!shared)
				shared = X_SHARED_READ;
		}
		/* the owner of a stack has not been watched until now */
		if (!(*set & self) && (conflicts(w, self) || is_stack(w)))
			x_grown = true;
		*set |= self;
	}
	nr_step_words = 0;
	return shared;
}

/**
 * access_mark() - remember where the logs are
 * @mark: for access_undo()
 */
void access_mark(struct x_mark *mark)
{
	*mark = top;
}

/**
 * access_undo() - take back all that was done since
 * @mark: what access_mark() remembered
 */
void access_undo(const struct x_mark *mark)
{
	while (top.mem > mark->mem) {
		top.mem--;
		*mem_log[top.mem].at = mem_log[top.mem].old;
	}
	while (top.word > mark->word) {
		struct word_log *l = &word_log[--top.word];

		l->w->ver = l->ver;
		l->w->sum = l->sum;
		l->w->group = l->group;
	}
	while (top.shadow > mark->shadow) {
		struct shadow_log *l = &shadow_log[--top.shadow];

		memset(shadow + l->first, l->old, l->nr);
	}
}

static void digest_range(unsigned long from, unsigned long to, void *arg)
{
	u64 *h = arg;

	for (; from < to; from += 8) {
		u8 s = access_shadow_at(from);

		if (s != SHADOW_NONE)
			*h += x_mix(x_mix(from + s) + *(u64 *)from);
	}
}

/**
 * access_digest() - hash of all that kernel and model have in memory, slow
 *
 * Return: the same for the same contents. To check that undo, replay and the
 * reductions do what they should.
 */
u64 access_digest(void)
{
	const u64 *data = (const u64 *)data_start;
	u64 h = 0;
	size_t i;

	arena_ranges(digest_range, &h);
	/* of the variables what has changed */
	for (i = 0; i < (data_end - data_start) / 8; i++)
		if (words[ARENA_WORDS + STACK_WORDS + i].stamp && data[i] != first_data[i])
			h += x_mix(x_mix(i) + data[i]);
	return h;
}

/**
 * access_free() - an object is freed, which conflicts with each use of it
 * @addr:	its first word
 * @len:	in bytes
 *
 * Most words of a large object are never used. Those need not be touched: when a
 * thread uses one for the first time, the next free of it is the one that makes
 * the search begin again.
 */
void access_free(unsigned long addr, size_t len)
{
	unsigned long word;

	access(addr, 1, WRITE, (unsigned long)__builtin_return_address(0));
	if (!x_tracking)
		return;
	for (word = addr + 8; word < addr + len; word += 8) {
		struct word *w = word_of(word);

		if (w->readers | w->commuters | w->writers)
			touch(w, word, WRITE);
	}
}

/**
 * access_save() - remember memory of the explorer's own, to be taken back
 * @p:		first byte, eight-byte aligned
 * @len:	how many
 */
void access_save(void *p, size_t len)
{
	u64 *at = p;

	for (; len >= 8; len -= 8, at++) {
		if (top.mem == LOG_MAX)
			overflow("memory");
		mem_log[top.mem++] = (struct mem_log){ .at = at, .old = *at };
	}
}

/**
 * access_shadow() - set the shadow of an object
 * @addr: its first word
 * @len:	in bytes
 * @val:	SHADOW_OK or SHADOW_FREED; all of it had one value before
 */
void access_shadow(unsigned long addr, size_t len, u8 val)
{
	u32 first = (addr - X_ARENA) / 8, nr = (len + 7) / 8;
	struct shadow_log *l;

	/* the last word of an object that ends in it has another value */
	if (len % 8) {
		access_shadow(addr + (len & ~7UL), 8,
			      val == SHADOW_OK ? len % 8 : val);
		nr--;
	}
	if (!nr)
		return;
	if (top.shadow == LOG_MAX)
		overflow("the shadow");
	l = &shadow_log[top.shadow++];
	*l = (struct shadow_log){ .first = first, .nr = nr, .old = shadow[first] };
	memset(shadow + first, val, nr);
}

/**
 * access_shadow_at() - the shadow of an address of the arena
 * @addr: address
 *
 * Return: its shadow
 */
u8 access_shadow_at(unsigned long addr)
{
	return shadow[(addr - X_ARENA) / 8];
}

#define PC ((unsigned long)__builtin_return_address(0))

/**
 * x_read() - the model loads memory in a way that the compiler does not see
 * @p:		first byte
 * @len:	how many
 */
void x_read(const void *p, size_t len)
{
	access((unsigned long)p, len, READ, PC);
}

/**
 * x_write() - same, a store; to be called before it
 * @p:		first byte
 * @len:	how many
 */
void x_write(const void *p, size_t len)
{
	access((unsigned long)p, len, WRITE, PC);
}

/**
 * x_fill() - memset() of kernel and model
 * @p:		first byte
 * @c:		value
 * @len:	how many
 */
void x_fill(void *p, int c, size_t len)
{
	access((unsigned long)p, len, WRITE, PC);
	memset(p, c, len);
}

/**
 * x_copy() - memcpy() of kernel and model
 * @to:		first byte
 * @from:	first byte
 * @len:	how many
 */
void x_copy(void *to, const void *from, size_t len)
{
	access((unsigned long)from, len, READ, PC);
	access((unsigned long)to, len, WRITE, PC);
	memcpy(to, from, len);
}

/**
 * x_add() - add to a counter, for an atomic operation without a result
 * @p:	counter
 * @n:	what to add
 */
void x_add(int *p, int n)
{
	access((unsigned long)p, sizeof(*p), COMMUTE, PC);
	*p += n;
}

/**
 * x_add_long() - same
 * @p:	counter
 * @n:	what to add
 */
void x_add_long(long *p, long n)
{
	access((unsigned long)p, sizeof(*p), COMMUTE, PC);
	*p += n;
}

/**
 * x_addressable() - may kernel and model touch it?
 * @p:		first byte
 * @len:	how many
 *
 * Return: false if it is freed or never was allocated
 */
bool x_addressable(const void *p, size_t len)
{
	unsigned long addr = (unsigned long)p;

	return addr - X_ARENA >= X_ARENA_SIZE || !bad_shadow(addr, len);
}

/* The names are the compiler's. */
#define CALLBACK(name, len, kind)					\
	void __tsan_##name(void *p)					\
	{								\
		access((unsigned long)p, len, kind, PC);		\
	}

CALLBACK(read1, 1, READ)
CALLBACK(write1, 1, WRITE)
CALLBACK(unaligned_read1, 1, READ)
CALLBACK(unaligned_write1, 1, WRITE)
CALLBACK(volatile_read1, 1, READ)
CALLBACK(volatile_write1, 1, WRITE)
CALLBACK(unaligned_volatile_read1, 1, READ)
CALLBACK(unaligned_volatile_write1, 1, WRITE)
CALLBACK(read2, 2, READ)
CALLBACK(write2, 2, WRITE)
CALLBACK(unaligned_read2, 2, READ)
CALLBACK(unaligned_write2, 2, WRITE)
CALLBACK(volatile_read2, 2, READ)
CALLBACK(volatile_write2, 2, WRITE)
CALLBACK(unaligned_volatile_read2, 2, READ)
CALLBACK(unaligned_volatile_write2, 2, WRITE)
CALLBACK(read4, 4, READ)
CALLBACK(write4, 4, WRITE)
CALLBACK(unaligned_read4, 4, READ)
CALLBACK(unaligned_write4, 4, WRITE)
CALLBACK(volatile_read4, 4, READ)
CALLBACK(volatile_write4, 4, WRITE)
CALLBACK(unaligned_volatile_read4, 4, READ)
CALLBACK(unaligned_volatile_write4, 4, WRITE)
CALLBACK(read8, 8, READ)
CALLBACK(write8, 8, WRITE)
CALLBACK(unaligned_read8, 8, READ)
CALLBACK(unaligned_write8, 8, WRITE)
CALLBACK(volatile_read8, 8, READ)
CALLBACK(volatile_write8, 8, WRITE)
CALLBACK(unaligned_volatile_read8, 8, READ)
CALLBACK(unaligned_volatile_write8, 8, WRITE)
CALLBACK(read16, 16, READ)
CALLBACK(write16, 16, WRITE)
CALLBACK(unaligned_read16, 16, READ)
CALLBACK(unaligned_write16, 16, WRITE)
CALLBACK(volatile_read16, 16, READ)
CALLBACK(volatile_write16, 16, WRITE)
CALLBACK(unaligned_volatile_read16, 16, READ)
CALLBACK(unaligned_volatile_write16, 16, WRITE)

void __tsan_read_range(void *p, size_t len)
{
	access((unsigned long)p, len, READ, PC);
}

void __tsan_write_range(void *p, size_t len)
{
	access((unsigned long)p, len, WRITE, PC);
}

void __tsan_init(void)
{
}
