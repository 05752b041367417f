# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What scripts/zswap-audit and scripts/apply share: does a series fit a tree, or
# is it in it? Trees are only read. To be sourced after lib.sh.

NO_BLOB=$(printf '%040d' 0)	# of a file that is not there

# need_tree DIR: set TREE to the whole path of a kernel source with zswap
need_tree()
{
	[ -d "$1" ] || die "TREE=$1 is not a directory"
	TREE=$(cd -P "$1" 2>/dev/null && pwd) || die "TREE=$1 cannot be entered"
	if ! kernel_version "$TREE" >/dev/null || [ ! -d "$TREE/mm" ]; then
		die "TREE=$1 is not a kernel source directory (no Makefile with VERSION, or no mm/)"
	fi
	[ -f "$TREE/mm/zswap.c" ] || die "TREE=$1 has no mm/zswap.c"
	[ -r "$TREE/mm/zswap.c" ] || die "TREE=$1: mm/zswap.c cannot be read"
}

# blob_of FILE: what $TREE has of it
declare -A blobs_seen=()
blob_of()
{
	local file=$1

	if [ -z "${blobs_seen[$file]:-}" ]; then
		blobs_seen[$file]=$NO_BLOB
		[ ! -f "$TREE/$file" ] ||
			blobs_seen[$file]=$(git hash-object --no-filters "$TREE/$file")
	fi
	blob=${blobs_seen[$file]}
}

# a line for each file that a patch changes: number of the patch, file, blob
# before and after it
series_blobs()
{
	local p n=0

	for p in $(series_files); do
		n=$((n + 1))
		awk -v n="$n" '
			/^diff --git / { f = substr($3, 3) }
			/^index [0-9a-f]*\.\.[0-9a-f]*/ {
				split($2, b, /\.\./)
				print n, f, b[1], b[2]
			}' "$TOP/patches/$BASE/$p"
	done
}

# how many patches of the series have made the files what they are? Empty if the
# files are in no such state.
patches_in()
{
	local file pre post n last=0 blob total
	declare -A now=() start=()

	total=$(series_files | wc -l)
	while read -r n file pre post; do
		[ -n "${start[$file]:-}" ] || start[$file]=$pre
	done < <(series_blobs)
	for file in "${!start[@]}"; do
		now[$file]=${start[$file]}
	done
	is_now && { echo 0; return; }
	while read -r n file pre post; do
		if [ "$n" != "$last" ]; then
			[ "$last" = 0 ] || ! is_now || { echo "$last"; return; }
			last=$n
		fi
		now[$file]=$post
	done < <(series_blobs)
	! is_now || echo "$total"
}

is_now()
{
	local file

	for file in "${!now[@]}"; do
		blob_of "$file"
		[ "$blob" = "${now[$file]}" ] || return 1
	done
}

# copy_files DIR: the files of $TREE that the series of $BASE changes or makes
copy_files()
{
	local file

	rm -rf "$1"
	mkdir -p "$1"
	while read -r file; do
		[ -f "$TREE/$file" ] || continue
		mkdir -p "$1/$(dirname "$file")"
		cp -p -- "$TREE/$file" "$1/$file" || die "cannot read $TREE/$file"
	done < <(series_blobs | cut -d' ' -f2 | sort -u)
}

# apply_one DIR PATCH [-R]: no fuzz, all hunks or none; what git says on stderr.
# Nothing that is set up for the user may change what is applied.
apply_one()
{
	(cd "$1" && GIT_CEILING_DIRECTORIES=$(dirname "$1") \
		git -c core.autocrlf=false apply --whitespace=nowarn "${@:3}" "$2")
}

# where PATCH ERRORS: the first place at which git apply gave up, in words
where()
{
	local patch=$1 file line text more

	IFS=: read -r file line < <(sed -n 's/^error: patch failed: //p' "$2" | head -n 1)
	if [ -z "$line" ]; then
		sed -n 's/^error: //p' "$2" | head -n 1
		return
	fi
	text=$(awk -v f="$file" -v l="$line" '
		/^diff --git / { on = substr($4, 3) == f }
		on && index($0, "@@ -" l ",") == 1 { print; exit }' "$patch")
	text=${text#@@ * @@}
	more=$(grep -c '^error: patch failed: ' "$2")
	printf '%s, the hunk at line %s%s%s\n' "$file" "$line" "${text:+ (${text# })}" \
		"$([ "$more" -gt 1 ] && echo ", and $((more - 1)) more files")"
}

# series_fit [all]: how does the series of $BASE fit $TREE? Sets fit to
#
#   blobs    each file is the one that the series is made for
#   shifted  it applies, without fuzz
#   applied  it is in the tree already, each file is one of the series
#   partly   its first patches are, $fit_in of them
#   changed  it is in the tree already, with other lines around
#   fuzz     patch(1) takes it, with fuzz
#   no       it does not apply
#
# and fit_why to a word on it. Fuzz is only looked for with "all".
series_fit()
{
	local tmp p file blob text total

	fit=no fit_why='' fit_in=0
	total=$(series_files | wc -l)
	fit_in=$(patches_in)
	case $fit_in in
	0) fit=blobs fit_why='each file is the one that it is made for'; return ;;
	"$total") fit=applied fit_why="all $total patches are in the tree"; return ;;
	?*) fit=partly fit_why="patches 1 to $fit_in of $total are in the tree"; return ;;
	esac

	tmp=$(mktemp -d) || die 'cannot make a temporary directory'
	CLEANUP+=("$tmp")
	while read -r file _; do
		if [ ! -f "$TREE/$file" ]; then
			fit_why="there is no $file"
			rm -rf "$tmp"
			keep "$tmp"
			return
		fi
	done < <(base_get blob)

	copy_files "$tmp/tree"
	fit=shifted fit_why='it applies, without fuzz'
	for p in $(series_files); do
		apply_one "$tmp/tree" "$TOP/patches/$BASE/$p" 2>"$tmp/err" && continue
		fit=no
		fit_why="${p%%-*} does not apply: $(where "$TOP/patches/$BASE/$p" "$tmp/err")"
		break
	done
	if [ "$fit" = no ] && taken_back "$tmp"; then
		fit=changed fit_why="all $total patches are in the tree, which has other lines as well"
	elif [ "$fit" = no ] && [ -n "${1:-}" ] && text=$(with_fuzz "$tmp"); then
		fit=fuzz fit_why="only with fuzz, $text; $fit_why"
	fi
	rm -rf "$tmp"
	keep "$tmp"
}

# is the whole series in the tree?
taken_back()
{
	local p

	copy_files "$1/tree"
	for p in $(series_files | sort -r); do
		apply_one "$1/tree" "$TOP/patches/$BASE/$p" -R 2>/dev/null || return
	done
}

# how many hunks of it does patch(1) take with fuzz?
with_fuzz()
{
	local p

	copy_files "$1/tree"
	: >"$1/patch"
	for p in $(series_files); do
		patch -d "$1/tree" -p1 -f --no-backup-if-mismatch -i "$TOP/patches/$BASE/$p" \
			>>"$1/patch" 2>&1 || return
	done
	echo "$(grep -c 'succeeded at .* with fuzz' "$1/patch") hunks"
}
