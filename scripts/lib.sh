# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script here shares: messages, progress, clean-up, the facts of a
# base, and what the host must have. To be sourced, not run.

set -u
# a message of a tool is compared with another one: no translations
export LC_ALL=C
# shims of language version managers cost a second a call
PATH=:$PATH:
while [[ $PATH = *:*/shims:* ]]; do
	shim=${PATH%%/shims:*}/shims
	PATH=${PATH/":${shim##*:}:"/:}
done
PATH=${PATH#:}
PATH=${PATH%:}
# a make of ours must not silence the makes of the kernel, nor lend them jobs
unset MAKEFLAGS MFLAGS MAKELEVEL
# nothing that happens in a work tree of ours may reach a repository of the user
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
# quilt and git must not read an editor or a pager out of the user's set-up
export GIT_PAGER=cat GIT_EDITOR=true GIT_OPTIONAL_LOCKS=0

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$TOP/build}
# some of them always wait for a file, or for the shell of kbuild
JOBS=${JOBS:-$(($(nproc) + 2))}

# exit codes, the same in every script
# shellcheck disable=SC2034
EXIT_FAIL=1	# something was checked and is wrong
EXIT_USAGE=2	# the call or the machine is wrong, nothing was checked
# shellcheck disable=SC2034
EXIT_SKIP=4	# nothing to check, as in kselftest

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit "$EXIT_USAGE"
}

fail()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit "$EXIT_FAIL"
}

# -- clean-up --------------------------------------------------------------

CLEANUP=()	# files and directories that must not stay half-written
CHILD=		# the process that step() or run() waits for
BACKGROUND=	# those that nobody waits for yet

# shellcheck disable=SC2317
on_exit()
{
	local rc=$? f

	trap - EXIT INT TERM
	for f in $CHILD $BACKGROUND; do
		# each leads a process group of its own
		kill -TERM -- "-$f" 2>/dev/null
		wait "$f" 2>/dev/null
	done
	for f in "${CLEANUP[@]}"; do
		rm -rf -- "$f"
	done
	exit "$rc"
}

# shellcheck disable=SC2317
on_signal()
{
	# one line is enough if a script of ours has called this one
	[ -z "${ZSWAP_NESTED:-}" ] || exit 130
	[ -t 1 ] && printf '\n'
	printf '%s: interrupted, nothing is left half-written; run it again to go on\n' \
		"${0##*/}" >&2
	exit 130
}

trap on_exit EXIT
trap on_signal INT TERM

# keep PATH: it is complete now
keep()
{
	local f left=()

	for f in "${CLEANUP[@]}"; do
		[ "$f" = "$1" ] || left+=("$f")
	done
	CLEANUP=("${left[@]+"${left[@]}"}")
}

# -- progress --------------------------------------------------------------

STEP_SECONDS=0	# how long the last step took

# spawn LOG CMD...: start a process that leads a group of its own, and is $! then
spawn()
{
	local log=$1

	shift
	mkdir -p "$(dirname "$log")"
	set -m
	( trap - EXIT INT TERM; CLEANUP=(); CHILD=; BACKGROUND=; ZSWAP_NESTED=1
	  export ZSWAP_NESTED; "$@" ) >"$log" 2>&1 </dev/null &
	set +m
}

# step LABEL LOG CMD...: run CMD with its output in LOG, tell how it goes
#
# A terminal gets a line that is rewritten, anything else a line every 20 s.
# Returns what CMD returns.
step()
{
	local label=$1 log=$2 start=$SECONDS rc now last=0 tail every=20

	shift
	spawn "$@"
	CHILD=$!
	[ ! -t 1 ] || every=1
	while kill -0 "$CHILD" 2>/dev/null; do
		sleep 0.2
		now=$((SECONDS - start))
		# the line costs some processes, which the compiler could have had
		if [ "$now" -lt 3 ] || [ $((now - last)) -lt "$every" ]; then
			continue
		fi
		last=$now
		tail=$(tail -c 300 "$log" 2>/dev/null | tr -d '\r\033' | tail -n 1 |
		       cut -c1-60)
		if [ -t 1 ]; then
			printf '\r\033[K    %s: %ds  %s' "$label" "$now" "$tail"
		else
			printf '    %s: %ds  %s\n' "$label" "$now" "$tail"
		fi
	done
	wait "$CHILD"
	rc=$?
	CHILD=
	# shellcheck disable=SC2034
	STEP_SECONDS=$((SECONDS - start))
	[ -t 1 ] && printf '\r\033[K'
	return "$rc"
}

# in_background LOG CMD...: start a step, whose process is $! then
in_background()
{
	spawn "$@"
	BACKGROUND="$BACKGROUND $!"
}

# wait_for PID...: until these are over, whoever has started them
wait_for()
{
	local pid

	for pid; do
		while kill -0 "$pid" 2>/dev/null; do
			sleep 0.5
		done
	done
}

# run CMD...: run another script of ours, so that a signal gets through to it
run()
{
	local rc

	set -m
	ZSWAP_NESTED=1 "$@" &
	CHILD=$!
	set +m
	wait "$CHILD"
	rc=$?
	CHILD=
	return "$rc"
}

# -- results ---------------------------------------------------------------

RESULTS=	# the file that is being written

# begin_results NAME KERNEL COLUMN...: what was measured or checked, for make
# report: $BUILD/results/NAME.tsv, made by the make command $RESULTS_COMMAND. It
# appears under that name with end_results, what is half done goes.
begin_results()
{
	local name=$1 kernel=$2

	shift 2
	RESULTS=$BUILD/results/$name.tsv.tmp
	mkdir -p "$BUILD/results" || die "cannot write to $BUILD/results"
	CLEANUP+=("$RESULTS")
	{
		echo "# command: ${RESULTS_COMMAND:-${0##*/}}"
		echo "# kernel: $kernel"
		echo "# project: $(git -C "$TOP" describe --always --dirty 2>/dev/null || echo unknown)"
		echo "# date: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
		echo "# machine: $(nproc) CPUs, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
	} >"$RESULTS"
	result "$@"
}

# result FIELD...: a line of it
result()
{
	local IFS=$'\t'

	[ -n "$RESULTS" ] || return 0
	set -- "${@//[$'\t\r\n']/ }"
	printf '%s\n' "$*" >>"$RESULTS"
}

end_results()
{
	[ -n "$RESULTS" ] || return 0
	mv "$RESULTS" "${RESULTS%.tmp}"
	keep "$RESULTS"
	RESULTS=
}

# cpio_of DIR: what it has, as an archive for an initramfs; several in a file are one
cpio_of()
{
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet)
}

# -- the console of a guest -------------------------------------------------

# test_call TEST ZPOOL DEV: a test of zswap_race, or PROGRAM:TEST, for scripts/boot
test_call()
{
	case $1 in
	*:*) echo "${1%%:*} -t ${1#*:} -z $2 -d /dev/$3" ;;
	*) echo "zswap_race -f -t $1 -z $2 -d /dev/$3" ;;
	esac
}

# What "alone" in a base says: tests that have a guest of their own, a line each,
# "TEST ZPOOL DEVICE [counted-clock]". One that measures time has one CPU, whose clock
# counts instructions; another one enables zswap itself, the first time since boot.

# alone_line TEST: its line, if it is one of them
alone_line()
{
	base_get alone | grep -E -m1 "^$1( |\$)"
}

# alone_boot DIR LOG TEST ZPOOL DEV [counted-clock]
alone_boot()
{
	local clock=()

	[ "${6:-}" != counted-clock ] || clock=(-i -c 1)
	# what comes after a warning is of interest, too
	scripts/boot "${clock[@]}" -t 300 -a "zswap.zpool=$4 panic_on_warn=0" "$1" "$2" \
		"$(test_call "$3" "$4" "$5")"
}

# splat_re VARIANT: an ERE for all that a kernel says when something is wrong; a
# report of KCSAN is not among it, the base has some, too
splat_re()
{
	local bug='BUG: '

	[[ $1 != kcsan* ]] || bug='BUG: [^K]'
	printf '%s' "$bug|kernel BUG at|WARNING: |KASAN: |Oops|general protection fault" \
		'|Kernel panic|possible .* detected|INFO: task .* blocked|stalls on CPU' \
		'|scheduling while atomic|Bad page|list_(add|del) corruption'
}

# "data-race in a / b" of some logs, if a or b is in a file that is patched
data_races()
{
	cat "$@" | tr -d '\r' | sed -n 's/.*BUG: KCSAN: data-race in //p' |
		grep -E 'zswap|shrink_memcg_cb|z3fold|zbud|swap_range_free|try_to_unuse|swap_is_unused|swap_read' |
		sort -u
}

# -- the bases -------------------------------------------------------------

bases()
{
	local f

	for f in "$TOP"/patches/*/base; do
		[ -e "$f" ] && basename "$(dirname "$f")"
	done
	return 0
}

# base_get KEY: the values of a key in patches/$BASE/base, a line each
base_get()
{
	sed -n "s/^$1[[:space:]]\{1,\}//p" "$TOP/patches/$BASE/base"
}

need_base()
{
	[ -n "${BASE:-}" ] || die "no base given, there are: $(bases | tr '\n' ' ')"
	[ -e "$TOP/patches/$BASE/base" ] ||
		die "unknown base '$BASE', there are: $(bases | tr '\n' ' ')"
}

# a base may have none yet: then there is just what is known of it
has_series()
{
	[ -e "$TOP/patches/$BASE/series" ]
}

need_series()
{
	has_series || {
		echo "SKIP $BASE: there is no series of it yet, only: make explore BASE=$BASE"
		exit "$EXIT_SKIP"
	}
}

# set zpools to the zpools that $BASE is tested with, a guest each: without one
# no guest would boot, and nothing would fail
need_zpools()
{
	read -r -a zpools <<<"$(base_get zpools)"
	[ ${#zpools[@]} -gt 0 ] || die "patches/$BASE/base names no zpools"
}

# the patches of a base in order, as the series file has them, or those of them
# that $PICK says: see picked_files()
PICK=
series_files()
{
	has_series || return 0
	[ -z "$PICK" ] || { picked_files; return; }
	sed '/^#/d; /^[[:space:]]*$/d' "$TOP/patches/$BASE/series"
}

# changes whenever a patch does
series_hash()
{
	series_files | sed "s|^|$TOP/patches/$BASE/|" | xargs -r -d '\n' cat |
		sha256sum | cut -c1-40
}

# which base has FILE as BLOB? prints nothing if none has
base_of_blob()
{
	local b

	for b in $(bases); do
		grep -qx "blob $1 $2" "$TOP/patches/$b/base" && echo "$b"
	done
	return 0
}

# -- the host --------------------------------------------------------------

# command package, for everything that is used here and may be missing
HOST_TOOLS='
bc bc
bison bison
ccache ccache
cpio cpio
flex flex
gcc gcc
git git
make make
ocamlfind ocaml-findlib
ocamlopt ocaml-nox
patch patch
perl perl
qemu-system-x86_64 qemu-system-x86
quilt quilt
shellcheck shellcheck
sparse sparse
spatch coccinelle
xz xz-utils
busybox busybox-static
'
# headers have no command to look for
HOST_FILES='
/usr/include/libelf.h libelf-dev
/usr/include/openssl/ssl.h libssl-dev
'

missing_packages()
{
	local what pkg

	while read -r what pkg; do
		[ -n "$what" ] || continue
		command -v "$what" >/dev/null 2>&1 || echo "$pkg"
	done <<<"$HOST_TOOLS"
	while read -r what pkg; do
		[ -n "$what" ] || continue
		[ -e "$what" ] || echo "$pkg"
	done <<<"$HOST_FILES"
	# the dynamic one is of no use in an initramfs
	if ldd /bin/busybox >/dev/null 2>&1; then
		echo busybox-static
	fi
}

may_install()
{
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 &&
		[ -z "${NO_INSTALL:-}" ]
}

apt_install()
{
	# another apt-get may be at work
	local install=(apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends)

	export DEBIAN_FRONTEND=noninteractive
	"${install[@]}" "$@" ||
		{ apt-get update && "${install[@]}" "$@"; }
}

# install what is missing, or say what to install
need_host()
{
	local pkgs

	pkgs=$(missing_packages | sort -u | tr '\n' ' ')
	[ -n "${pkgs// /}" ] || return 0
	may_install || die "missing: ${pkgs}- install with: apt-get install -y $pkgs"
	# shellcheck disable=SC2086
	step "install $pkgs" "$BUILD/log/apt" apt_install $pkgs ||
		die "apt-get could not install $pkgs, see $BUILD/log/apt"
	pkgs=$(missing_packages | sort -u | tr '\n' ' ')
	[ -z "${pkgs// /}" ] || die "still missing after apt-get: $pkgs"
}

# need_disk DIR MIB: is there room?
need_disk()
{
	local free

	mkdir -p "$1" || die "cannot write to $1; choose another place with BUILD=dir"
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$2" ] ||
		die "no room: $free MiB free in $1, $2 MiB needed; choose another place with BUILD=dir"
}

need_build_path()
{
	case $BUILD in
	*[[:space:]:]*) die "kernels do not build in '$BUILD' (space or colon); choose another place with BUILD=dir" ;;
	/*) ;;
	*) die "BUILD=$BUILD is not an absolute path" ;;
	esac
}

# -- the source ------------------------------------------------------------

# work_dir: everything that is made for this base (and this TREE) lives there
work_dir()
{
	if [ -n "${TREE:-}" ]; then
		echo "$BUILD/$BASE-tree"
	else
		echo "$BUILD/$BASE"
	fi
}

# need_tree: set dir and tree to the work tree of $BASE with its series applied,
# which scripts/get makes if it is not there
need_tree()
{
	local applied=

	dir=$(work_dir)
	tree=$dir/tree
	[ ! -e "$tree/.git/zswap-series" ] ||
		read -r applied _ <"$tree/.git/zswap-series"
	[ "$applied" = "$(series_hash)" ] || run "$TOP/scripts/get" || exit
}

# kernel_version DIR: 6.1.192, from the Makefile of a kernel source directory
kernel_version()
{
	awk -F ' *= *' '/^VERSION =/ { v = $2 } /^PATCHLEVEL =/ { p = $2 }
		/^SUBLEVEL =/ { s = $2 } /^EXTRAVERSION =/ { e = $2; exit }
		END { if (v == "") exit 1
		      printf "%s.%s%s%s\n", v, p, s == "" ? "" : "." s, e }' \
		"$1/Makefile" 2>/dev/null
}

# a word of git's about a repository in which nobody else works
quiet_git()
{
	git -c gc.auto=0 -c core.hooksPath=/dev/null -c commit.gpgSign=false \
	    -c core.autocrlf=false -c advice.detachedHead=false "$@"
}

# kmake SOURCE OBJECTS ARG...: the make of a kernel. It is the same command for
# the same file wherever it is called: ccache and kbuild both look at that.
kmake()
{
	local src=$1 obj=$2

	shift 2
	env KBUILD_BUILD_TIMESTAMP='Sat Jan  1 00:00:00 UTC 2000' \
	    KBUILD_BUILD_USER=zswap KBUILD_BUILD_HOST=zswap KBUILD_BUILD_VERSION=1 \
	    CCACHE_DEPEND=1 \
	    make -C "$src" O="$obj" CC='ccache gcc' HOSTCC='ccache gcc' "$@"
}

# series_fits DIR: does the series fit the files in DIR?
#
# Prints "blobs equal" or "applies without fuzz" and returns 0, or one line
# that says why not and returns 1. DIR is only read.
series_fits()
{
	local dir=$1 file blob found other tmp equal=1 why='' p

	while read -r file blob; do
		if [ ! -f "$dir/$file" ]; then
			echo "$dir has no $file, the $BASE series expects blob ${blob:0:12} there"
			return 1
		fi
		found=$(git hash-object --no-filters "$dir/$file")
		[ "$found" = "$blob" ] && continue
		equal=0
		[ -n "$why" ] && continue
		other=$(base_of_blob "$file" "$found" | tr '\n' ' ')
		why="$file is blob ${found:0:12}, the $BASE series expects ${blob:0:12}"
		if [ -n "$other" ]; then
			why="$why; BASE=${other% } fits"
		else
			why="$why; no base of this project has that blob"
		fi
	done < <(base_get blob)
	if [ "$equal" = 1 ]; then
		echo 'blobs equal'
		return 0
	fi

	tmp=$(mktemp -d)
	CLEANUP+=("$tmp")
	while read -r file blob; do
		mkdir -p "$tmp/${file%/*}"
		cp -- "$dir/$file" "$tmp/$file"
	done < <(base_get blob)
	for p in $(series_files); do
		# git apply takes a shifted hunk but no fuzz
		if ! (cd "$tmp" && GIT_CEILING_DIRECTORIES=$(dirname "$tmp") \
		      git apply "$TOP/patches/$BASE/$p") 2>/dev/null; then
			echo "$p does not apply: $why"
			return 1
		fi
	done
	echo "applies without fuzz ($why)"
}
