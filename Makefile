# SPDX-License-Identifier: GPL-2.0-only
# The front door; every target is a script in scripts/ that also runs alone.

BASE ?= 6.1
BUILD ?= $(CURDIR)/build
export BASE BUILD

ifneq ($(TREE),)
export TREE
endif
ifneq ($(KCSAN),)
export KCSAN
endif
ifneq ($(REPEAT),)
export REPEAT
endif
ifneq ($(PARTS),)
export PARTS
endif
ifneq ($(JOBS),)
export JOBS
endif
ifneq ($(MINUTES),)
export MINUTES
endif
ifneq ($(SECONDS_BASE),)
export SECONDS_BASE
endif

help:
	@sed -n 's/^#: //p' Makefile

#: make verify [BASE=6.1] [TREE=<dir>] [KCSAN=1] [BUILD=<dir>] [JOBS=<n>]
#:         get the kernel source, apply the series, check every patch, build
#:         and boot the unpatched and the patched kernel: show the bugs, and
#:         that they are gone
verify:
	@rc=0; scripts/verify || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make boot KERNEL=<vmlinuz> [MODULES=<dir>] [TEST="zswap_zero -s 60"]
#:         run tests in the kernel of a distribution, as it came: no root needed
boot:
	@KERNEL="$(KERNEL)" MODULES="$(MODULES)" TEST="$(TEST)" scripts/distro

#: make reproduce [BASE=7.3] [TREE=<dir>] [REPEAT=3] [SECONDS_BASE=12]
#:         [PARTS="zero-madvise b6"]
#:         bugs from user space on the unpatched kernel, as a distribution configures
#:         it, and on the patched one: the tests of zero-filled pages, and the
#:         programs of tools/testing/selftests/zswap/repro, with their rates
reproduce:
	@BASE="$(if $(filter file,$(origin BASE)),7.3,$(BASE))"; export BASE; \
	rc=0; scripts/reproduce || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make prefixes [BASE=6.1] [TREE=<dir>]
#:         build and boot the kernel after each single patch of the series
prefixes:
	@scripts/prefixes

#: make soak [BASE=6.1] [MINUTES=30] [TREE=<dir>]
#:         everything at once for so long, with allocations and requests that
#:         fail, CPUs, swap devices and cgroups that come and go: no page may
#:         be lost
soak:
	@rc=0; scripts/soak || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make bench [BASE=6.8] [TREE=<dir>] [REPEAT=3] [PARTS="counts time scale profile"]
#:         what writeback, swapoff, faults and zero-filled pages cost, without the
#:         series and with it; counted, or by a clock that counts instructions
bench:
	@rc=0; scripts/bench || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make test-zswap [BASE=7.3] [TREE=<dir>] [REPEAT=5]
#:         the kernel's own selftest of zswap on the unpatched and the patched
#:         kernel, not modified, and with what the series adds to it
test-zswap:
	@rc=0; scripts/test-zswap || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make explore [BASE=6.1] [TREE=<dir>] [SCENARIO=<name>] [BOUND=<n>]
#:         try every interleaving of the base's own mm/zswap.c and of the
#:         patched one in user space; with TREE= and without BASE=, of that tree;
#:         SHOWN=1: search the base no further than it takes to show its bugs;
#:         PREFIXES=1: of the trees after each patch, none may be worse than the
#:         base; BENCH=1: how fast it is
explore:
	@BASE="$(if $(TREE),$(if $(filter file,$(origin BASE)),,$(BASE)),$(BASE))" \
	SCENARIO="$(SCENARIO)" BOUND="$(BOUND)"; \
	export BASE SCENARIO BOUND; rc=0; \
	scripts/explore $(if $(filter-out 0,$(SHOWN)),shown) \
		$(if $(filter-out 0,$(PREFIXES)),prefixes) \
		$(if $(filter-out 0,$(BENCH)),bench) || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make kunit [BASE=7.3] [TREE=<dir>]
#:         the KUnit tests of a series under UML, without the series and with it
kunit:
	@BASE="$(if $(filter file,$(origin BASE)),7.3,$(BASE))"; export BASE; \
	rc=0; scripts/kunit || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make mutants [BASE=6.1]
#:         break one rule of the patched base at a time: the explorer must see it
mutants:
	@SCENARIO="$(SCENARIO)" BOUND="$(BOUND)" scripts/mutants

#: make cocci [BASE=6.1] [TREE=<dir>]
#:         find what is wrong in mm/ of the base, and that the series ends it, with
#:         the Coccinelle rules of scripts/coccinelle; with TREE= and without
#:         BASE=, in that tree
cocci:
	@BASE="$(if $(TREE),$(if $(filter file,$(origin BASE)),,$(BASE)),$(BASE))"; \
	export BASE; rc=0; scripts/cocci || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make check [CHECK_MINUTES=60]
#:         the tests of this project itself; make verify, explore and mutants of
#:         every base that has a package among them. Nothing is begun after so many
#:         minutes, and the last lines say what was left out
check:
	@scripts/check

#: make report [REPORT=<file>]
#:         one HTML page of what has been run here: build/report.html; what was
#:         not run is told as such
report:
	@REPORT="$(REPORT)" scripts/report

#: make report-check
#:         look at that page in a headless Chromium, if there is one
report-check:
	@rc=0; REPORT="$(REPORT)" scripts/report-check || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make audit TREE=<dir> [JSON=1] [LIMIT=50]
#:         what zswap of a kernel tree is like, in a minute: its design, the bugs
#:         that the explorer reaches, which series fits, what to do next
audit:
	@scripts/zswap-audit $(if $(filter-out 0,$(JSON)),--json) \
		$(if $(LIMIT),--seconds "$(LIMIT)") "$${TREE:-}"

#: make apply TREE=<dir> [SERIES=6.1] [STABLE=1] [PART=mail] [CHECK=1] [SIGNOFF=1]
#:         [DEBIAN=1]
#:         apply the series to a kernel tree: git am on a new branch, quilt, or the
#:         files; all of it or nothing. STABLE=1: only the patches with Cc: stable.
#:         PART=: only this part, and the parts it stands on. CHECK=1: only tell
#:         whether it fits. DEBIAN=1: into debian/patches of a source package
apply:
	@scripts/apply $(if $(filter-out 0,$(CHECK)),--check) \
		$(if $(filter-out 0,$(DEBIAN)),--debian) \
		$(if $(filter-out 0,$(SIGNOFF)),--signoff) \
		$(if $(filter-out 0,$(STABLE)),--stable) \
		$(if $(PART),--part "$(PART)") \
		$(if $(SERIES),--series "$(SERIES)") "$${TREE:-}"

#: make export [BASE=6.1]
#:         make patches/<base>/ out of the branch series in build/<base>/tree
export:
	@scripts/export

#: make series-check [BASE=6.1] [PART=mail] [SINCE=<rev>] [TREE=<dir>]
#:         what a careful sender does: checkpatch, b4, get_maintainer, range-diff
#:         with the last version; prints the git send-email command, sends nothing
series-check:
	@SINCE="$(SINCE)" PART="$(PART)"; export SINCE PART; rc=0; scripts/series-check || rc=$$?; \
	if [ $$rc = 4 ]; then exit 0; fi; exit $$rc

#: make covers [BASE=6.1]
#:         find what no longer fits in covers and messages: figures without their
#:         command, numbers of patches, CVEs without a test, phrases
covers:
	@BASE="$(if $(filter file,$(origin BASE)),,$(BASE))" scripts/covers

#: make clean
#:         remove build/, where all that is made lives
clean:
	rm -rf -- "$(BUILD)"

#: make help
#:         this text

.PHONY: help verify boot reproduce prefixes soak bench test-zswap explore kunit \
	mutants cocci check report report-check audit apply export series-check \
	covers clean
