# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Tests of scripts/soak, sourced by scripts/check: t, says and work are from there.
# No kernel is built for them.
# shellcheck disable=SC2154

soak_help()
{
	scripts/soak --help | grep -q 'MINUTES  *how long' &&
		make -s help | grep -q 'make soak'
}

soak_bad_call()
{
	local m

	for m in 0 -1 x 1.5; do
		says 2 "MINUTES=$m is not a number" env BASE=6.1 MINUTES="$m" scripts/soak || return
	done
	says 2 'KIND=x is neither' env BASE=6.1 KIND=x scripts/soak &&
		says 2 'there are kasan and kcsan' env BASE=6.1 VARIANTS='kasan x' scripts/soak &&
		says 2 "unknown base '9.9'" env BASE=9.9 scripts/soak
}

# fake_soak SED: scripts/soak with guests that a QEMU of ours makes up, from a
# report in which all is well and that SED makes worse
fake_soak()
{
	local d=$work/soak q=$work/soak-qemu v

	rm -rf "$d"
	mkdir -p "$d/scripts" "$d/build/6.1/tree"
	cp -r scripts/. "$d/scripts/" && cp -r patches tools "$d/" || return
	printf 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 1\n' >"$d/build/6.1/tree/Makefile"
	for v in kasan kcsan; do
		mkdir -p "$d/build/6.1/series-$v-soak"
		touch "$d/build/6.1/series-$v-soak"/{bzImage,initrd}
	done
	# nothing is unpacked or built
	printf '#!/bin/sh\n' >"$d/scripts/get"
	cp "$d/scripts/get" "$d/scripts/build"
	sed "$1" >"$d/report" <<-'EOT'
	zswap-guest: run soak_cycle 30
	[   10.0] zswap_soak: figures rounds=5 verified=900 wrong=0 refused=3 cleared=7 killed=0 swapoffs=4 swapoffs_failed=1 swapons_failed=0 offlines=2 offlines_failed=0 memcgs=9 memcgs_failed=1 settings=8 settings_failed=2
	[   10.1] zswap_soak: figures slab=20 page=10 io=5 written_back=33 huge=2
	[   11.0] soak_cycle: ran zswap_soak -f rc=0 ok=1 skipped=0 failed=0
	[   20.0] soak_cycle: ran zswap_data -z zbud rc=0 ok=4 skipped=0 failed=0
	[   20.1] soak_cycle: cycle 1 done
	zswap-guest: kcsan setup_watchpoints: 5
	zswap-guest: all done rc=0
	EOT
	cat >"$q" <<-EOT
	#!/bin/sh
	for a; do case \$a in file:*) log=\${a#file:} ;; esac; done
	cat "$d/report" >"\$log"
	EOT
	chmod +x "$q"
	env BASE=6.1 MINUTES=1 NO_INSTALL=1 QEMU="$q" BUILD="$d/build" "$d/scripts/soak"
}

soak_good()
{
	says 0 '^nothing lost$' fake_soak '' || return
	# of two guests with KASAN and of two with KCSAN
	grep -q '^pages verified	1800	1800$' "$work/soak/build/results/soak-6.1.tsv"
}

# a run that proves nothing, or in which something was lost, is a failure
soak_bad()
{
	local re

	says 1 '^[0-9]+ failed$' fake_soak '1aBUG: KASAN: use-after-free in x
		s/ swapoffs=4/ swapoffs=0/; s/ slab=20/ slab=0/; s/ wrong=0/ wrong=1/
		s/failed=0$/failed=2/' || return
	for re in 'no swapoffs, so' 'no slab, so' '2 pages with wrong' '4 tests failed' \
		  '2 lines of a splat'; do
		grep -q "^FAIL kasan: $re" "$work/said" || { echo "did not say: $re"; return 1; }
	done
	says 1 '^FAIL kcsan: KCSAN did not watch' \
		fake_soak '/all done/d; /figures/d; /setup_watch/d' || return
	for re in 'no rounds, so' 'the guest with zbud did not get'; do
		grep -q "^FAIL kcsan: $re" "$work/said" || { echo "did not say: $re"; return 1; }
	done
}

t 'soak: help' soak_help
t 'soak: a bad call is refused' soak_bad_call
t 'soak: a run in which nothing is lost' soak_good
t 'soak: a run that proves nothing, or loses something, is a failure' soak_bad
