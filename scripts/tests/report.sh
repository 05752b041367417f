# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# Tests of make report. Sourced by scripts/check, which also makes the page of its
# own run, after all else.

# report_of BUILD: the page of what is below BUILD/results, in BUILD/report.html
report_of()
{
	env -u REPORT BUILD="$1" scripts/report
}

# nothing in it may run or be loaded, whatever it was made of
report_is_inert()
{
	local page=$1 bad=0

	! grep -niE '<(script|iframe|object|embed|link|base|form|audio|video|foreignObject)' "$page" || bad=1
	# not what is in an attribute
	! sed 's/="[^"]*"/=/g' "$page" | grep -niE '<[^>]*[[:space:]]on[a-z]+=' || bad=1
	! grep -noE '(src|srcset|poster|data)="[^"]{0,30}' "$page" | grep -v 'src="data:image/svg+xml;base64,' || bad=1
	! grep -niE '@import|url\(' "$page" || bad=1
	! grep -noE 'href="[^#][^"]*' "$page" || bad=1
	grep -q "Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" \
		"$page" || bad=1
	return "$bad"
}

# tags are closed in the order in which they were opened, ids are there once
report_is_well_formed()
{
	command -v python3 >/dev/null || skip 'no python3'
	python3 - "$1" <<-'EOF2'
	import sys
	from html.parser import HTMLParser
	VOID = {'meta', 'br', 'img'}
	class P(HTMLParser):
	    def __init__(self):
	        super().__init__()
	        self.open, self.ids = [], set()
	    def id(self, attrs):
	        for k, v in attrs:
	            if k == 'id':
	                assert v not in self.ids, 'twice: ' + v
	                self.ids.add(v)
	    def handle_starttag(self, tag, attrs):
	        self.id(attrs)
	        if tag not in VOID:
	            self.open.append(tag)
	    def handle_startendtag(self, tag, attrs):
	        self.id(attrs)
	    def handle_endtag(self, tag):
	        got = self.open.pop()
	        assert got == tag, '%s ends %s at %s' % (tag, got, self.getpos())
	p = P()
	p.feed(open(sys.argv[1], encoding='utf-8').read())
	assert not p.open, p.open
	EOF2
}

report_of_nothing()
{
	local d=$work/report-none b

	mkdir -p "$d"
	report_of "$d" || return
	report_is_inert "$d/report.html" || return
	for b in $(bases); do
		grep -q "not run: <code>make verify BASE=$b</code>" "$d/report.html" ||
			{ echo "says nothing of $b"; return 1; }
	done
	! grep -q 'nothing after\|&rarr; nothing' "$d/report.html"
}

# results NAME COLUMN...: a file of results in $d, its rows come from stdin
results_in()
{
	local name=$1 IFS=$'\t'

	shift
	mkdir -p "$d/results"
	{
		printf '# command: make verify BASE=6.1\n# kernel: linux 6.1.192\n'
		printf '# project: %s\n# date: 2026-01-01T00:00:00Z\n# machine: 2 CPUs\n' \
			"$(git describe --always 2>/dev/null)"
		printf '%s\n' "$*"
		cat
	} >"$d/results/$name.tsv"
}

# what a log or a file name may hold must not become a part of the page
report_of_hostile()
{
	local d=$work/report-hostile x long

	x="<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\\n</pre>"
	long=$(printf '%5000s' '' | tr ' ' x)
	results_in verify-6.1 kernel test zpool dev bug result detail splat <<-EOF2
	base	swapoff-before-tree	$x	vda	B1	ok	$x	BUG: KASAN: null-ptr-deref $x $long
	base	$x	$x	$x	B2	FAIL	$x	$x
	patched	swapoff-before-tree	zbud	vda	-	ok	$x
	patched	no splat	zbud
	EOF2
	results_in trace-6.1-B1 step thread function place what note <<-EOF2
	# scenario: $x
	# bound: $x
	# replay: $x
	1	$x	$x	$x	$x	$x
	2	other	f	$long	$long
	3	$x	f	p	uaf: $x $long	bug
	EOF2
	results_in explore-6.1 kernel scenario bound schedules pruned seconds found expected result <<-EOF2
	base	$x	$x	$x	$x	$x	$x	$x	$x
	base	swapoff
	EOF2
	results_in mutants-6.1 rule what killed <<<"$x	$x	$x"
	results_in bench-x what kernel CPUs median min max unit <<-EOF2
	$x	$x	$x	10	5	$x	$x
	y	base	2	1e9	-	-	-
	EOF2
	echo "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>" \
		>"$d/results/bench-x.svg"
	results_in soak-x "$x" "$x" <<<"$x	$x"
	results_in 'odd <b> " onclick="x' a b <<<"$x"
	: >"$d/results/empty.tsv"
	report_of "$d" || return
	report_is_inert "$d/report.html" && report_is_well_formed "$d/report.html"
}

# what is told of some rows: seen, gone, FAIL, stale, and the files nobody knows
report_says()
{
	local d=$work/report-rows page=$work/report-rows/report.html

	results_in verify-6.1 kernel test zpool dev bug result detail splat <<-EOF2
	base	swapoff-before-tree	zbud	vda	B1	ok	B1 seen	BUG: KASAN: null-ptr-deref in x\n zswap_writeback_entry+0x1/0x2
	base	swapoff-late-failure	zbud	vda	B9	FAIL	B9 not seen
	patched	no splat	zbud	-	-	ok	70 s in the guest
	patched	swapoff-before-tree	zbud	vda	-	ok	held zpool_map_handle
	EOF2
	results_in mutants-6.1 rule what killed by found <<-EOF2
	R1	one	yes	swapoff, schedule 1	B1
	R2	two	NO
	EOF2
	results_in soak-6.1 what rounds result <<<"slot reuse	1234567	ok"
	results_in brand-new a b <<<"1	2"
	sed -i 's/^# project: .*/# project: abcdef0/' "$d/results/soak-6.1.tsv"
	report_of "$d" || return
	grep -q '<b>6.1.192</b> &ndash; NULL dereference before, nothing after' "$page" &&
	grep -q 'FAIL: not seen</span> before' "$page" &&
	grep -q '6.1.192: 1 of 2 killed' "$page" &&
	grep -q '<h3>soak-6.1 <span class="stale">(stale: of commit abcdef0)' "$page" &&
	grep -q '1,234,567' "$page" &&
	grep -q '<h3>brand-new</h3>' "$page" || return
	# a splat with the series is no "nothing", whatever test it was in
	sed -i 's/^patched\tno splat\tzbud\t-\t-\tok/patched\tno splat\tzbud\t-\t-\tFAIL/' "$d/results/verify-6.1.tsv"
	report_of "$d" && ! grep -q '&rarr; nothing' "$page"
}

# rows of scripts/verify, of logs that are made up
report_rows_of_logs()
{
	local d=$work/report-logs

	mkdir -p "$d"
	cat >"$d/base-swapoff-before-tree-zbud.log" <<-'EOF2'
	zswap_race: window: held zpool_map_handle
	BUG: KASAN: null-ptr-deref in __lock_acquire+0xb7/0x1a43
	Read of size 8 at addr 0000000000000020 by task kworker/1:3/33
	Call Trace:
	 dump_stack_lvl+0x51/0x66
	 ? zswap_entry_put+0x54/0x54
	 zswap_writeback_entry+0x16d/0x5c4
	Kernel panic - not syncing: KASAN: panic_on_warn set ...
	 panic+0x183/0x323
	EOF2
	cat >"$d/series-zbud.log" <<-'EOF2'
	# start slot-reuse zbud /dev/vda
	# window: held zpool_map_handle
	# end slot-reuse zbud /dev/vda: 1 ms
	ok 1 slot-reuse zbud /dev/vda
	ok 2 # SKIP zero-fill zbud /dev/vda: not here
	not ok 3 writers zbud /dev/vda
	zswap-guest: ran zswap_race rc=0 up 5.0 s
	zswap-guest: all done rc=0
	EOF2
	(
		set --
		export BASE=6.1 OUT=$d BUILD=$d
		. scripts/verify
		begin_results rows x kernel test zpool dev bug result detail splat
		base_tests=('swapoff-before-tree zbud vda B1 null-ptr-deref in '
			    'slot-reuse zbud vda B5 kernel BUG at')
		base_row 0
		base_row 1
		series_rows zbud
		end_results
	) || return
	sed '/^#/d' "$d/results/rows.tsv" | tee "$d/rows"
	diff "$d/rows" - <<-'EOF2'
	kernel	test	zpool	dev	bug	result	detail	splat
	base	swapoff-before-tree	zbud	vda	B1	ok	B1 seen	BUG: KASAN: null-ptr-deref in __lock_acquire+0xb7/0x1a43\nRead of size 8 at addr 0000000000000020 by task kworker/1:3/33\n zswap_writeback_entry+0x16d/0x5c4
	base	slot-reuse	zbud	vda	B5	FAIL	the window was not hit	
	patched	no splat	zbud	-	-	ok	5.0 s in the guest
	patched	slot-reuse	zbud	vda	-	ok	held zpool_map_handle
	patched	zero-fill	zbud	vda	-	SKIP	not here
	patched	writers	zbud	vda	-	FAIL	
	EOF2
}

# if it cannot be made, the page that was there stays, and nothing else does
report_atomic()
{
	local d=$work/report-atomic

	mkdir -p "$d/bin" && echo old >"$d/report.html"
	printf '#!/bin/sh\necho half\nexit 1\n' >"$d/bin/awk"
	chmod +x "$d/bin/awk"
	says 2 'the page could not be made' env -u REPORT PATH="$d/bin:$PATH" BUILD="$d" scripts/report || return
	[ "$(cat "$d/report.html")" = old ] && [ "$(find "$d" -type f -name 'report*' | wc -l)" = 1 ]
}

# a run of one scenario is no run of all: it leaves no results
report_limited()
{
	local d=$BUILD/6.1/explore f before

	[ -x "$d/series/explorer" ] || skip 'make explore BASE=6.1 did not run'
	f=$BUILD/results/explore-6.1.tsv
	before=$(cat "$f" "$BUILD"/results/trace-6.1-*.tsv 2>/dev/null | sha256sum)
	env BASE=6.1 SCENARIO=pool-change BOUND=0 scripts/explore >"$work/limited"
	cat "$work/limited"
	grep -q '^base  *pool-change  *bound 0' "$work/limited" || return
	[ "$before" = "$(cat "$f" "$BUILD"/results/trace-6.1-*.tsv 2>/dev/null | sha256sum)" ] &&
		[ ! -e "$f.tmp" ]
}

# A search that has shown what it has to stops, and says that it is not the whole one;
# one that has not goes on to the end.
until_shown()
{
	local e=$BUILD/6.1/explore/base/explorer all shown

	[ -x "$e" ] || skip 'make explore BASE=6.1 did not run'
	all=$("$e" --terse --scenario swapoff --until B1,B7 | tee "$work/all")
	shown=$("$e" --terse --scenario swapoff --until B1,B2 | tee "$work/shown")
	printf '%s\n' "$all" "$shown"
	grep -qE '^swapoff 3 .* B1( |$)' "$work/all" &&
		grep -qE '^swapoff <3 .* (B1 B2|B2 B1)$' "$work/shown" || return
	all=$(cut -d' ' -f3 "$work/all") shown=$(cut -d' ' -f3 "$work/shown")
	[ "$shown" -lt "$all" ] || return
	BASE=6.1 SCENARIO=swapoff scripts/explore shown >"$work/shown"
	cat "$work/shown"
	grep -qE '^base +swapoff +bound <3 .* B1 B2 *$' "$work/shown" &&
		grep -qE '^patched +swapoff +bound 3 .* nothing$' "$work/shown"
}

# the timeline of a bug ends at it, whoever was to go on
report_trace()
{
	local e=$BUILD/6.1/explore/base/explorer bug

	[ -x "$e" ] || skip 'make explore BASE=6.1 did not run'
	for bug in B1 B2; do
		"$e" --trace "$bug" --scenario swapoff >"$work/trace"
		tail -n 3 "$work/trace"
		[ "$(grep -c $'\tbug$' "$work/trace")" = 1 ] &&
			tail -n 1 "$work/trace" | grep -q $'\twriteback\t.*\tuaf: .*\tbug$' &&
			grep -qx '# bound: 1' "$work/trace" || return
	done
	! "$e" --trace B6 --scenario swapoff --bound 1 | grep .
}

# The table of README.md has the bugs of patches/*/base, and nothing else.
report_readme()
{
	local bad=0 line b i head cell want got id ids n

	head=$(grep '^| kernel |' README.md)
	mapfile -t ids < <(grep -oE '\(B[0-9]+\)' <<<"$head" | tr -d '()')
	[ ${#ids[@]} -gt 0 ] || return
	for id in "${ids[@]}"; do
		grep -qF "| $(sed -n "s/^bug $id //p" patches/bugs) ($id) |" <<<"$head" ||
			{ echo "README.md and patches/bugs name $id differently"; bad=1; }
	done
	for b in $(bases); do
		BASE=$b
		line=$(grep -E "^\| $b( \(.*\))? \|" README.md) ||
			{ echo "README.md has no line of $b"; bad=1; continue; }
		IFS='|' read -r -a cell <<<"$line"
		for i in "${!ids[@]}"; do
			id=${ids[i]}
			got=$(sed 's/^ *//; s/ *$//' <<<"${cell[i + 2]}")
			want=-
			! base_get fixed-upstream | tr ' ' '\n' | grep -qx "$id" || want='fixed upstream'
			n=$(base_get base-test | awk -v id="$id" '$4 == id' | readme_words)
			[ -z "$n" ] || want=$n
			[ "$got" = "$want" ] || { echo "$b, $id: README.md has '$got', patches/$b/base '$want'"; bad=1; }
		done
		[[ ${cell[${#ids[@]} + 2]} = " [\`patches/$b\`](patches/$b/series) "* ]] ||
			{ echo "$b: no link to patches/$b/series"; bad=1; }
		[[ ${cell[1]} != *"made for "* || ${cell[1]} = *"made for $(base_get version))"* ]] ||
			{ echo "$b: it is made for $(base_get version)"; bad=1; }
	done
	return "$bad"
}

# what the lines of base-test say must be seen, in words, each once
readme_words()
{
	awk '{
		sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "")
		w = /^null-ptr|^NULL/ ? "NULL dereference" :  /^KASAN: .*use-after-free/ ? "use after free" : ""
		if (w == "" && /kernel BUG/)
			w = "BUG"
		if (w == "" && /expected|but reads|pages wrong/)
			w = "wrong data"
		if (w == "" && /general protection fault/)
			w = "crash"
		if (w == "" && /^WARNING/)
			w = "warning"
		if (w == "" && /nothing was written back|of two cgroups written back/)
			w = "no writeback"
		if (w == "" && /was not woken/)
			w = "a tick late"
		if (w == "" && /charged to the writer/)
			w = "wrong charge"
		if (w == "" && /Cannot allocate memory/)
			w = "ENOMEM"
		if (w == "" && /SIGBUS|a read of a large folio failed/)
			w = "SIGBUS"
		if (w == "")
			w = "unknown: " $0
		if (!seen[w]++)
			s = s (s == "" ? "" : ", ") w
	} END { printf "%s", s }'
}

# a page that asks for something, and one that is too wide, are not let through
report_check_sees()
{
	local d=$work/report-bad rc

	mkdir -p "$d"
	echo "<!DOCTYPE html><html lang=en><meta name=viewport content='width=device-width'><title>x</title><h1>x</h1>
	<p style='width: 50rem; color: #bbb; background: #fff'>text</p><img src='http://a.invalid/x.png'>" >"$d/report.html"
	env -u REPORT BUILD="$d" scripts/report-check >"$d/out" 2>&1
	rc=$?
	cat "$d/out"
	[ "$rc" != "$EXIT_SKIP" ] || skip "$(cat "$d/out")"
	[ "$rc" = 1 ] && grep -q 'requests .*FAIL.*a.invalid' "$d/out" &&
		grep -q '360x800, light .*FAIL: [0-9]* pixels wide' "$d/out" &&
		grep -q '1280x900, light .*FAIL: contrast ' "$d/out"
}

# the page of this run
report_of_all()
{
	env -u REPORT scripts/report && report_is_inert "$BUILD/report.html" &&
		report_is_well_formed "$BUILD/report.html"
}

report_in_chromium()
{
	env -u REPORT scripts/report-check
}

t 'report: README.md has the bugs of patches/*/base' report_readme
t 'report: of nothing' report_of_nothing
t 'report: of hostile results' report_of_hostile
t 'report: what it says' report_says
t 'report: rows of scripts/verify' report_rows_of_logs
t 'report: it is whole or not there' report_atomic
t 'report: a limited run leaves no results' report_limited
t 'explorer: a search that has shown what it has to' until_shown
t 'report: the timeline of a bug' report_trace
t 'report: the browser sees what is wrong' report_check_sees
