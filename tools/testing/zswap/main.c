// SPDX-License-Identifier: GPL-2.0-only
/* The command line. */
#define _GNU_SOURCE
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core.h"

static struct {
	const char *scenario;
	const char *replay;
	const char *trace;
	int bound;
	u64 seed, count;
	bool random, json, terse, strings, turns, counts, verbose, self_test,
	     speed;
} opt = { .bound = -1 };

static u32 serial[X_COUNTS];	/* of the schedule without a preemption */

static const char help[] =
	"usage: explorer [options]\n"
	"  --list                 the scenarios\n"
	"  --scenario NAME        only this one, or those that begin with NAME*\n"
	"  --bound N              at most N preemptions (default: 3, with three or more\n"
	"                         threads 2)\n"
	"  --random SEED,COUNT    random schedules instead of all\n"
	"  --replay STRING        one schedule, needs --scenario\n"
	"  --first                stop at the first bug of a scenario\n"
	"  --until BUG[,BUG]...   stop when all of these were found\n"
	"  --trace BUG            how a scenario comes to it: the shortest timeline with\n"
	"                         the least preemptions, a line of fields a step\n"
	"  --seconds N            stop a search after so long\n"
	"  --recycle N            a zswap entry or a page may get the address of one that was\n"
	"                         freed, N times a schedule (default: 1)\n"
	"  --unchecked            do not look whether an access is to valid memory, to\n"
	"                         see what that takes\n"
	"  --no-reduction         search without any reduction (slow; to check those)\n"
	"  --self-test            try the search on small programs; with two threads, also\n"
	"                         compare one with reduction with one without (bound 2)\n"
	"  --count                what writeback does: lookups, locks, allocations\n"
	"  --speed                search again and again for a second, and print how many\n"
	"                         schedules that were, with those that are pruned\n"
	"  --json                 a JSON object a line\n"
	"  --terse                a line of words a scenario: name, bound, schedules,\n"
	"                         pruned, steps, seconds, bugs\n"
	"  --strings              same, and behind each bug =STRING, to replay it\n"
	"  --turns                with --replay: a line each time that the thread changes\n"
	"  --quiet                no timelines\n"
	"  --help\n"
	"A search that was stopped has its bound shown as <N: not all was searched.\n"
	"exit: 0 nothing was found, 1 a bug was, 2 it cannot be used\n";

static void list(void)
{
	const struct x_scenario *const *sc;

	for (sc = __start_x_scenario_list; sc < __stop_x_scenario_list; sc++)
		printf("%-28s %s\n", (*sc)->name, (*sc)->what);
}

static bool wanted(const struct x_scenario *sc)
{
	size_t len = opt.scenario ? strlen(opt.scenario) : 0;

	if (!len)
		return true;
	if (opt.scenario[len - 1] == '*')
		return !strncmp(sc->name, opt.scenario, len - 1);
	return !strcmp(sc->name, opt.scenario);
}

static void print_finding(const struct x_scenario *sc, const struct x_finding *f)
{
	printf("  %s %s in %s, thread %s\n", f->bug[0] ? report_name(f) : "??", f->class,
	       report_where(f), x_info[f->tid].name);
	printf("     %s\n", f->text);
	printf("     schedule %lu, in %lu; --scenario %s --replay %s\n",
	       f->schedule + 1, f->times, sc->name, f->replay);
}

static void json_finding(const struct x_finding *f)
{
	printf("{\"class\":");
	report_json(stdout, f->class);
	printf(",\"bug\":");
	report_json(stdout, f->bug[0] ? report_name(f) : "");
	printf(",\"where\":");
	report_json(stdout, report_where(f));
	printf(",\"text\":");
	report_json(stdout, f->text);
	printf(",\"schedule\":%lu,\"times\":%lu,\"replay\":", f->schedule + 1,
	       f->times);
	report_json(stdout, f->replay);
	printf("}");
}

static double rate(void)
{
	return x_stats.seconds > 0 ? x_stats.begun / x_stats.seconds : 0;
}

static void print_json(const struct x_scenario *sc, int bound)
{
	int i;

	printf("{\"scenario\":");
	report_json(stdout, sc->name);
	printf(",\"bound\":%d,\"cut\":%s,\"schedules\":%lu,\"pruned\":%lu", bound,
	       x_stats.cut ? "true" : "false", x_stats.schedules, x_stats.pruned);
	printf(",\"steps\":%lu,\"seconds\":%.3f,\"findings\":[",
	       x_stats.steps, x_stats.seconds);
	for (i = 0; i < x_nr_findings; i++) {
		if (i)
			printf(",");
		json_finding(&x_findings[i]);
	}
	printf("]}\n");
}

static void print_terse(const struct x_scenario *sc, int bound)
{
	int i, j;

	printf("%s %s%d %lu %lu %lu %.2f", sc->name, x_stats.cut ? "<" : "", bound,
	       x_stats.schedules, x_stats.pruned, x_stats.steps, x_stats.seconds);
	for (i = 0; i < x_nr_findings; i++) {
		for (j = 0; j < i; j++)
			if (!strcmp(report_name(&x_findings[i]),
				    report_name(&x_findings[j])))
				break;
		if (j < i)
			continue;
		printf(" %s", report_name(&x_findings[i]));
		if (opt.strings)
			printf("=%s", x_findings[i].replay);
	}
	printf("\n");
}

static void print_count(const char *of, const u32 *count)
{
	printf("  %s: %u written, %u lookups, %u tree locks, %u LRU locks, ", of,
	       count[X_COUNT_WRITTEN], count[X_COUNT_LOOKUP],
	       count[X_COUNT_TREE_LOCK], count[X_COUNT_LRU_LOCK]);
	printf("%u allocations, %u lost\n", count[X_COUNT_ALLOC],
	       count[X_COUNT_LOST]);
}

static void print_text(const struct x_scenario *sc, int bound)
{
	int i;

	printf("%-28s bound %s%d: %lu schedules, %lu pruned, %lu steps, %.2f s, %.0f/s, %d found\n",
	       sc->name, x_stats.cut ? "<" : "", bound, x_stats.schedules,
	       x_stats.pruned, x_stats.steps, x_stats.seconds, rate(),
	       x_nr_findings);
	if (opt.counts) {
		print_count("writeback alone", serial);
		print_count("writeback at most", x_most);
		printf("  writeback in all schedules: %lu written, %lu lost\n",
		       x_sum[X_COUNT_WRITTEN], x_sum[X_COUNT_LOST]);
	}
	for (i = 0; i < x_nr_findings; i++)
		print_finding(sc, &x_findings[i]);
}

/* Run the schedule of the first finding again, for its timeline. */
static void timeline(const struct x_scenario *sc, const struct x_finding *f)
{
	x_tracing = true;
	if (!explore_replay(f->replay)) {
		printf("\n  how it comes to %s, in %s:\n\n", f->class, sc->name);
		report_timeline(f);
		printf("\n");
	}
	x_tracing = false;
}

/* Replay @f for its timeline. Returns how long that is, 0 if there is none. */
static int trace_of(const struct x_finding *f, FILE *out)
{
	int lines = 0;

	report_seek(f);
	x_tracing = true;
	if (!explore_replay(f->replay))
		lines = report_trace(out);
	x_tracing = false;
	report_seek(NULL);
	return lines;
}

/* The finding of the bug that is shortest to tell; @worse: one that does harm. */
static const struct x_finding *shortest(bool worse)
{
	const struct x_finding *f, *best = NULL;
	int least = 0, lines, nr = x_nr_findings;

	for (f = x_findings; f < x_findings + nr; f++) {
		if (strcmp(report_name(f), opt.trace) ||
		    (worse && !strcmp(f->class, "after-submit")))
			continue;
		lines = trace_of(f, NULL);
		if (!lines || (best && lines >= least))
			continue;
		best = f;
		least = lines;
	}
	return best;
}

/*
 * With one preemption more each time, until the bug turns up. For memory that is
 * touched too late, but still there, one more is tried: it may be gone then.
 */
static int trace(const struct x_scenario *sc, int limit)
{
	const struct x_finding *f = NULL;
	int bound, late = -1;

	for (bound = 0; bound <= limit; bound++) {
		explore_begin(sc);
		explore_dfs(bound);
		f = shortest(true);
		if (f || late >= 0)
			break;
		if (shortest(false))
			late = bound;
	}
	if (!f && late >= 0) {
		bound = late;
		explore_begin(sc);
		explore_dfs(bound);
		f = shortest(false);
	}
	if (!f)
		return 0;
	printf("# scenario: %s\n# bound: %d\n# replay: %s\n", sc->name, bound,
	       f->replay);
	trace_of(f, stdout);
	return 1;
}

/* Does the same schedule lead to the same state? */
static void check_determinism(const struct x_scenario *sc)
{
	u64 digest;
	char *s;

	if (explore_replay(""))
		return;
	memcpy(serial, x->count, sizeof(serial));
	digest = access_digest();
	s = explore_string();
	explore_random(1, 4);
	if (explore_replay(s) || access_digest() != digest) {
		fprintf(stderr, "explorer: %s: a schedule does not repeat\n",
			sc->name);
		exit(2);
	}
	free(s);
}

static int print_speed(const struct x_scenario *sc, int bound)
{
	double seconds = 0;
	u64 begun = 0;

	do {
		explore_begin(sc);
		explore_dfs(bound);
		seconds += x_stats.seconds;
		begun += x_stats.begun;
	} while (seconds < 1);
	printf("%s %.0f\n", sc->name, begun / seconds);
	return 0;
}

/* The finding that the string leads to; there may have been others on the way. */
static const struct x_finding *replayed(void)
{
	int i;

	for (i = 0; i < x_nr_findings; i++)
		if (!strcmp(x_findings[i].replay, opt.replay))
			return &x_findings[i];
	return &x_findings[0];
}

static int default_bound(const struct x_scenario *sc)
{
	return sc->triple ? 2 : 3;
}

/* Has the search shown anything? With a lower bound it may not have come to it. */
static void check_met(const struct x_scenario *sc, int bound)
{
	if (sc->met & ~x_stats.met && !x_stats.cut && bound >= default_bound(sc))
		report_bug_main("vacuous", X_HERE,
				"no schedule comes to what the scenario is about");
}

static int run(const struct x_scenario *sc)
{
	int bound = opt.bound >= 0 ? opt.bound : default_bound(sc);

	explore_begin(sc);
	check_determinism(sc);
	if (opt.self_test)
		return !sc->triple &&
		       !explore_self_test(sc, opt.bound >= 0 ? opt.bound : 2);
	if (opt.speed)
		return print_speed(sc, bound);
	if (opt.trace)
		return trace(sc, bound);
	if (opt.replay) {
		report_reset();
		x_tracing = true;
		if (explore_replay(opt.replay)) {
			fprintf(stderr, "explorer: not a schedule of %s here\n",
				sc->name);
			return 2;
		}
		if (x_nr_findings && opt.turns)
			report_turns(replayed());
		else if (x_nr_findings)
			report_timeline(replayed());
		printf("%d found\n", x_nr_findings);
		return !!x_nr_findings;
	}
	if (opt.random) {
		explore_random(opt.seed, opt.count);
	} else {
		explore_dfs(bound);
		check_met(sc, bound);
	}
	if (opt.json)
		print_json(sc, bound);
	else if (opt.terse)
		print_terse(sc, bound);
	else
		print_text(sc, bound);
	if (x_nr_findings && opt.verbose && !opt.json && !opt.terse)
		timeline(sc, &x_findings[0]);
	fflush(stdout);
	return !!x_nr_findings;
}

static bool parse_random(const char *arg)
{
	char *end;

	opt.random = true;
	opt.seed = strtoull(arg, &end, 0);
	if (*end != ',')
		return false;
	opt.count = strtoull(end + 1, &end, 0);
	return !*end && opt.count;
}

static void parse(int argc, char **argv)
{
	static const struct option longopts[] = {
		{ "list", no_argument, NULL, 'l' },
		{ "scenario", required_argument, NULL, 's' },
		{ "bound", required_argument, NULL, 'b' },
		{ "random", required_argument, NULL, 'r' },
		{ "replay", required_argument, NULL, 'p' },
		{ "first", no_argument, NULL, 'f' },
		{ "until", required_argument, NULL, 'i' },
		{ "trace", required_argument, NULL, 'a' },
		{ "seconds", required_argument, NULL, 'w' },
		{ "recycle", required_argument, NULL, 'u' },
		{ "unchecked", no_argument, NULL, 'k' },
		{ "no-reduction", no_argument, NULL, 'n' },
		{ "self-test", no_argument, NULL, 't' },
		{ "count", no_argument, NULL, 'c' },
		{ "speed", no_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "terse", no_argument, NULL, 'e' },
		{ "strings", no_argument, NULL, 'g' },
		{ "turns", no_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int c;

	opt.verbose = true;
	while ((c = getopt_long(argc, argv, "hq", longopts, NULL)) != -1) {
		switch (c) {
		case 'l':
			list();
			exit(0);
		case 's':
			opt.scenario = optarg;
			break;
		case 'b':
			opt.bound = strcmp(optarg, "none") ? atoi(optarg) : X_UNBOUNDED;
			if (opt.bound >= 0 && opt.bound <= X_UNBOUNDED)
				break;
			fprintf(stderr, "explorer: --bound N, less than %d, or none\n",
				X_UNBOUNDED);
			exit(2);
		case 'r':
			if (parse_random(optarg))
				break;
			fprintf(stderr, "explorer: --random SEED,COUNT\n");
			exit(2);
		case 'p':
			opt.replay = optarg;
			break;
		case 'f':
			x_first = true;
			break;
		case 'i':
			x_until = optarg;
			break;
		case 'a':
			opt.trace = optarg;
			break;
		case 'w':
			x_seconds = atof(optarg);
			break;
		case 'u':
			arena_recycle = atoi(optarg);
			break;
		case 'k':
			x_unchecked = true;
			break;
		case 'n':
			x_reduce = false;
			break;
		case 't':
			opt.self_test = true;
			break;
		case 'c':
			opt.counts = true;
			break;
		case 'd':
			opt.speed = true;
			break;
		case 'j':
			opt.json = true;
			break;
		case 'e':
			opt.terse = true;
			break;
		case 'g':
			opt.terse = true;
			opt.strings = true;
			break;
		case 'o':
			opt.turns = true;
			break;
		case 'q':
			opt.verbose = false;
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			fputs(help, stderr);
			exit(2);
		}
	}
	if (optind < argc || (opt.replay && !opt.scenario)) {
		fputs(help, stderr);
		exit(2);
	}
}

/* An access that is not instrumented, by a wild pointer. */
static void on_segv(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	fprintf(stderr, "explorer: %s at %p, address %p\n", strsignal(sig),
		(void *)uc->uc_mcontext.gregs[REG_RIP], info->si_addr);
	_exit(2);
}

static void catch_segv(void)
{
	static char stack[16384];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = {
		.sa_sigaction = on_segv, .sa_flags = SA_SIGINFO | SA_ONSTACK,
	};

	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

/* What self-test.c says is found, and nothing else, and no state is left out. */
static bool self_tests(void)
{
	const struct x_scenario *sc;
	bool ok = true;

	for (sc = x_self_tests; sc->name; sc++) {
		const char *want = sc->finds ? sc->finds : "";
		const char *found;

		explore_begin(sc);
		check_determinism(sc);
		explore_dfs(sc->bound);
		found = x_nr_findings ? x_findings[0].class : "";
		if (x_nr_findings > 1 || strcmp(found, want)) {
			printf("%s: finds '%s' and not '%s': %s\n", sc->name,
			       found, want, sc->what);
			ok = false;
		}
		ok &= explore_self_test(sc, sc->bound);
	}
	return ok;
}

int main(int argc, char **argv)
{
	const struct x_scenario *const *sc;
	bool any = false;
	int ret = 0, one;

	parse(argc, argv);
	/* whoever reads a pipe wants to see how it goes */
	setvbuf(stdout, NULL, _IOLBF, 0);
	access_init();
	sched_init();
	catch_segv();
	if (opt.self_test && !self_tests())
		ret = 1;
	for (sc = __start_x_scenario_list; sc < __stop_x_scenario_list; sc++) {
		if (!wanted(*sc))
			continue;
		any = true;
		one = run(*sc);
		if (one > ret)
			ret = one;
	}
	if (!any) {
		fprintf(stderr, "explorer: no scenario %s, see --list\n",
			opt.scenario);
		return 2;
	}
	return ret;
}
