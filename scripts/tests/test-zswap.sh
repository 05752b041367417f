# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # $work is the one of scripts/check
#
# Tests of scripts/test-zswap, for scripts/check, which has t(), says() and $work.

tz_help()
{
	says 0 '^usage: make test-zswap' scripts/test-zswap --help &&
		make -s help | grep -q 'make test-zswap'
}

tz_bad_calls()
{
	says 2 "unknown base '9.9', there are: " env BASE=9.9 scripts/test-zswap &&
	says 2 'REPEAT=0 is not a number' env BASE=7.3 REPEAT=0 scripts/test-zswap &&
	says 2 'there is no .*/nothing/base.1.log' \
		env BASE=7.3 scripts/test-zswap -l "$work/nothing"
}

# tz_log KIND N RESULT...: the log of a boot, with a result for test_1, test_2, ...
tz_log()
{
	local log=$work/tz/$1.$2.log i=0 r

	shift 2
	for r; do
		i=$((i + 1))
		case $r in
		# 6.12 may print it more than once
		ok) printf 'ok %d test_%d\r\nok %d test_%d\r\n' $i $i $i $i ;;
		skip) printf 'ok %d # SKIP test_%d\r\n' $i $i ;;
		*) printf 'not ok %d test_%d\r\n' $i $i ;;
		esac
	done >"$log"
	printf 'zswap-guest: all done rc=0\r\n' >>"$log"
}

tz_table()
{
	env BASE=7.3 scripts/test-zswap -l "$work/tz"
}

# flaky on both sides, and better with the series
tz_same()
{
	rm -rf "$work/tz" && mkdir "$work/tz" &&
	tz_log base 1 ok ok bad && tz_log base 2 ok bad bad && tz_log base 3 ok ok skip &&
	tz_log series 1 ok bad ok && tz_log series 2 ok ok ok && tz_log series 3 ok ok ok &&
	says 0 '^test_2 +2/3 +2/3 *$' tz_table && says 0 '^test_3 +0/3 +3/3 *$' tz_table
}

tz_worse()
{
	tz_log series 1 ok bad ok && tz_log series 2 ok skip ok &&
	says 1 '^test_2 +2/3 +1/3  FAIL: worse with the series$' tz_table
}

# a patched kernel that crashed before the first result
tz_crash()
{
	tz_same >/dev/null && : >"$work/tz/series.2.log" &&
	says 1 '^the guest got to the end +3/3 +2/3  FAIL' tz_table
}

tz_empty()
{
	rm -rf "$work/tz" && mkdir "$work/tz" && tz_log base 1 && tz_log series 1 &&
	says 1 '^the guest got to the end +1/1 +1/1  FAIL' tz_table
}

# a case that patches/7.3/base says shows a bug, and does not
tz_vacuous()
{
	rm -rf "$work/tz" && mkdir "$work/tz" && tz_log base 1 ok && tz_log series 1 ok &&
	sed -i 's/test_1/test_zero_fill/' "$work"/tz/*.log &&
	says 1 '^test_zero_fill +1/1 +1/1  FAIL: passes on the base' tz_table
}

t 'test-zswap: help' tz_help
t 'test-zswap: bad calls are refused' tz_bad_calls
t 'test-zswap: a case that is no worse, flaky or better' tz_same
t 'test-zswap: a case that is worse with the series' tz_worse
t 'test-zswap: a patched guest that crashes' tz_crash
t 'test-zswap: no case at all' tz_empty
t 'test-zswap: a case that has to show a bug of the base' tz_vacuous
