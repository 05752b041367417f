# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# make bench and make kunit: bad calls, and that a cost is not overlooked. To be
# sourced by scripts/check.

bench_usage()
{
	says 2 'REPEAT=x is not a number' env BASE=6.8 REPEAT=x scripts/bench &&
	says 2 'unknown PARTS=speed, there are: counts time' env BASE=6.8 PARTS=speed scripts/bench &&
	says 2 'ENTRIES=77 is not 1000, ' env BASE=6.8 ENTRIES=77 scripts/bench &&
	says 2 "unknown base '9.9'" env BASE=9.9 scripts/bench
}

# bench_fake NS: a project whose guests say that a page costs so much in the series,
# and 1000 in the base
bench_fake()
{
	local d=$work/bench-$1

	mkdir -p "$d/build/6.8/tree/.git" "$d/build/6.8/base-bench" "$d/build/6.8/series-bench" &&
	cp -r scripts patches tools "$d/" || return
	printf '#!/bin/sh\nexit 0\n' >"$d/scripts/get"
	cp "$d/scripts/get" "$d/scripts/build"
	# no other kernel to compare with
	rm -r "$d/patches/6.12"
	printf 'VERSION = 6\nPATCHLEVEL = 8\nSUBLEVEL = 0\n' >"$d/build/6.8/tree/Makefile"
	touch "$d"/build/6.8/{base,series}-bench/{bzImage,initrd}
	cat >"$d/qemu" <<-EOF
	#!/bin/sh
	[ "\$1" != --version ] || { echo 'QEMU emulator version 0'; exit; }
	ns=1000
	for a; do case \$a in file:*) log=\${a#file:} ;; */series-bench/*) ns=$1 ;; esac; done
	{
	echo 'zswap-guest: up'
	for i in 1 2 3 4; do
	for w in one-reclaimer two-reclaimers swapoff-64M fault-p50 fault-p99 fault-written zero-fill; do
		echo "# bench: \$w \$ns ns/page"
	done
	echo '# bench: zero-fill-never 500 ns/page'
	done
	echo 'zswap-guest: all done rc=0'
	} >"\$log"
	EOF
	chmod +x "$d/qemu"
	env BASE=6.8 BUILD="$d/build" QEMU="$d/qemu" REPEAT=1 PARTS=time "$d/scripts/bench"
}

bench_gate()
{
	says 0 'zero-filled page, zswap enabled +2 +series +1000 ' bench_fake 1000 &&
	says 1 'written back, one reclaimer +2 +series +1020 .*COSTS MORE' bench_fake 1020 &&
	says 1 'in a second, one reclaimer +2 +series +980392 +980392 +980392 pages/s' bench_fake 1020 &&
	says 1 'zero-filled page, zswap enabled +1 +series +1020 .*SLOWER' bench_fake 1020
}

# a guest that ends before it has measured is no result, and leaves none
bench_vacuous()
{
	local d=$work/bench-1000

	[ -d "$d" ] || return
	rm -rf "$d/build/results"
	sed -i 's/bench: one-reclaimer/bench: nothing/; s/for w in one-reclaimer/for w in/' "$d/qemu"
	says 1 'one-reclaimer, base, CPUs: 1: measured 0 times, not 4' \
		env BASE=6.8 BUILD="$d/build" QEMU="$d/qemu" REPEAT=1 PARTS=time "$d/scripts/bench" &&
	[ -z "$(ls "$d/build/results")" ]
}

kunit_usage()
{
	says 4 'SKIP 6.1: its series has no KUnit tests' env BASE=6.1 scripts/kunit
}

t 'bench: bad calls are refused' bench_usage
t 'bench: a series that costs more is a failure' bench_gate
t 'bench: a guest that measures nothing is a failure' bench_vacuous
t 'kunit: a series without KUnit tests is a skip' kunit_usage
