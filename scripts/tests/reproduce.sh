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
	says 2 'there is no .*/nothing/b1.base.1.log' \
		env BASE=6.1 scripts/reproduce -l "$work/nothing" &&
	says 2 "PARTS: 6.1 has no part 'b6', there are: +b1" \
		env BASE=6.1 PARTS=b6 scripts/reproduce
}

# what a base names can be run: a program of that name, a device of the guest, a bug
rp_lines()
{
	local base program dev bug word bad=

	for base in $(bases); do
		while read -r program dev bug word; do
			if [ ! -e "tools/testing/selftests/zswap/repro/$program.c" ] ||
			   [[ ! $dev =~ ^(vda|ram0|none)$ ]] ||
			   ! grep -q "^bug $bug " patches/bugs ||
			   [[ ! $word =~ ^(kasan)?$ ]]; then
				echo "$base: $program $dev $bug $word"
				bad=1
			fi
		done < <(BASE=$base base_get reproduces)
	done
	[ -z "$bad" ]
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
	env BASE=7.3 PARTS='zero-madvise zero-large zero-pressure' \
		scripts/reproduce -l "$work/rp"
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

# rp_program PROGRAM KIND N ROUNDS HITS [LINE...]: the console of a boot of a program,
# and what else it says behind its last line
rp_program()
{
	local program=$1 log=$work/rp/$1.$2.$3.log rounds=$4 hits=$5

	shift 5
	{
		echo "zswap-guest: run guest-reproduce /dev/vda $program"
		echo "$rounds rounds, $hits hits (5.50%), 19.5 rounds a second: a page that is lost"
		[ $# = 0 ] || printf '%s\n' "$@"
		echo "# exit $((hits != 0))"
		echo 'zswap-guest: all done rc=0'
	} | sed 's/$/\r/' >"$log"
}

# rp_programs BASE PROGRAM...
rp_programs()
{
	env BASE="$1" PARTS="${*:2}" scripts/reproduce -l "$work/rp"
}

# one of two boots shows it; nothing of other programs is asked for
rp_program_shown()
{
	rm -rf "$work/rp" && mkdir "$work/rp" &&
	rp_program b6 base 1 384 0 && rp_program b6 base 2 400 22 &&
	rp_program b6 series 1 4000 0 &&
	says 0 '^b6 +base +B6 +384 +0 +5.50 +19.5 +not seen$' rp_programs 7.3 b6 &&
	says 0 '^b6 +base +B6 +400 +22 +5.50 +19.5 *$' rp_programs 7.3 b6 &&
	says 0 '^b6 +series +B6 +4000 +0 +5.50 +19.5 *$' rp_programs 7.3 b6
}

rp_program_not_shown()
{
	rp_program b6 base 2 400 0 &&
	says 1 '^b6 +base .*FAIL: not seen in any boot$' rp_programs 7.3 b6 &&
	rp_program b6 base 2 400 22
}

rp_program_not_fixed()
{
	rp_program b6 series 1 4000 1 &&
	says 1 '^b6 +series .*FAIL: shown with the series$' rp_programs 7.3 b6 &&
	rp_program b6 series 1 4000 0
}

# rp_made_up LINE...: the table of a base that these lines are all of
rp_made_up()
{
	local top=$work/rp-top

	rm -rf "$top" && mkdir -p "$top/patches/9.9" &&
	cp -r scripts "$top/" && : >"$top/patches/9.9/series" &&
	printf '%s\n' "$@" >"$top/patches/9.9/base" &&
	env BASE=9.9 "$top/scripts/reproduce" -l "$work/rp"
}

rp_nothing()
{
	says 4 '^SKIP 9.9: patches/9.9/base names nothing that reproduces a bug$' \
		rp_made_up 'zpools zsmalloc'
}

# what is left changed: on the base, and with the series
rp_program_changed()
{
	local kind

	for kind in base series; do
		rp_program b6 $kind 1 384 0 '# not as it was: +/dev/zram1 partition' &&
		says 1 "^b6 +$kind .*FAIL: not as it was: \\+/dev/zram1 partition\$" \
			rp_programs 7.3 b6 &&
		rp_program b6 $kind 1 384 0 || return
	done
}

# the exit code says something else than the line, no round, cannot run, no line
rp_program_bad()
{
	local log=$work/rp/b6.series.1.log

	sed -i 's/^# exit 0/# exit 1/' "$log" &&
	says 1 '^b6 +series .*FAIL: exit 1$' rp_programs 7.3 b6 &&
	rp_program b6 series 1 0 0 &&
	says 1 '^b6 +series .*FAIL: no rounds$' rp_programs 7.3 b6 &&
	printf 'cannot run here: must be root\r\n# exit 4\r\n' >"$log" &&
	says 1 '^b6 +series .*FAIL: cannot run: must be root$' rp_programs 7.3 b6 &&
	: >"$log" &&
	says 1 '^b6 +series .*FAIL: no result, see ' rp_programs 7.3 b6
}

# a crash is what b1 is about, but no other one
rp_program_crash()
{
	local log=$work/rp/b1.base.1.log

	{
		echo '[    9.1] b1: swapoff is done, writeback goes on: a kernel with the bug crashes now'
		echo '[    9.2] BUG: kernel NULL pointer dereference, address: 0000000000000008'
	} | sed 's/$/\r/' >"$log"
	rp_program b1 series 1 1 0 &&
	says 0 '^b1 +base +B1 +- +crash +- +- *$' rp_programs 6.1 b1 &&
	cp "$log" "$work/rp/b1.series.1.log" &&
	says 1 '^b1 +series .*FAIL: shown with the series$' rp_programs 6.1 b1 &&
	rp_program b1 series 1 1 0 &&
	sed -i '1d' "$log" &&
	says 1 '^b1 +base .*FAIL: no result, see ' rp_programs 6.1 b1
}

t 'reproduce: help' rp_help
t 'reproduce: bad calls are refused' rp_bad_calls
t 'reproduce: wrong pages on the base, none with the series' rp_shown
t 'reproduce: a base that shows nothing is a failure' rp_not_shown
t 'reproduce: a wrong page with the series' rp_not_fixed
t 'reproduce: a patched kernel in which the condition was not met' rp_vacuous
t 'reproduce: a patched guest that crashes' rp_crash
t 'reproduce: programs, devices and bugs that the bases name are there' rp_lines
t 'reproduce: a program shows its bug on the base' rp_program_shown
t 'reproduce: a program that shows nothing on the base is a failure' rp_program_not_shown
t 'reproduce: a program that shows its bug with the series' rp_program_not_fixed
t 'reproduce: a base that names nothing is skipped' rp_nothing
t 'reproduce: a program that leaves something changed' rp_program_changed
t 'reproduce: a program that has no good result' rp_program_bad
t 'reproduce: a crash that was announced is a hit, another one is no result' rp_program_crash
