# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# scripts/covers: it finds what it is there for, and nothing in a text that is as it
# should be. Read by scripts/check.

# cover_says COUNT RE TEXT: a cover with this text, which begins in line 6, has so
# many faults, one is RE
cover_says()
{
	local d=$work/covers rc=0

	printf '# SPDX-License-Identifier: GPL-2.0-only\nzswap: a title\n\n%s\n\n%s\n' \
		"$pick" "$3" >"$d/patches/9.9/cover"
	[ "$1" = 0 ] || rc=1
	says "$rc" "$2" "$d/scripts/covers" 9.9 &&
		grep -q " texts, $1 things to mend$" "$work/said"
}

pick='git cherry-pick -x 0000000000000000000000000000000000001234'

covers_project()
{
	local d=$work/covers

	[ -e "$d" ] && return
	parts_project "$d" && mkdir -p "$d/tools/testing/zswap" &&
	mv "$d/tools/testing/x/x.c" "$d/tools/testing/zswap/" &&
	printf 'part %s\n' 'fixes 2 stable -' 'mail 2 maintainers fixes slot-free' >>"$d/patches/9.9/base" &&
	BASE=9.9 "$d/scripts/export" "$d/tree"
}

covers_good()
{
	covers_project || return
	cover_says 0 '^5 texts' 'A page is wrong: patches 1 - 4 of 4, with 6.12.117 and v6.9, too.

  1 - 2   for stable
  3, 4    not for stable

What it costs
-------------

            base    series
  fast        12        34
  slow     1,000     1,100

"make bench BASE=9.9" made the table. A page took 17 ns.

- CVE-2023-53178 is closed, the test is slot-free.
- CVE-2025-21693 is left open.'
}

covers_figures()
{
	local re='no command that gives this figure'

	covers_project || return
	cover_says 1 "cover:6: '7 of 960': $re" '7 of 960 pages were wrong.' &&
	cover_says 1 "cover:6: '12,000 ns': $re" 'It is 12,000 ns.' &&
	cover_says 1 "cover:6: '2,500': $re" 'It is 2,500.' &&
	cover_says 1 "cover:8: '3 percent': $re" 'A page in
a bullet:
- costs 3 percent' &&
	cover_says 1 "cover:7: '5/5': $re" '- another one: "make x" 3 s
- it passes 5/5

One
---' || return
	# a section does not profit from the next one
	cover_says 1 "cover:6: '5 %': $re" '5 % of it.

Next
----

"make bench" is here.' &&
	cover_says 1 'cover:8: a table without the command' 'Before it "make bench", which is not below it:

   1,5   2,5
   3     4
   5     6

   1   2
   3   4

      make bench'
}

covers_numbers()
{
	covers_project || return
	cover_says 1 'cover:6: patch 5: there are 4' 'See patch 5.' &&
	cover_says 2 'cover:6: patch 6: there are 4' 'Patches 4 to 6 do it.' &&
	cover_says 1 'cover:6: there are 4 patches, not 9' 'Patches 1 - 2 of 9.' &&
	cover_says 1 'cover:7: patch 3 has no Cc: stable, here it is for stable' \
		'  1, 2    for stable
  3       for stable' &&
	cover_says 1 'cover:6: patch 1 has Cc: stable, here it is not' '  1       not for stable' || return
	local pick=
	cover_says 1 "no 'git cherry-pick -x 0000000000000000000000000000000000001234', which patches/9.9/0002-" 'Nothing.'
}

covers_words()
{
	local long

	covers_project || return
	cover_says 1 'CVE-2023-53178: no paragraph on it names a test' \
		'CVE-2023-53178 is closed by slot-fre.' &&
	# over the end of a line, too
	cover_says 1 "cover:6: 'under its hands': freed" 'The entry is freed under its
hands.' &&
	cover_says 1 "cover:6: 'in the next patch': name the patch" 'It ends in the next patch.' || return
	long=$(printf 'x%.0s' {1..76})
	cover_says 1 'cover:6: longer than 75 columns, and 1 more' "$long
$long" &&
	cover_says 0 '^5 texts' "Link: https://$long" || return
	sed -i 's/^send-to.*/send-to maintainers/' "$work/covers/patches/9.9/base"
	cover_says 1 'cover:2: 106 lines: a cover to linux-mm' "$(printf '\n%.0s' {1..101})x"
	sed -i 's/^send-to.*/send-to stable/' "$work/covers/patches/9.9/base"
}

# a message, a comment that a patch adds, and a page
covers_elsewhere()
{
	local d=$work/covers p

	covers_project || return
	p=$(echo "$d/patches/9.9"/0003-*)
	sed -i 's/^A user sees it/Somebody sees it/; s/^+line 15.*/&\n+ * the folio is let go/' "$p"
	mkdir -p "$d/Documentation/x" && echo 'Who holds it frees it.' >"$d/Documentation/x/y.rst"
	cover_says 2 "0003-.*:6: 'Somebody': name the actor" 'A text.' &&
	grep -q "0003-.*: 'is let go': unlocked" "$work/said" &&
	says 1 "^Documentation/x/y.rst:1: 'Who holds': name" "$d/scripts/covers" docs &&
	says 2 "unknown base '9.8', there are: 9.9" make -s -C "$d" covers BASE=9.8
}

t 'covers: a text that is as it should be' covers_good
t 'covers: a figure or a table without its command' covers_figures
t 'covers: numbers of patches, stable, cherry-pick' covers_numbers
t 'covers: CVEs, phrases, long lines, two screens' covers_words
t 'covers: messages, comments, documentation' covers_elsewhere
