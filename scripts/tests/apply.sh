# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# scripts/apply: git, quilt, plain files and Debian's packaging; what does not fit
# is left as it was. Read by scripts/check.

np=$(BASE=6.1; series_files | wc -l)

# as_git DIR: make it a repository with one commit
as_git()
{
	git -C "$1" init -q -b main &&
	git -C "$1" config user.name t && git -C "$1" config user.email t@t.invalid &&
	git -C "$1" add -A -f &&
	git -C "$1" commit -q -m base
}

# copy_of DIR: a copy of the mini tree of 6.1, to break
copy_of()
{
	[ -e "$work/apply-tree/mm/zswap.c" ] || BASE=6.1 mini_tree "$work/apply-tree"
	rm -rf "$1"
	cp -a "$work/apply-tree" "$1"
}

# is_series DIR [REF]: are the files of DIR (in REF) those of the branch series?
is_series()
{
	local f want

	BASE=6.1
	work_tree
	for f in $(base_get blob | cut -d' ' -f1); do
		want=$(git -C "$tree" rev-parse "series:$f")
		if [ -n "${2:-}" ]; then
			[ "$(git -C "$1" rev-parse "$2:$f")" = "$want" ]
		else
			[ "$(git hash-object --no-filters "$1/$f")" = "$want" ]
		fi || { echo "$f is not that of the series"; return 1; }
	done
}

# content DIR: of its files, whenever they were written
content()
{
	(cd "$1" && find . -path ./.git -prune -o -type f -print0 | sort -z |
		xargs -0 sha256sum | sha256sum)
}

apply_git_branch()
{
	local d=$work/ap-git old

	copy_of "$d"
	as_git "$d" || return
	# nothing of this may change what is applied
	git -C "$d" config apply.whitespace fix
	git -C "$d" config am.threeWay true
	git -C "$d" config mailinfo.scissors true
	old=$(git -C "$d" rev-parse main)
	untouched "$d" says 0 "^fits +patches/6\.1, $np patches; .*; git tree, nothing was written" \
		scripts/apply --check "$d" || return
	says 0 "^applied +patches/6\.1, $np patches, branch zswap-writeback-6\.1 on top of main\$" \
		scripts/apply "$d" || return
	[ "$(git -C "$d" symbolic-ref --short HEAD)" = zswap-writeback-6.1 ] &&
	[ "$(git -C "$d" rev-parse main)" = "$old" ] &&
	[ "$(git -C "$d" rev-list --count main..)" = "$np" ] &&
	[ -z "$(git -C "$d" status --porcelain)" ] &&
	is_series "$d" HEAD || return
	untouched "$d" says 0 "^nothing to do: all $np patches are in the tree" scripts/apply "$d" || return
	# with a line of the vendor's they are in it all the same
	sed -i '1a // a comment that a vendor added' "$d/mm/zswap.c"
	git -C "$d" commit -q -a -m vendor
	untouched "$d" says 0 '^nothing to do: .* which has other lines as well' scripts/apply "$d" || return
	git -C "$d" checkout -q main
	untouched "$d" says 2 'has a branch zswap-writeback-6\.1 already: give another one' \
		scripts/apply --series 6.1 "$d"
}

apply_git_where()
{
	local d=$work/ap-sub

	# a detached HEAD
	copy_of "$d"
	as_git "$d" && git -C "$d" checkout -q --detach &&
	says 0 '^applied .*, branch fix on top of [0-9a-f]{40}$' \
		scripts/apply --branch fix -s "$d" || return
	[ "$(git -C "$d" log --format=%b -1 | grep -c '^Signed-off-by: t <t@t.invalid>')" = 1 ] ||
		{ echo 'no Signed-off-by'; return 1; }
	# not the top of the repository
	mkdir "$work/ap-top"
	copy_of "$work/ap-top/linux tree"
	as_git "$work/ap-top" &&
	says 0 '^applied .*, branch zswap-writeback-6\.1' scripts/apply "$work/ap-top/linux tree" &&
	is_series "$work/ap-top/linux tree" &&
	[ "$(git -C "$work/ap-top" log --format= --name-only main.. | grep -vc '^"\?linux tree/')" = 0 ]
}

apply_git_not_ready()
{
	local d=$work/ap-not

	copy_of "$d"
	git -C "$d" init -q
	untouched "$d" says 2 'mm/zswap.c is not in the git repository' scripts/apply "$d" || return
	rm -rf "$d/.git"
	as_git "$d" || return
	untouched "$d" says 2 'git does not know who you are' \
		env HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_COUNT=3 \
			GIT_CONFIG_KEY_0=user.useConfigOnly GIT_CONFIG_VALUE_0=true \
			GIT_CONFIG_KEY_1=user.name GIT_CONFIG_VALUE_1= \
			GIT_CONFIG_KEY_2=user.email GIT_CONFIG_VALUE_2= \
			scripts/apply "$d" || return
	mkdir "$d/.git/rebase-apply"
	untouched "$d" says 2 'is in the middle of git am or git rebase: finish or abort' \
		scripts/apply "$d" || return
	rmdir "$d/.git/rebase-apply"
	echo >>"$d/mm/zswap.c"
	untouched "$d" says 2 'has uncommitted changes \(mm/zswap\.c\): commit or stash' \
		scripts/apply --check "$d"
}

# what stops git am although all patches fit
apply_git_hook()
{
	local d=$work/ap-hook before

	copy_of "$d"
	as_git "$d" || return
	cat >"$d/.git/hooks/pre-applypatch" <<-'EOF'
	#!/bin/sh
	[ "$(git rev-list --count main..)" -lt 3 ] || { echo 'no fourth patch today'; exit 1; }
	EOF
	chmod +x "$d/.git/hooks/pre-applypatch"
	before=$(cd "$d" && find mm -type f -printf '%P %s %T@ %m\n' | sort | sha256sum)
	says 1 'git am failed at patch 0004 .* is as it was: no fourth patch today; the hook pre-applypatch ran' \
		scripts/apply "$d" || return
	[ "$(git -C "$d" symbolic-ref --short HEAD)" = main ] &&
	[ -z "$(git -C "$d" branch --list 'zswap*')" ] &&
	[ -z "$(git -C "$d" status --porcelain)" ] && [ ! -e "$d/.git/rebase-apply" ] &&
	[ "$before" = "$(cd "$d" && find mm -type f -printf '%P %s %T@ %m\n' | sort | sha256sum)" ]
}

apply_conflict()
{
	local d=$work/ap-bad re

	copy_of "$d"
	sed -i 's/BUG_ON(dlen != PAGE_SIZE);/WARN_ON(dlen != PAGE_SIZE);/' "$d/mm/zswap.c"
	re='patches/6\.1 does not fit .*, which is as it was: [0-9]{4} does not apply: mm/zswap\.c, the hunk at line [0-9]+ \(static int zswap_'
	untouched "$d" says 1 "$re" scripts/apply --series 6.1 "$d" &&
	untouched "$d" says 1 '^apply: no series fits .*\(linux 6\.1\.[0-9]+\) without fuzz' scripts/apply "$d" || return
	as_git "$d" || return
	untouched "$d" says 1 "$re" scripts/apply --series 6.1 "$d" &&
	untouched "$d" says 1 'patches/6\.12 does not fit' scripts/apply --series 6.12 "$d"
}

apply_plain_tree()
{
	local d=$work/ap-plain before back

	copy_of "$d"
	sed -i '1a // a comment that a vendor added' "$d/mm/zswap.c"
	untouched "$d" says 0 '^fits .*; it applies, without fuzz; plain tree, nothing was written' \
		scripts/apply --check "$d" || return
	before=$(content "$d")
	# one that shares its files is not to see any of it
	cp -al "$d" "$d.linked"
	says 0 "^applied +patches/6\.1, $np patches; .* is in no git repository" scripts/apply "$d" || return
	[ "$before" = "$(content "$d.linked")" ] || { echo 'a linked tree was changed'; return 1; }
	[ -z "$(find "$d" -name '*.orig' -o -name '*.rej' -o -name '*.zswap-new')" ] || return
	back=$(sed -n 's/^back *//p' "$work/said")
	says 0 '^nothing to do: ' scripts/apply "$d" || return
	# it says how to go back, and that is what does it
	bash -c "$back" && [ "$before" = "$(content "$d")" ]
}

# a file of ours that is there already
apply_new_file()
{
	local d=$work/ap-new

	BASE=7.3 mini_tree "$d"
	untouched "$d" says 0 '^fits +patches/7\.3, ' scripts/apply --check "$d" || return
	mkdir -p "$d/mm/tests"
	echo mine >"$d/mm/tests/zswap_kunit.c"
	untouched "$d" says 1 'patches/7\.3 does not fit .*: mm/tests/zswap_kunit\.c: already exists' \
		scripts/apply --series 7.3 "$d"
}

apply_quilt_tree()
{
	local d=$work/ap-quilt before

	command -v quilt >/dev/null || skip 'no quilt'
	copy_of "$d"
	cp "$d/mm/zswap.c" "$work/zswap.c.old"
	sed -i '1a // a comment that a vendor added' "$d/mm/zswap.c"
	mkdir "$d/patches"
	diff -u --label a/mm/zswap.c --label b/mm/zswap.c "$work/zswap.c.old" "$d/mm/zswap.c" \
		>"$d/patches/vendor.patch"
	echo vendor.patch >"$d/patches/series"
	cp "$work/zswap.c.old" "$d/mm/zswap.c"
	untouched "$d" says 2 '^apply: 1 patches of .*/patches are not applied: quilt push -a' \
		scripts/apply "$d" || return
	(cd "$d" && quilt --quiltrc - push -q -a) || return
	before=$(content "$d/mm")
	untouched "$d" says 0 '^fits .*; quilt tree, nothing was written' scripts/apply --check "$d" || return
	says 0 "^applied +patches/6\.1, $np patches, with quilt: patches/zswap-writeback-6\.1/" \
		scripts/apply "$d" || return
	[ "$(cd "$d" && quilt --quiltrc - applied | wc -l)" = $((np + 1)) ] || return
	says 0 '^nothing to do: ' scripts/apply "$d" || return
	(cd "$d" && quilt --quiltrc - pop -q "$np") && [ "$before" = "$(content "$d/mm")" ]
}

# quilt that fails on the way
apply_quilt_fails()
{
	local d=$work/ap-quilt-bad q=$work/ap-bin

	command -v quilt >/dev/null || skip 'no quilt'
	copy_of "$d"
	mkdir "$d/patches" "$q"
	: >"$d/patches/series"
	cat >"$q/quilt" <<-EOF
	#!/bin/sh
	case "\$*" in *import*0005-*) echo 'no room'; exit 1 ;; esac
	exec $(command -v quilt) "\$@"
	EOF
	chmod +x "$q/quilt"
	untouched "$d" says 1 'quilt does not take 0005-.* is as it was: no room' \
		env PATH="$q:$PATH" scripts/apply "$d" && [ ! -e "$d/.pc" ]
}

apply_debian_package()
{
	local d=$work/ap-deb before

	command -v quilt >/dev/null || skip 'no quilt'
	copy_of "$d"
	mkdir -p "$d/debian/source" "$d/debian/patches/bugfix/all"
	echo '3.0 (quilt)' >"$d/debian/source/format"
	echo 'linux (6.1-1) bookworm; urgency=medium' >"$d/debian/changelog"
	echo 'Source: linux' >"$d/debian/control"
	cp "$d/mm/zswap.c" "$work/zswap.c.old"
	sed -i '1a // a comment that Debian added' "$d/mm/zswap.c"
	diff -u --label a/mm/zswap.c --label b/mm/zswap.c "$work/zswap.c.old" "$d/mm/zswap.c" \
		>"$d/debian/patches/bugfix/all/comment.patch"
	cp "$work/zswap.c.old" "$d/mm/zswap.c"
	# without an end of line, as a last line may be
	printf '# Bug fixes\nbugfix/all/comment.patch' >"$d/debian/patches/series"
	untouched "$d" says 2 'is a Debian source package: make apply DEBIAN=1' scripts/apply "$d" &&
	untouched "$d" says 2 '^apply: 0 of 1 patches of the package are applied: QUILT_PATCHES=' \
		scripts/apply --debian "$d" || return
	export QUILT_PATCHES=debian/patches
	(cd "$d" && quilt --quiltrc - push -q -a) || return
	before=$(content "$d")
	untouched "$d" says 0 '^fits .*; debian tree, nothing was written' \
		scripts/apply --debian --check "$d" || return
	says 0 "^added +patches/6\.1, $np patches" scripts/apply --debian "$d" || return
	[ "$(grep -c '^bugfix/all/zswap-writeback/00' "$d/debian/patches/series")" = "$np" ] &&
	grep -qx 'bugfix/all/comment.patch' "$d/debian/patches/series" || return
	untouched "$d" says 0 '^nothing to do: .* has bugfix/all/zswap-writeback/ already' \
		scripts/apply --debian "$d" || return
	dep3 "$d"/debian/patches/bugfix/all/zswap-writeback/*.patch || return
	(cd "$d" && quilt --quiltrc - push -q -a --fuzz=0) || return
	[ "$(cd "$d" && quilt --quiltrc - applied | wc -l)" = $((np + 1)) ] || return
	says 0 '^nothing to do: ' scripts/apply --debian "$d" || return
	(cd "$d" && quilt --quiltrc - pop -q "$np") || return
	rm -rf "$d/debian/patches/bugfix/all/zswap-writeback"
	printf '# Bug fixes\nbugfix/all/comment.patch' >"$d/debian/patches/series"
	[ "$before" = "$(content "$d")" ]
}

# dep3 FILE...: has each the fields that DEP-3 asks for, once, in its header?
dep3()
{
	local f re bad=0

	for f; do
		for re in 'From: .+ <.+>' 'Date: ' 'Subject: mm' 'Origin: other, ' 'Forwarded: no$' \
			'Last-Update: [0-9]{4}-[0-9]{2}-[0-9]{2}$'; do
			[ "$(sed '/^$/q' "$f" | grep -cE "^$re")" = 1 ] ||
				{ echo "${f##*/}: not one $re"; bad=1; }
		done
		! grep -q '^From [0-9a-f]' "$f" || bad=1
	done
	return "$bad"
}

apply_bad_call()
{
	says 2 'which tree\? TREE=<dir>' scripts/apply &&
	says 2 'which tree\? TREE=<dir>' make -s apply &&
	says 2 'one tree at a time' scripts/apply a b &&
	says 2 'TREE=/nonexistent is not a directory' scripts/apply /nonexistent &&
	says 2 'is not a kernel source directory' scripts/apply scripts &&
	says 2 "unknown base '9.9', there are: .*6.1" scripts/apply --series 9.9 scripts &&
	says 2 '--branch needs a name' scripts/apply --branch
}

t 'apply: bad calls are one line and 2' apply_bad_call
t 'apply: git am on a branch, and nothing else' apply_git_branch
t 'apply: detached HEAD, a directory in a repository' apply_git_where
t 'apply: a git tree that is not ready is refused' apply_git_not_ready
t 'apply: git am that fails leaves the tree as it was' apply_git_hook
t 'apply: a conflict leaves the tree as it was, and is named' apply_conflict
t 'apply: no git: the files, and the way back' apply_plain_tree
t 'apply: a new file that is there already' apply_new_file
t 'apply: a quilt tree gets its patches' apply_quilt_tree
t 'apply: quilt that fails leaves the tree as it was' apply_quilt_fails
t "apply: Debian's packaging, by quilt" apply_debian_package
