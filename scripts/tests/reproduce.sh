# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # $work is the one of scripts/check
#
# Tests of scripts/reproduce, for scripts/check, which has t(), says() and $work.

rp_help()
{
	says 0 '^usage: make reproduce' scripts/reproduce --help &&
		make -s help | grep -q 'make reproduce'
}

rp_bad_calls()
{
	says 2 "unknown base '9.9', there are: " env BASE=9.9 scripts/reproduce &&
	says 2 'REPEAT=0 is not a number' env BASE=7.3 REPEAT=0 scripts/reproduce &&
	says 2 'SECONDS_BASE=x is not a number' env BASE=7.3 SECONDS_BASE=x scripts/reproduce &&
	says 2 'there is no .*/nothing/zero-madvise.base.1.log' \
		env BASE=7.3 scripts/reproduce -l "$work/nothing" &&
	says 4 '^SKIP 6.1: it does not mark zero-filled pages' \
		env BASE=6.1 scripts/reproduce
}

# rp_log PART KIND N WRONG HELD: the console of a boot
rp_log()
{
	{
		[ "$4" = 0 ] || echo '# first wrong page at 6.25 s of uptime, 900 ms of the test'
		echo "# 30 rounds in 12000 ms, 2880 pages verified, $4 wrong"
		echo '# written_back_pages +480, swpout_zero +1600'
		echo "# window: held $5 entries when their slot was marked zero, 0 of them stayed"
		if [ "$4" != 0 ]; then
			echo "not ok 1 $1 zsmalloc /dev/vda"
		elif [ "$5" = 0 ]; then
			echo '# fail: window not hit'
			echo "not ok 1 $1 zsmalloc /dev/vda"
		else
			echo "ok 1 $1 zsmalloc /dev/vda"
		fi
	} | sed 's/$/\r/' >"$work/rp/$1.$2.$3.log"
}

rp_table()
{
	env BASE=7.3 scripts/reproduce -l "$work/rp"
}

# one of two boots shows it, the series is clean, a part is skipped
rp_shown()
{
	rm -rf "$work/rp" && mkdir "$work/rp" &&
	rp_log zero-madvise base 1 29 40 && rp_log zero-madvise series 1 0 400 &&
	rp_log zero-pressure base 1 0 3 && rp_log zero-pressure base 2 2 9 &&
	rp_log zero-pressure series 1 0 7 &&
	printf 'ok 1 # SKIP zero-large zsmalloc /dev/vda: not before v6.13\r\n' \
		>"$work/rp/zero-large.base.1.log" &&
	says 0 '^zero-madvise +base +2880 +29 +6.25 +40 +480 *$' rp_table &&
	says 0 '^zero-madvise +series +2880 +0 +- +400 +480 *$' rp_table &&
	says 0 '^zero-pressure +base +2880 +0 +- +3 +480 +not seen$' rp_table &&
	says 0 '^zero-large .* skipped: not before v6.13$' rp_table
}

rp_not_shown()
{
	rp_log zero-pressure base 2 0 9 &&
	says 1 '^zero-pressure +base .*FAIL: not seen in any boot$' rp_table &&
	rp_log zero-pressure base 2 2 9
}

rp_not_fixed()
{
	rp_log zero-pressure series 1 1 7 &&
	says 1 '^zero-pressure +series +2880 +1 +6.25 .*FAIL: wrong with the series$' rp_table
}

# no wrong page, since nothing could have been wrong
rp_vacuous()
{
	rp_log zero-pressure series 1 0 0 &&
	says 1 '^zero-pressure +series .*FAIL: window not hit$' rp_table
}

rp_crash()
{
	: >"$work/rp/zero-pressure.series.1.log" &&
	says 1 '^zero-pressure +series .*FAIL: no result, see ' rp_table
}

t 'reproduce: help' rp_help
t 'reproduce: bad calls are refused' rp_bad_calls
t 'reproduce: wrong pages on the base, none with the series' rp_shown
t 'reproduce: a base that shows nothing is a failure' rp_not_shown
t 'reproduce: a wrong page with the series' rp_not_fixed
t 'reproduce: a patched kernel in which the condition was not met' rp_vacuous
t 'reproduce: a patched guest that crashes' rp_crash
